// SPDX-License-Identifier: MIT
// Any reply, cut anywhere: the same events, all that is valid is JSON, and no text is lost.
#include "engine/chat/json_repair.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/support/reply_events.h"

#include <nlohmann/json.hpp>

namespace {

using namespace atelier;

void checkEvents(const std::vector<ReplyEvent>& events, size_t& depth)
{
    for (const ReplyEvent& event : events) {
        if (std::holds_alternative<ThinkingBegin>(event) ||
            std::holds_alternative<ToolCallBegin>(event)) {
            check(depth++ == 0, "thoughts and calls must not overlap");
        } else if (const auto* end = std::get_if<ThinkingEnd>(&event)) {
            check(end->answerWasThought || depth-- == 1, "thoughts must begin before they end");
        } else if (const auto* call = std::get_if<ToolCallEnd>(&event)) {
            check(depth-- == 1, "a call must begin before it ends");
            const auto json = nlohmann::json::parse(call->call.arguments, nullptr, false);
            check(!call->valid || json.is_object(), "valid arguments must be an object");
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    fuzz::Choices choices(data, size);
    ReplyParserOptions options;
    options.startsThinking = choices.below(2) == 1;
    if (choices.below(4) > 0) {
        options.tools = {"search", "a", "ab"};
    }
    const size_t bytes = 1 + choices.below(8);
    const std::string text = choices.rest();

    const std::string whole = test::eventsOf(options, text);
    check(test::eventsOf(options, text, bytes) == whole, "cuts must not matter");

    ReplyParser parser(options);
    size_t depth = 0;
    checkEvents(parser.push(text), depth);
    checkEvents(parser.finish(), depth);
    check(depth == 0, "all that begins must end");

    const RepairedJson repaired = repairJsonObject(text);
    check(repaired.text.empty() || nlohmann::json::parse(repaired.text, nullptr, false).is_object(),
        "what was repaired must be an object");
    return 0;
}
