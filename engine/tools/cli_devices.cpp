// SPDX-License-Identifier: MIT
// atelier-cli devices: what this build can compute on here, and why a backend has nothing.
#include "engine/api/devices.h"
#include "engine/base/text.h"
#include "engine/tools/cli.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace atelier::cli {

namespace {

using Json = nlohmann::ordered_json;

Json toJson(const DeviceList& list)
{
    Json devices = Json::array();
    for (const DeviceInfo& device : list.devices) {
        devices.push_back({{"id", deviceId(device)},
            {"name", device.name},
            {"driver", device.driver},
            {"total_memory_bytes", device.totalMemoryBytes},
            {"available_memory_bytes", device.availableMemoryBytes},
            {"chosen_automatically", device.chosenAutomatically},
            {"lacks", device.lacks}});
    }
    Json absent = Json::array();
    for (const AbsentBackend& backend : list.absent) {
        absent.push_back({{"backend", backend.backend}, {"reason", backend.reason}});
    }
    return {{"devices", std::move(devices)}, {"absent", std::move(absent)}};
}

void print(const DeviceList& list)
{
    for (const DeviceInfo& device : list.devices) {
        std::printf("%-10s %s: %s of %s free%s%s\n",
            deviceId(device).c_str(),
            device.name.c_str(),
            readableBytes(device.availableMemoryBytes).c_str(),
            readableBytes(device.totalMemoryBytes).c_str(),
            device.driver.empty() ? "" : ", driver ",
            device.driver.c_str());
        if (!device.lacks.empty()) {
            std::printf("%-10s cannot be used: %s\n", "", device.lacks.c_str());
        } else if (!device.chosenAutomatically) {
            std::printf("%-10s used only when named: --backend %s\n", "", deviceId(device).c_str());
        }
    }
    for (const AbsentBackend& backend : list.absent) {
        std::printf("%-10s no device. %s\n", backend.backend.c_str(), backend.reason.c_str());
    }
}

} // namespace

int runDevices(std::span<char* const> words)
{
    constexpr std::string_view kFlags[] = {"--json"};
    const auto arguments = Arguments::parse(words, {{}, kFlags});
    if (!arguments) {
        return fail(arguments.error());
    }
    if (!arguments.value().positional().empty()) {
        return usage("devices takes no file.");
    }
    const DeviceList list = listDevices();
    if (arguments.value().has("--json")) {
        std::printf("%s\n", toJson(list).dump(2).c_str());
    } else {
        print(list);
    }
    return kSuccess;
}

} // namespace atelier::cli
