// SPDX-License-Identifier: MIT
// PipelinesVulkan: the compute shaders of this build, made ready for a device when first used.
#pragma once

#include "engine/backends/vulkan/device_vulkan.h"
#include "engine/base/dtype.h"
#include "engine/ops/tensor.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

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

    explicit PipelinesVulkan(DeviceVulkan& device) : m_device(device) {}
    ~PipelinesVulkan();
    PipelinesVulkan(const PipelinesVulkan&) = delete;
    PipelinesVulkan& operator=(const PipelinesVulkan&) = delete;

    // A shader of this build; hasShader() must hold.
    Result<const PipelineVulkan*> find(const std::string& name);

private:
    Status createLayout();

    DeviceVulkan& m_device;
    VkDescriptorSetLayout m_bindings = VK_NULL_HANDLE; // the same for all
    VkPipelineLayout m_layout = VK_NULL_HANDLE;
    std::map<std::string, PipelineVulkan> m_pipelines;
};

} // namespace atelier
