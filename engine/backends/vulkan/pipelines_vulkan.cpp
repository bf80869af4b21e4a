// SPDX-License-Identifier: MIT
#include "engine/backends/vulkan/pipelines_vulkan.h"

#include "engine/backends/vulkan/pipeline_file.h"
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

PipelineOrigin originOf(const DeviceVulkan& device)
{
    const VkPhysicalDeviceProperties& properties = device.properties();
    PipelineOrigin origin{properties.vendorID, properties.deviceID, properties.driverVersion};
    std::ranges::copy(properties.pipelineCacheUUID, origin.cacheId.begin());
    std::ranges::copy(device.driverId(), origin.driverId.begin());
    return origin;
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

PipelinesVulkan::PipelinesVulkan(DeviceVulkan& device, std::filesystem::path cacheFolder)
    : m_device(device)
{
    if (!cacheFolder.empty()) {
        m_cacheFile = pipelineFile(cacheFolder, originOf(device));
    }
}

PipelinesVulkan::~PipelinesVulkan()
{
    save();
    vkDestroyPipelineCache(m_device.handle(), m_cache, nullptr);
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

Status PipelinesVulkan::prepare()
{
    if (m_layout != VK_NULL_HANDLE) {
        return Done{};
    }
    std::vector<std::byte> known;
    if (!m_cacheFile.empty()) {
        known = readPipelines(m_cacheFile, originOf(m_device));
    }
    m_loadedBytes = known.size();
    VkPipelineCacheCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO;
    info.initialDataSize = known.size();
    info.pInitialData = known.data();
    if (vkCreatePipelineCache(m_device.handle(), &info, nullptr, &m_cache) != VK_SUCCESS) {
        m_cache = VK_NULL_HANDLE; // then everything is made anew
    }
    return createLayout();
}

// Failures are no news: the next run takes a little longer.
void PipelinesVulkan::save() const
{
    size_t size = 0;
    if (m_cacheFile.empty() || m_cache == VK_NULL_HANDLE || m_device.isLost() ||
        vkGetPipelineCacheData(m_device.handle(), m_cache, &size, nullptr) != VK_SUCCESS ||
        size == m_loadedBytes || size > kMaxPipelineBytes) {
        return;
    }
    std::vector<std::byte> code(size);
    if (vkGetPipelineCacheData(m_device.handle(), m_cache, &size, code.data()) == VK_SUCCESS) {
        (void)writePipelines(m_cacheFile, originOf(m_device), std::span(code).first(size));
    }
}

Result<VkPipeline> PipelinesVulkan::create(
    const std::string& name, std::span<const uint32_t> constants)
{
    const ShaderVulkan* shader = findShader(name);
    check(shader != nullptr, "a shader must be one of this build");
    VkShaderModuleCreateInfo code{};
    code.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
    code.codeSize = shader->words.size() * sizeof(uint32_t);
    code.pCode = shader->words.data();
    VkShaderModule module = VK_NULL_HANDLE;
    VkResult made = vkCreateShaderModule(m_device.handle(), &code, nullptr, &module);
    VkPipeline pipeline = VK_NULL_HANDLE;
    if (made == VK_SUCCESS) {
        std::vector<VkSpecializationMapEntry> entries(constants.size());
        for (uint32_t i = 0; i < entries.size(); ++i) {
            entries[i] = {i, uint32_t(i * sizeof(uint32_t)), sizeof(uint32_t)};
        }
        const VkSpecializationInfo special{
            uint32_t(entries.size()), entries.data(), constants.size_bytes(), constants.data()};
        VkComputePipelineCreateInfo info{};
        info.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO;
        info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
        info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
        info.stage.module = module;
        info.stage.pName = "main";
        info.stage.pSpecializationInfo = constants.empty() ? nullptr : &special;
        info.layout = m_layout;
        made = vkCreateComputePipelines(m_device.handle(), m_cache, 1, &info, nullptr, &pipeline);
    }
    vkDestroyShaderModule(m_device.handle(), module, nullptr);
    if (made != VK_SUCCESS) {
        return vulkanError(made, "Preparing the shader " + name);
    }
    return pipeline;
}

Result<const PipelineVulkan*> PipelinesVulkan::find(
    const std::string& name, std::span<const uint32_t> constants)
{
    Key key{name, {constants.begin(), constants.end()}};
    if (const auto known = m_pipelines.find(key); known != m_pipelines.end()) {
        return &known->second;
    }
    if (const Status prepared = prepare(); !prepared) {
        return prepared.error();
    }
    const auto made = create(name, constants);
    if (!made) {
        return made.error();
    }
    const PipelineVulkan pipeline{made.value(), m_layout, m_bindings};
    return &m_pipelines.emplace(std::move(key), pipeline).first->second;
}

} // namespace atelier
