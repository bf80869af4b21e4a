// SPDX-License-Identifier: MIT
// The compiled shaders of this build. Made from shaders/ by CMake.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace atelier {

struct ShaderVulkan
{
    std::string_view name;
    std::span<const uint32_t> words; // SPIR-V
};

std::span<const ShaderVulkan> shadersVulkan();

} // namespace atelier
