// SPDX-License-Identifier: MIT
// What a session will allocate, asked of the backend that will allocate it.
#pragma once

#include "engine/api/context_scaling.h"
#include "engine/api/model.h"
#include "engine/model/hyperparameters.h"
#include "engine/model/weight_table.h"
#include "engine/ops/tensor.h"

#include <cstdint>
#include <span>

namespace atelier {

// The tokens a session uses unless it is told otherwise, and the fewest that are worth loading for.
inline constexpr uint32_t kDefaultContext = 32768;
inline constexpr uint32_t kSmallestContext = 256;

KvShape cacheShape(const Hyperparameters& hyper, CacheType type, uint32_t contextTokens);

// `available`: for each device of the backend, the bytes free for all of it, weights included; 0
// when unknown, and then everything fits. `exact`: LoadOptions::exact. contextTokens of the result
// is what the options ask for, within contextLimit(), or the default lowered to largestContext.
MemoryPlan planMemory(const Backend& backend,
    const WeightTable& weights,
    const Hyperparameters& hyper,
    const SessionOptions& options,
    std::span<const uint64_t> available,
    bool exact = false);

// OutOfMemory with numbers when `plan` does not fit one of its devices.
Status checkPlan(const MemoryPlan& plan);

} // namespace atelier
