// SPDX-License-Identifier: MIT
#include "engine/api/load_devices.h"

#include "engine/backends/split/backend_split.h"
#include "engine/model/hyperparameters.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace atelier {

namespace {

constexpr std::string_view kProcessor = "cpu";

std::vector<std::string> namesIn(std::string_view list)
{
    std::vector<std::string> names;
    while (true) {
        const size_t comma = std::min(list.find(','), list.size());
        names.emplace_back(list.substr(0, comma));
        if (comma == list.size()) {
            return names;
        }
        list.remove_prefix(comma + 1);
    }
}

Status checkNames(const std::vector<std::string>& names, const LoadOptions& options)
{
    const bool several = names.size() > 1;
    for (const std::string& name : names) {
        if (several && (name.empty() || name == "auto" || name == kProcessor)) {
            return Error{ErrorCode::InvalidUse,
                "Several devices are named one by one, such as vulkan:0,vulkan:1; the processor "
                "gets the layers that they do not."};
        }
        if (several && std::ranges::count(names, name) > 1) {
            return Error{ErrorCode::InvalidUse, "The device " + name + " is named twice."};
        }
    }
    if (options.backend == kProcessor && options.gpuLayers.value_or(0) > 0) {
        return Error{ErrorCode::InvalidUse,
            "Layers can be computed on another device only where one is named besides the "
            "processor."};
    }
    return Done{};
}

// NoDevice when there is none: nothing is wrong with the model then.
Result<std::unique_ptr<Backend>> openDevice(const std::string& name,
    const BackendOptions& options,
    std::span<const BackendFactory> factories)
{
    auto device = createBackend(name, options, factories);
    if (device || device.error().code != ErrorCode::Unsupported) {
        return device;
    }
    Error error = device.error();
    error.code = ErrorCode::NoDevice;
    return error;
}

} // namespace

std::vector<uint32_t> shareLayers(uint32_t layers, std::span<const uint64_t> memory)
{
    const auto count = uint32_t(memory.size());
    const uint32_t each = layers >= count ? 1 : 0;
    std::vector<uint32_t> shares(count, each);
    uint32_t left = layers - each * count;
    const double total = std::accumulate(memory.begin(), memory.end(), 0.0);
    // One layer at a time to whoever has the most memory for each of its layers.
    for (; left > 0; --left) {
        const auto room = [&](uint32_t device) {
            const double share = total > 0 ? double(memory[device]) / total : 1.0;
            return share / double(shares[device] + 1);
        };
        uint32_t best = 0;
        for (uint32_t device = 1; device < count; ++device) {
            best = room(device) > room(best) ? device : best;
        }
        ++shares[best];
    }
    return shares;
}

Result<std::unique_ptr<Backend>> createDevices(const ModelFile& file,
    const LoadOptions& options,
    IsaCap isa,
    std::span<const BackendFactory> factories)
{
    const BackendOptions each{
        .threads = options.threads, .isa = isa, .cacheFolder = options.cacheFolder};
    const auto names = namesIn(options.backend);
    if (const Status valid = checkNames(names, options); !valid) {
        return valid.error();
    }
    if (options.gpuLayers == 0u) {
        return createBackend(kProcessor, each, factories);
    }
    std::vector<std::unique_ptr<Backend>> devices;
    std::vector<uint64_t> memory;
    for (const std::string& name : names) {
        auto device = openDevice(name, each, factories);
        if (!device) {
            return device.error();
        }
        memory.push_back(device.value()->availableMemoryBytes());
        devices.push_back(device.take());
    }
    // What is chosen automatically may be the processor after all.
    const bool isProcessor = devices.front()->name() == kProcessor;
    if (devices.size() == 1 && (isProcessor || !options.gpuLayers)) {
        return std::move(devices.front());
    }
    const auto hyper = readHyperparameters(file);
    if (!hyper) {
        return hyper.error();
    }
    const uint32_t layers = hyper.value().layers;
    const uint32_t wanted = std::min(options.gpuLayers.value_or(layers), layers);
    std::vector<SplitPart> parts;
    if (wanted < layers) {
        auto processor = createBackend(kProcessor, each, factories);
        if (!processor) {
            return processor.error();
        }
        parts.push_back({processor.take(), layers - wanted});
    }
    const auto shares = shareLayers(wanted, memory);
    for (size_t i = 0; i < devices.size(); ++i) {
        if (shares[i] > 0) {
            parts.push_back({std::move(devices[i]), shares[i]});
        }
    }
    if (parts.size() == 1) {
        return std::move(parts.front().backend);
    }
    const bool tied = file.findTensor("output.weight") == nullptr;
    return std::unique_ptr<Backend>(new BackendSplit(std::move(parts), tied));
}

} // namespace atelier
