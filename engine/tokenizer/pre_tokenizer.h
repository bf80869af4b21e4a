// SPDX-License-Identifier: MIT
// PreTokenizer: cuts text into the pieces that byte pair encoding works on. Merges never cross the
// border of a piece.
#pragma once

#include "engine/base/result.h"

#include <memory>
#include <string_view>

namespace atelier {

// Immutable after creation.
//
// Threads: thread-safe; each thread makes its own Run.
class PreTokenizer
{
public:
    // `name` is a GGUF's tokenizer.ggml.pre; Unsupported lists those that are known.
    static Result<PreTokenizer> create(std::string_view name);

    PreTokenizer(PreTokenizer&&) noexcept;
    PreTokenizer& operator=(PreTokenizer&&) noexcept;
    ~PreTokenizer();

    // One pass over one text. The pieces are never empty and join to the whole text. Bytes that are
    // not UTF-8 make pieces of their own.
    class Run
    {
    public:
        Run(const PreTokenizer& tokenizer, std::string_view text);
        Run(const Run&) = delete;
        Run& operator=(const Run&) = delete;
        ~Run();

        std::string_view next(); // empty at the end

    private:
        struct State;
        std::unique_ptr<State> m_state;
    };

private:
    struct Pattern;
    explicit PreTokenizer(std::unique_ptr<Pattern> pattern);

    std::unique_ptr<Pattern> m_pattern;
};

} // namespace atelier
