// SPDX-License-Identifier: MIT
// The GGUF reader on any bytes, then all that a loader would read.
#include "engine/tokenizer/tokenizer.h"
#include "tests/fuzz/fuzz_support.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace atelier;
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto file = parseGguf(bytes);
    if (!file) {
        check(!file.error().message.empty(), "an error must say something");
        return 0;
    }
    fuzz::readEverything(*file.value(), bytes);
    if (const auto tokenizer = Tokenizer::create(*file.value())) {
        const std::string text("a<|user|> \xFF", 11);
        for (const int32_t id : tokenizer.value()->encode(text, SpecialTokens::Parse)) {
            check(id >= 0 && id < tokenizer.value()->vocabSize(), "ids must be in the vocabulary");
        }
    }
    return 0;
}
