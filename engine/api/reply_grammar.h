// SPDX-License-Identifier: MIT
// ReplyGrammar: what a request says its reply must be, from text to the sampler's mask.
#pragma once

#include "engine/api/generation.h"
#include "engine/base/result.h"
#include "engine/sampling/token_mask.h"

#include <memory>
#include <string_view>

namespace atelier {

class LoadedModel;

struct ReplyGrammar
{
    std::unique_ptr<TokenMask> mask; // null: anything goes
    // The reply may begin with the newline that chat models write first and nobody sees. False
    // where a newline would be text of the grammar itself.
    bool allowsNewline = true;
};

// Of request.grammar or request.jsonSchema, or else of the schemas of request.tools, which hold for
// the arguments of calls. `opening` is what the prompt has of the reply, such
// as "<think>", and no part of what grammars are about; `begun` is the text of a reply that goes
// on, which counts. `newline`: the model may want to write a newline first, which is no part of the
// text. InvalidUse when the grammar is wrong, or does not allow `begun`.
Result<ReplyGrammar> replyGrammar(const GenerationRequest& request,
    const LoadedModel& model,
    std::string_view opening,
    std::string_view begun,
    bool newline);

// Why a mask left no token to draw.
Error nothingAllowed(const TokenMask& mask);

} // namespace atelier
