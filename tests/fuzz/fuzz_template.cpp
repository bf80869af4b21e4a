// SPDX-License-Identifier: MIT
// Any template over any conversation: it renders or is refused, in bounded time and memory; and
// control tokens are never typed ones.
#include "engine/chat/chat_template.h"
#include "tests/fuzz/fuzz_support.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace atelier;
    fuzz::Choices choices(data, size);
    std::vector<Message> messages;
    for (uint32_t count = choices.below(4); count > 0; --count) {
        messages.push_back({Role(choices.below(4)), choices.text(100), choices.text(8)});
        if (choices.below(3) == 1) {
            messages.back().toolCalls.push_back({choices.text(8), choices.text(40)});
        }
    }
    std::vector<Tool> tools;
    if (choices.below(2) == 1) {
        if (auto tool = Tool::parse(choices.text(100))) {
            tools.push_back(tool.take());
        }
    }
    const bool generate = choices.below(2) == 1;
    JinjaLimits limits;
    limits.heapBytes = size_t(16) << 20;
    limits.seconds = 0.1;
    const auto made = ChatTemplate::create(choices.rest(), limits);
    if (!made) {
        check(!made.error().message.empty(), "an error must say why");
        return 0;
    }
    const std::vector<std::string> controls{"[gMASK]", "<sop>", "<|user|>", "<|assistant|>"};
    const auto pieces = made.value()->renderPieces({messages, tools, generate}, controls);
    if (!pieces) {
        check(!pieces.error().message.empty(), "an error must say why");
        return 0;
    }
    for (const PromptPiece& piece : pieces.value()) {
        check(piece.message < int32_t(messages.size()), "a piece must be of a message");
        const auto found = std::find(controls.begin(), controls.end(), piece.text);
        check(!piece.control || found != controls.end(), "a control token must be a known one");
    }
    return 0;
}
