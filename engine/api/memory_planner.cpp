// SPDX-License-Identifier: MIT
#include "engine/api/memory_planner.h"

#include "engine/base/check.h"
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

std::vector<DeviceShare> sharesOf(const Backend& backend, const Hyperparameters& hyper)
{
    const auto shares = backend.shares();
    return shares.empty() ? std::vector<DeviceShare>{{&backend, 0, hyper.layers}}
                          : std::vector<DeviceShare>(shares.begin(), shares.end());
}

// What the weights take on each device.
std::vector<DeviceMemoryPlan> weightPlans(const Backend& backend,
    std::span<const DeviceShare> shares,
    const WeightTable& weights,
    std::span<const uint64_t> available)
{
    std::vector<DeviceMemoryPlan> plans;
    for (size_t i = 0; i < shares.size(); ++i) {
        const Capabilities& device = shares[i].backend->capabilities();
        DeviceMemoryPlan plan;
        plan.device = std::string(shares[i].backend->name());
        plan.deviceName = device.deviceName;
        plan.isHost = device.hostVisibleMemory;
        plan.available = available[i];
        plans.push_back(std::move(plan));
    }
    for (const WeightTable::Entry& entry : weights.entries()) {
        const uint32_t index = backend.shareOf(entry.source);
        DeviceMemoryPlan& plan = plans[index];
        // What the file holds is on the device only where that is the host.
        const uint64_t held = plan.isHost ? entry.heldBytes : 0;
        const size_t copied = shares[index].backend->weightBytes(entry.source);
        plan.allocatedWeights += copied + held;
        plan.mappedWeights += copied + held == 0 ? entry.source.bytes.size() : 0;
    }
    return plans;
}

void addUp(MemoryPlan& plan)
{
    bool isKnown = true;
    for (const DeviceMemoryPlan& device : plan.devices) {
        plan.mappedWeights += device.mappedWeights;
        plan.allocatedWeights += device.allocatedWeights;
        plan.cache += device.cache;
        plan.compute += device.compute;
        plan.available += device.available;
        isKnown = isKnown && device.available > 0;
    }
    plan.available = isKnown ? plan.available : 0;
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
    std::span<const uint64_t> available,
    bool exact)
{
    const auto shares = sharesOf(backend, hyper);
    check(available.size() == shares.size(), "what is available must be said of each device");
    MemoryPlan plan;
    plan.device = std::string(backend.name());
    plan.devices = weightPlans(backend, shares, weights, available);
    const auto planFor = [&](uint32_t context) {
        MemoryPlan with = plan;
        with.contextTokens = context;
        const uint32_t chunk = std::clamp<uint32_t>(options.chunkTokens, 1, context);
        const WorkShape work = workShape(weights, hyper, chunk, context, exact);
        for (size_t i = 0; i < shares.size(); ++i) {
            const Backend& device = *shares[i].backend;
            KvShape cache = cacheShape(hyper, options.cacheType, context);
            cache.layers = shares[i].layers;
            with.devices[i].cache = cache.layers > 0 ? device.kvBytes(cache) : 0;
            with.devices[i].compute =
                Workspace::bytes(device, hyper, chunk) + device.workBytes(work);
        }
        addUp(with);
        return with;
    };
    const uint32_t limit = contextLimit(hyper.rope, hyper.contextLength, options);
    // Leaving `part` of what each device has.
    const auto largestLeaving = [&](double part) {
        return largestFitting(limit, [&](uint32_t context) {
            const MemoryPlan with = planFor(context);
            return std::ranges::all_of(with.devices, [part](const DeviceMemoryPlan& device) {
                const auto kept = uint64_t(double(device.available) * part);
                return device.available == 0 || device.total() <= device.available - kept;
            });
        });
    };
    plan.largestContext = largestLeaving(0.0);
    if (options.contextTokens > 0) {
        return planFor(std::min(options.contextTokens, limit));
    }
    // Nobody asked for the last byte: a tenth stays with the rest of the machine.
    const uint32_t comfortable = largestLeaving(0.1);
    return planFor(std::clamp(
        comfortable, std::min(limit, kSmallestContext), std::min(limit, kDefaultContext)));
}

Status checkPlan(const MemoryPlan& plan)
{
    const auto full = std::ranges::find_if(plan.devices, [](const DeviceMemoryPlan& device) {
        return device.available > 0 && device.total() > device.available;
    });
    if (full == plan.devices.end()) {
        return Done{};
    }
    const bool several = plan.devices.size() > 1;
    return Error{ErrorCode::OutOfMemory,
        "The model needs " + readableBytes(full->total()) + " of memory" +
            (several ? " on " + full->deviceName : "") + ": " +
            readableBytes(full->mappedWeights + full->allocatedWeights) + " for its weights and " +
            readableBytes(full->cache + full->compute) + " for a context of " +
            grouped(plan.contextTokens) + " tokens. Only " + readableBytes(full->available) +
            " are available. " +
            (plan.largestContext >= kSmallestContext
                    ? "A context of " + grouped(plan.largestContext) + " tokens would fit."
                : full->isHost ? "Close other programs, or choose a smaller model."
                               : "Close other programs, or compute fewer layers on this device."),
        full->total(),
        full->available};
}

} // namespace atelier
