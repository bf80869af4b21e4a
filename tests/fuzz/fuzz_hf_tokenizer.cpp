// SPDX-License-Identifier: MIT
// tokenizer.json and tokenizer.model from any text, with tokenizer_config.json after a NUL: what
// they give is a vocabulary that a Tokenizer takes or refuses with a reason.
#include "engine/formats/gguf_writer.h"
#include "engine/formats/hf_tokenizer.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/fuzz/fuzz_support.h"

namespace atelier::fuzz {

namespace {

Json orNull(std::string_view text)
{
    auto json = parseJson(text, "\"it\"", {});
    return json ? json.take() : Json();
}

void checkVocabulary(hf::VocabularyTables tables, const hf::TokenizerFiles& files, uint64_t rows)
{
    check(tables.tokens.size() == tables.types.size(), "every token must have a type");
    gguf::MetadataWriter metadata;
    const Status written = hf::writeTokenizer(std::move(tables), files, "llama", rows, metadata);
    if (!written) {
        check(!written.error().message.empty(), "an error must say something");
        return;
    }
    gguf::ByteSink sink;
    sink.raw(std::as_bytes(std::span("GGUF", 4)));
    sink.number(uint32_t(3));
    sink.number(uint64_t(0));
    sink.number(metadata.keys());
    sink.raw(metadata.bytes());
    const auto bytes = sink.take();
    const auto file = parseGguf(bytes);
    check(bool(file), "made-up metadata must be right");
    readEverything(*file.value(), bytes);
    const auto tokenizer = Tokenizer::create(*file.value());
    if (!tokenizer) {
        check(!tokenizer.error().message.empty(), "an error must say something");
        return;
    }
    const std::string text("ab <|user|> \xFF", 13);
    for (const int32_t id : tokenizer.value()->encode(text, SpecialTokens::Parse)) {
        check(id >= 0 && id < tokenizer.value()->vocabSize(), "ids must be in the vocabulary");
    }
}

} // namespace

} // namespace atelier::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace atelier;
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const size_t end = std::min(all.find('\0'), all.size());
    const std::string_view text = all.substr(0, end);
    hf::TokenizerFiles files;
    files.tokenizerConfig = fuzz::orNull(all.substr(std::min(end + 1, all.size())));
    files.config = files.tokenizerConfig;
    for (const bool isJson : {true, false}) {
        auto tables = isJson ? hf::readTokenizerJson(text, "\"tokenizer.json\"")
                             : hf::readTiktoken(text, "\"tokenizer.model\"");
        if (tables) {
            fuzz::checkVocabulary(tables.take(), files, size % 64);
        } else {
            check(!tables.error().message.empty(), "an error must say something");
        }
    }
    return 0;
}
