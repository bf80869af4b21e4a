// SPDX-License-Identifier: MIT
#include "engine/backends/backend_list.h"

#include "engine/backends/backend_module.h"
#include "engine/backends/cpu/backend_cpu.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string>

namespace atelier {

namespace {

Error unknownBackend(std::string_view name, std::span<const BackendFactory> factories)
{
    std::string names;
    for (const BackendFactory& factory : factories) {
        names += (names.empty() ? "" : ", ") + std::string(factory.name);
    }
    return Error{ErrorCode::InvalidUse,
        "There is no backend called \"" + std::string(name) + "\"; this build has: " + names + "."};
}

} // namespace

std::span<const BackendFactory> builtInBackends()
{
    static constexpr BackendFactory kBackends[] = {
        {"cuda",
            [](const BackendOptions& options) { return createFromModule("cuda", options); },
            [] { return listFromModule("cuda"); }},
        {"vulkan",
            [](const BackendOptions& options) { return createFromModule("vulkan", options); },
            [] { return listFromModule("vulkan"); }},
        {"cpu", &createCpuBackend, &listProcessor},
    };
    return kBackends;
}

Result<std::unique_ptr<Backend>> createBackend(
    std::string_view name, BackendOptions options, std::span<const BackendFactory> factories)
{
    check(!factories.empty(), "there must be a backend to choose from");
    if (name.empty() || name == "auto") {
        for (const BackendFactory& factory : factories.first(factories.size() - 1)) {
            if (auto backend = factory.create(options)) {
                return backend;
            }
        }
        return factories.back().create(options);
    }
    const size_t colon = name.find(':');
    if (colon != std::string_view::npos) {
        const std::string_view index = name.substr(colon + 1);
        const auto parsed =
            std::from_chars(index.data(), index.data() + index.size(), options.deviceIndex);
        if (parsed.ec != std::errc() || parsed.ptr != index.data() + index.size()) {
            return Error{ErrorCode::InvalidUse,
                std::string("The device number in \"").append(name) +
                    "\" is not one; write for example vulkan:1."};
        }
    }
    options.named = true;
    for (const BackendFactory& factory : factories) {
        if (factory.name == name.substr(0, colon)) {
            return factory.create(options);
        }
    }
    return unknownBackend(name, factories);
}

DeviceList listDevicesOf(std::span<const BackendFactory> factories)
{
    DeviceList list;
    for (const BackendFactory& factory : factories) {
        auto devices = factory.list();
        if (devices) {
            std::ranges::move(devices.value(), std::back_inserter(list.devices));
        } else {
            list.absent.push_back({std::string(factory.name), devices.error().message});
        }
    }
    return list;
}

} // namespace atelier
