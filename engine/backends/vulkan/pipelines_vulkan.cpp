// SPDX-License-Identifier: MIT
#include "engine/backends/vulkan/pipelines_vulkan.h"

#include "engine/backends/vulkan/shaders_vulkan.h"
#include "engine/base/check.h"

#include <algorithm>
#include <array>

namespace atelier {

namespace {

const ShaderVulkan* findShader(std::string_view name)
{
    const auto shaders = shadersVulkan();
    const auto found = std::ranges::find(shaders, name, &ShaderVulkan::name);
    return found == shaders.end() ? nullptr : &*found;
}

} // namespace

std::string shaderName(std::string_view shader, DType type)
{
    return std::string(shader).append("_").append(std::to_string(uint32_t(type)));
}

std::string shaderName(std::string_view shader, KvType type)
{
    return std::string(shader).append("_").append(std::to_string(uint32_t(type)));
}

bool hasShader(std::string_view name)
{
    return findShader(name) != nullptr;
}

PipelinesVulkan::~PipelinesVulkan()
{
    for (const auto& [name, made] : m_pipelines) {
        vkDestroyPipeline(m_device.handle(), made.pipeline, nullptr);
    }
    vkDestroyPipelineLayout(m_device.handle(), m_layout, nullptr);
    vkDestroyDescriptorSetLayout(m_device.handle(), m_bindings, nullptr);
}

// One layout for all shaders: what a shader does not use is bound to anything.
Status PipelinesVulkan::createLayout()
{
    std::array<VkDescriptorSetLayoutBinding, kMaxBindings> bindings{};
    for (uint32_t i = 0; i < kMaxBindings; ++i) {
        bindings[i].binding = i;
        bindings[i].descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
        bindings[i].descriptorCount = 1;
        bindings[i].stageFlags = VK_SHADER_STAGE_COMPUTE_BIT;
    }
    VkDescriptorSetLayoutCreateInfo set{};
    set.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO;
    set.bindingCount = kMaxBindings;
    set.pBindings = bindings.data();
    VkResult made = vkCreateDescriptorSetLayout(m_device.handle(), &set, nullptr, &m_bindings);
    if (made != VK_SUCCESS) {
        return vulkanError(made, "Preparing shaders");
    }
    const VkPushConstantRange constants{VK_SHADER_STAGE_COMPUTE_BIT, 0, kConstantBytes};
    VkPipelineLayoutCreateInfo layout{};
    layout.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO;
    layout.setLayoutCount = 1;
    layout.pSetLayouts = &m_bindings;
    layout.pushConstantRangeCount = 1;
    layout.pPushConstantRanges = &constants;
    made = vkCreatePipelineLayout(m_device.handle(), &layout, nullptr, &m_layout);
    return made == VK_SUCCESS ? Status(Done{}) : vulkanError(made, "Preparing shaders");
}

Result<const PipelineVulkan*> PipelinesVulkan::find(const std::string& name)
{
    if (const auto known = m_pipelines.find(name); known != m_pipelines.end()) {
        return &known->second;
    }
    const ShaderVulkan* shader = findShader(name);
    check(shader != nullptr, "a shader must be one of this build");
    if (m_layout == VK_NULL_HANDLE) {
        if (const Status made = createLayout(); !made) {
            return made.error();
        }
    }
    VkShaderModuleCreateInfo code{};
    code.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
    code.codeSize = shader->words.size() * sizeof(uint32_t);
    code.pCode = shader->words.data();
    VkShaderModule module = VK_NULL_HANDLE;
    VkResult made = vkCreateShaderModule(m_device.handle(), &code, nullptr, &module);
    PipelineVulkan pipeline{VK_NULL_HANDLE, m_layout, m_bindings};
    if (made == VK_SUCCESS) {
        VkComputePipelineCreateInfo info{};
        info.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO;
        info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
        info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
        info.stage.module = module;
        info.stage.pName = "main";
        info.layout = m_layout;
        made = vkCreateComputePipelines(
            m_device.handle(), VK_NULL_HANDLE, 1, &info, nullptr, &pipeline.pipeline);
    }
    vkDestroyShaderModule(m_device.handle(), module, nullptr);
    if (made != VK_SUCCESS) {
        return vulkanError(made, "Preparing the shader " + name);
    }
    return &m_pipelines.emplace(name, pipeline).first->second;
}

} // namespace atelier
