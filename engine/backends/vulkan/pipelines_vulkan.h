// SPDX-License-Identifier: MIT
// PipelinesVulkan: the compute shaders of this build, made ready for a device when first used.
#pragma once

#include "engine/backends/vulkan/device_vulkan.h"
#include "engine/base/dtype.h"
#include "engine/ops/tensor.h"

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atelier {

struct PipelineVulkan
{
    VkPipeline pipeline = VK_NULL_HANDLE;
    VkPipelineLayout layout = VK_NULL_HANDLE;
    VkDescriptorSetLayout bindings = VK_NULL_HANDLE;
};

// The shader's name with the variant: "mat_mul_12" for Q4_K, "attention_1" for a cache in F16.
std::string shaderName(std::string_view shader, DType type);
std::string shaderName(std::string_view shader, KvType type);
bool hasShader(std::string_view name);

// Owner: the backend; the device outlives it. Threads: one thread at a time.
class PipelinesVulkan
{
public:
    static constexpr uint32_t kMaxBindings = 4; // storage buffers of a shader
    static constexpr uint32_t kConstantBytes = 64;

    // `cacheFolder`: where what the driver made of shaders is kept for the next run; empty:
    // nowhere.
    PipelinesVulkan(DeviceVulkan& device, std::filesystem::path cacheFolder);
    // Keeps what is new for the next run.
    ~PipelinesVulkan();
    PipelinesVulkan(const PipelinesVulkan&) = delete;
    PipelinesVulkan& operator=(const PipelinesVulkan&) = delete;

    // A shader of this build; hasShader() must hold. `constants` are its specialization constants,
    // those of it with the numbers 0, 1, 2 and so on.
    Result<const PipelineVulkan*> find(
        const std::string& name, std::span<const uint32_t> constants = {});

private:
    using Key = std::pair<std::string, std::vector<uint32_t>>;

    Status prepare();
    Status createLayout();
    void save() const;
    Result<VkPipeline> create(const std::string& name, std::span<const uint32_t> constants);

    DeviceVulkan& m_device;
    std::filesystem::path m_cacheFile;                 // empty: none
    VkPipelineCache m_cache = VK_NULL_HANDLE;          // none is no error
    VkDescriptorSetLayout m_bindings = VK_NULL_HANDLE; // the same for all
    VkPipelineLayout m_layout = VK_NULL_HANDLE;
    std::map<Key, PipelineVulkan> m_pipelines;
    size_t m_loadedBytes = 0; // of the cache, from the last run
};

} // namespace atelier
