// SPDX-License-Identifier: MIT
// Any text, with a vocabulary that the input may choose: it comes back from its ids, holds no
// control token that was typed, and streams the same however its bytes are cut.
#include "engine/base/text.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/support/vocabulary_file.h"

#include <memory>

namespace atelier::fuzz {

namespace {

std::shared_ptr<const Tokenizer> tokenizerOf(const test::VocabularyFile& vocabulary)
{
    const auto bytes = vocabulary.writer().bytes();
    const auto file = parseGguf(bytes);
    check(bool(file), "the vocabulary file must be right");
    auto tokenizer = Tokenizer::create(*file.value());
    check(bool(tokenizer), "the vocabulary must be right");
    return tokenizer.take();
}

test::VocabularyFile usualWords()
{
    test::VocabularyFile vocabulary;
    vocabulary.words = {"in",
        " t",
        "er",
        " the",
        "th",
        "  ",
        "\n\n",
        "aa",
        "aaaa",
        "\xE4\xB8",
        "\xE4\xB8\xAD",
        "\xF0\x9F",
        "<|",
        "|>",
        "user",
        "42",
        "'s"};
    return vocabulary;
}

// Words, merges and special tokens as the input has them.
test::VocabularyFile chosenWords(Choices& choices)
{
    test::VocabularyFile vocabulary;
    vocabulary.pre = choices.below(2) ? "qwen2" : "glm4";
    for (uint32_t i = choices.below(12); i > 0; --i) {
        vocabulary.words.push_back(choices.text(6));
    }
    for (uint32_t i = choices.below(12); i > 0; --i) {
        const std::string left = choices.text(3);
        vocabulary.merges.emplace_back(left, choices.text(3));
    }
    for (uint32_t i = choices.below(4); i > 0; --i) {
        vocabulary.specials.emplace_back(choices.text(10), choices.below(2) ? 3 : 4);
    }
    return vocabulary;
}

void checkStream(std::string_view bytes, Choices& cuts)
{
    Utf8Stream whole;
    std::string expected = whole.push(bytes);
    expected += whole.finish();
    Utf8Stream pieces;
    std::string text;
    for (size_t at = 0; at < bytes.size();) {
        const size_t size = std::min<size_t>(1 + cuts.below(5), bytes.size() - at);
        text += pieces.push(bytes.substr(at, size));
        at += size;
    }
    text += pieces.finish();
    check(text == expected, "a stream must not depend on how it is cut");
    for (size_t at = 0; at < text.size();) {
        const size_t length = utf8SequenceLength(text, at);
        check(length != 0, "a stream must give UTF-8");
        at += length;
    }
}

} // namespace

} // namespace atelier::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace atelier;
    static const auto usual = fuzz::tokenizerOf(fuzz::usualWords());
    fuzz::Choices choices(data, size);
    const bool chosen = choices.below(4) == 0;
    const auto tokenizer = chosen ? fuzz::tokenizerOf(fuzz::chosenWords(choices)) : usual;
    const std::string text = choices.rest();

    const auto typed = tokenizer->encode(text, SpecialTokens::AsText);
    check(tokenizer->decode(typed) == text, "typed text must come back");
    for (const int32_t id : typed) {
        check(!tokenizer->isControl(id), "typed text must not become a control token");
        check(!tokenizer->isPadding(id), "text must not become padding");
    }
    check(tokenizer->decode(tokenizer->encode(text, SpecialTokens::Parse)) == text,
        "a prompt must come back");

    fuzz::Choices cuts(data, size);
    fuzz::checkStream(text, cuts);
    return 0;
}
