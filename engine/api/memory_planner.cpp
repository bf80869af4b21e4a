// SPDX-License-Identifier: MIT
#include "engine/api/memory_planner.h"

#include "engine/base/text.h"
#include "engine/model/workspace.h"

#include <algorithm>

namespace atelier {

namespace {

KvType kvType(CacheType type)
{
    switch (type) {
    case CacheType::F32:
        return KvType::F32;
    case CacheType::F16:
        return KvType::F16;
    case CacheType::Q8_0:
        return KvType::Q8_0;
    }
    return KvType::F16;
}

// The largest context for which `fits` holds; it holds for none above one for which it does not.
template <class Fits>
uint32_t largestFitting(uint32_t limit, const Fits& fits)
{
    uint32_t low = 0;
    uint32_t high = limit;
    while (low < high) {
        const uint32_t middle = low + (high - low + 1) / 2;
        if (fits(middle)) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

} // namespace

KvShape cacheShape(const Hyperparameters& hyper, CacheType type, uint32_t contextTokens)
{
    return {hyper.layers, hyper.kvHeads, hyper.headDim, contextTokens, kvType(type)};
}

MemoryPlan planMemory(const Backend& backend,
    const WeightTable& weights,
    const Hyperparameters& hyper,
    const SessionOptions& options,
    uint64_t available,
    bool exact)
{
    MemoryPlan plan;
    plan.device = std::string(backend.name());
    plan.available = available;
    const bool onHost = backend.capabilities().hostVisibleMemory;
    for (const WeightTable::Entry& entry : weights.entries()) {
        // What the file holds is on the device only where that is the host.
        const uint64_t held = onHost ? entry.heldBytes : 0;
        const size_t copied = backend.weightBytes(entry.source);
        plan.allocatedWeights += copied + held;
        plan.mappedWeights += copied + held == 0 ? entry.source.bytes.size() : 0;
    }
    const auto planFor = [&](uint32_t context) {
        MemoryPlan with = plan;
        with.contextTokens = context;
        with.cache = backend.kvBytes(cacheShape(hyper, options.cacheType, context));
        const uint32_t chunk = std::clamp<uint32_t>(options.chunkTokens, 1, context);
        with.compute = Workspace::bytes(backend, hyper, chunk) +
                       backend.workBytes(workShape(weights, hyper, chunk, context, exact));
        return with;
    };
    const uint32_t limit = contextLimit(hyper.rope, hyper.contextLength, options);
    const auto largestWithin = [&](uint64_t bytes) {
        return largestFitting(limit,
            [&](uint32_t context) { return available == 0 || planFor(context).total() <= bytes; });
    };
    plan.largestContext = largestWithin(available);
    if (options.contextTokens > 0) {
        return planFor(std::min(options.contextTokens, limit));
    }
    // Nobody asked for the last byte: a tenth stays with the rest of the machine.
    const uint32_t comfortable = largestWithin(available - available / 10);
    return planFor(std::clamp(
        comfortable, std::min(limit, kSmallestContext), std::min(limit, kDefaultContext)));
}

Status checkPlan(const MemoryPlan& plan)
{
    if (plan.available == 0 || plan.total() <= plan.available) {
        return Done{};
    }
    return Error{ErrorCode::OutOfMemory,
        "The model needs " + readableBytes(plan.total()) +
            " of memory: " + readableBytes(plan.mappedWeights + plan.allocatedWeights) +
            " for its weights and " + readableBytes(plan.cache + plan.compute) +
            " for a context of " + grouped(plan.contextTokens) + " tokens. Only " +
            readableBytes(plan.available) + " are available. " +
            (plan.largestContext >= kSmallestContext
                    ? "A context of " + grouped(plan.largestContext) + " tokens would fit."
                    : "Close other programs, or choose a smaller model."),
        plan.total(),
        plan.available};
}

} // namespace atelier
