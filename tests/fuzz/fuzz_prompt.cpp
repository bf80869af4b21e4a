// SPDX-License-Identifier: MIT
// Any conversation: the control tokens of its prompt are those of the format, and no more.
#include "engine/chat/prompt.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/support/vocabulary_file.h"

#include <memory>

namespace {

using namespace atelier;

std::shared_ptr<const Tokenizer> makeTokenizer()
{
    test::VocabularyFile vocabulary;
    vocabulary.words = {"\n\n", "<|", "|>", "user", "assistant", "<|user"};
    const auto bytes = vocabulary.writer().bytes();
    const auto file = parseGguf(bytes);
    check(bool(file), "the vocabulary file must be right");
    return Tokenizer::create(*file.value()).take();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    static const auto tokenizer = makeTokenizer();
    fuzz::Choices choices(data, size);
    std::vector<Tool> tools;
    if (choices.below(4) == 1) {
        if (auto tool = Tool::parse(choices.text(255))) {
            tools.push_back(tool.take());
        }
    }
    const bool generate = choices.below(2) == 1;
    std::vector<Message> messages;
    std::vector<std::vector<int32_t>> replies;
    while (!choices.atEnd() && messages.size() < 20) {
        const auto role = Role(choices.below(4));
        messages.push_back({role, choices.text(255), choices.below(3) ? "" : choices.text(20)});
        replies.emplace_back();
        if (role == Role::Assistant && choices.below(3) == 1) {
            replies.back() = tokenizer->encode(choices.text(20), SpecialTokens::AsText);
            if (choices.below(4) == 1) {
                replies.back().push_back(int32_t(uint32_t(choices.number())));
            }
        }
    }
    const auto pieces = renderGlm4(messages, generate, tools);
    const size_t expected = 2 + tools.size() + messages.size() + (generate ? 1 : 0);
    const auto ids = encodePrompt(pieces, *tokenizer);
    check(bool(ids), "a prompt must be encodable");
    size_t control = 0;
    for (const int32_t id : ids.value()) {
        control += tokenizer->isControl(id) ? 1 : 0;
    }
    check(control == expected, "a prompt must have the control tokens of its format only");
    check(tokenizer->decode(ids.value()) == promptText(pieces), "a prompt must come back");

    const auto reused = encodePrompt(pieces, *tokenizer, replies);
    check(bool(reused), "a prompt with replies must be encodable");
    for (const int32_t id : reused.value()) {
        check(id >= 0 && id < tokenizer->vocabSize(), "ids must be in the vocabulary");
    }
    return 0;
}
