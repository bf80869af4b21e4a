// SPDX-License-Identifier: MIT
// The file in which the machine code that a driver made of shaders waits for the next run.
#pragma once

#include "engine/base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace atelier {

// Whose machine code it is. No other device or driver may get it: some trust what they are given.
struct PipelineOrigin
{
    uint32_t vendor = 0;
    uint32_t device = 0;
    uint32_t driverVersion = 0;
    std::array<uint8_t, 16> cacheId{};  // pipelineCacheUUID
    std::array<uint8_t, 16> driverId{}; // driverUUID

    friend bool operator==(const PipelineOrigin&, const PipelineOrigin&) = default;
};

inline constexpr size_t kMaxPipelineBytes = 64 << 20; // all shaders take a few MiB

// In `folder`; one for each model of device, so that two in one machine do not undo each other's.
std::filesystem::path pipelineFile(
    const std::filesystem::path& folder, const PipelineOrigin& origin);

// The machine code in `file`; nothing when there is none, it is damaged, too large or of another
// origin. Then it is simply made anew.
std::vector<std::byte> readPipelines(
    const std::filesystem::path& file, const PipelineOrigin& origin);

// Replaces `file`, completely or not at all; makes its folder.
// Errors: Io; InvalidUse when `code` is larger than kMaxPipelineBytes.
Status writePipelines(const std::filesystem::path& file,
    const PipelineOrigin& origin,
    std::span<const std::byte> code);

} // namespace atelier
