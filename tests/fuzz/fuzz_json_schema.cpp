// SPDX-License-Identifier: MIT
// Any text as a JSON schema: an error that says something, or a grammar that is read back, whose
// texts are JSON.
#include "engine/sampling/grammar_matcher.h"
#include "engine/sampling/json_schema.h"
#include "tests/fuzz/fuzz_support.h"

#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace atelier;
    fuzz::Choices choices(data, size);
    const std::string picks = choices.text(64);
    const auto made = grammarOfJsonSchema(choices.rest());
    if (!made) {
        check(!made.error().message.empty(), "an error must say something");
        return 0;
    }
    const auto rules = GrammarRules::parse(made.value().gbnf);
    check(bool(rules), "the text of a schema's grammar must be right");
    const auto grammar = Grammar::create(rules.value());
    if (!grammar) { // too large, recursive without end
        check(!grammar.error().message.empty(), "an error must say something");
        return 0;
    }
    // Follows the input's choices as far as they go.
    GrammarMatcher matcher(grammar.value());
    auto set = matcher.start();
    std::string text;
    for (const char pick : picks) {
        if (matcher.canEnd(set)) {
            check(nlohmann::json::accept(text), "what a schema leads to must be JSON");
        }
        std::string bytes;
        for (int byte = 0; byte < 256; ++byte) {
            if (matcher.next(set, uint8_t(byte)) != GrammarMatcher::kDead) {
                bytes += char(byte);
            }
        }
        if (bytes.empty()) {
            check(matcher.canEnd(set), "something must be able to follow");
            break;
        }
        text += bytes[uint8_t(pick) % bytes.size()];
        set = matcher.next(set, uint8_t(text.back()));
    }
    return 0;
}
