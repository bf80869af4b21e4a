// SPDX-License-Identifier: MIT
// How far a session's context may reach, and the positions it is computed with.
#pragma once

#include "engine/api/session_options.h"
#include "engine/model/hyperparameters.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace atelier {

struct MemoryPlan;
struct ModelInfo;

// Factors that YarnMode::Auto tries, smallest first.
inline constexpr double kAutoFactors[] = {1.5, 2.0, 3.0, 4.0};

// Tokens that plain positions were trained for.
uint32_t trainedContext(const RopeSettings& fileRope, uint32_t contextLength);

// The model's RoPE with what the session says about it. With YarnMode::Auto, before any change.
RopeSettings sessionRope(
    const RopeSettings& fileRope, uint32_t contextLength, const SessionOptions& options);

// The most tokens positions make sense for.
uint32_t contextLimit(
    const RopeSettings& fileRope, uint32_t contextLength, const SessionOptions& options);

// Options that differ from `options`, whose mode is Auto, in a fixed YaRN factor; 1: plain
// positions. contextTokens is the most that both allow.
SessionOptions fixedFactor(
    const Hyperparameters& hyper, const SessionOptions& options, double factor);

// What YarnMode::Auto changes a session to that has `now` (from fixedFactor()) and `slots` when
// `needed` tokens do not fit: the smallest factor above that makes room for them and fits memory,
// or, where none does, the one that makes most room, if it is more than now. Plain positions grow
// first, where they may. Nothing when there is nothing to gain.
struct Extension
{
    SessionOptions options; // fixed
    double factor = 1.0;
};
std::optional<Extension> extendContext(const Hyperparameters& hyper,
    const SessionOptions& options,
    double factorNow,
    uint32_t slots,
    uint64_t needed,
    const std::function<MemoryPlan(const SessionOptions&)>& plan);

} // namespace atelier
