// SPDX-License-Identifier: MIT
// Facts of a model file and what it will cost, in plain values.
#pragma once

#include "engine/model/rope_table.h"

#include <cstdint>
#include <string>
#include <vector>

namespace atelier {

struct ModelInfo
{
    std::string path;
    std::string name;         // general.name, or the file's name
    std::string architecture; // "glm4"
    std::string
        quantization;    // "Q4_K_M", "Q8_0", "F16": what most of its bytes are, as users name it
    std::string license; // general.license; may be empty
    uint64_t fileBytes = 0;
    uint64_t parameters = 0;
    uint32_t layers = 0;
    uint32_t hidden = 0;
    uint32_t heads = 0;
    uint32_t kvHeads = 0;
    uint32_t headDim = 0;
    uint32_t ffn = 0;
    uint32_t vocab = 0;
    uint32_t contextLength = 0; // tokens it was trained for
    double ropeBase = 0;
    uint32_t ropeDimensions = 0;
    RopeSettings rope; // as the file says
    bool hasChatTemplate = false;
    // Once loaded: the format of its prompts, why that is not the file's own template (empty when
    // it is, or there is none), and the tools that it offers whatever a request says.
    std::string promptFormat; // "GLM-4-0414"
    std::string promptNote;
    std::vector<std::string> ownTools;

    struct TypeCount
    {
        std::string type; // "Q5_0"
        uint32_t tensors = 0;
        uint64_t bytes = 0;
    };
    std::vector<TypeCount> types; // largest first

    std::string backend;    // once loaded: "cpu"
    std::string deviceName; // "AMD EPYC 7763"
    std::string kernels;    // "avx2"
    uint32_t threads = 0;
};

// The share of one device in a MemoryPlan, with the same numbers.
struct DeviceMemoryPlan
{
    std::string device;     // its backend: "vulkan"
    std::string deviceName; // "GeForce RTX 4090"
    bool isHost = false;    // it computes where the file is mapped
    uint64_t mappedWeights = 0;
    uint64_t allocatedWeights = 0;
    uint64_t cache = 0;
    uint64_t compute = 0;
    uint64_t available = 0; // 0: unknown, and then everything fits

    uint64_t total() const { return mappedWeights + allocatedWeights + cache + compute; }
};

// Bytes that will be allocated, by the allocator's own dry run. What a program of any kind takes on
// top (the vocabulary, a few MiB) is not in it.
struct MemoryPlan
{
    std::string device;            // the backend: "cpu", or "cpu+vulkan"
    uint64_t mappedWeights = 0;    // used in place from the file's pages
    uint64_t allocatedWeights = 0; // copies: repacked, uploaded, reordered or quantized
    uint64_t cache = 0;
    uint64_t compute = 0;   // activations, and the backend's working memory, which sessions share
    uint64_t available = 0; // on the device for all of this, what the model already holds included
    uint32_t contextTokens = 0;            // this plan's
    uint32_t largestContext = 0;           // that would fit
    std::vector<DeviceMemoryPlan> devices; // whose sums the numbers above are

    uint64_t total() const { return mappedWeights + allocatedWeights + cache + compute; }
};

} // namespace atelier
