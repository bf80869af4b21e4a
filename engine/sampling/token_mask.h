// SPDX-License-Identifier: MIT
// TokenMask: what a grammar tells the sampler about the next token.
#pragma once

#include <cstdint>
#include <vector>

namespace atelier {

// The sampler asks it after penalties and before temperature, so that probabilities are shared out
// among what may come next. A reply ends where a stop token is allowed and drawn.
//
// Threads: one thread at a time; one per reply.
class TokenMask
{
public:
    virtual ~TokenMask() = default;

    // May `id` come next? Asked first for the likeliest token: often that is the only question.
    virtual bool allows(int32_t id) = 0;

    // Removes from `ids` (in no order, no duplicates, up to the whole vocabulary) what may not come
    // next. The rest keeps its order.
    virtual void keepAllowed(std::vector<int32_t>& ids) = 0;

    // `id` was drawn, and is part of the text from now on. Called with allowed ids only.
    virtual void accept(int32_t id) = 0;

    virtual bool mustEnd() const { return false; } // the text is whole, and nothing may follow
    // False once it took too much work to know what is allowed; nothing is any more then.
    virtual bool inBounds() const { return true; }
};

} // namespace atelier
