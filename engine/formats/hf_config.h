// SPDX-License-Identifier: MIT
// config.json of a Hugging Face folder, told in the keys of GGUF.
#pragma once

#include "engine/base/result.h"
#include "engine/formats/gguf_writer.h"
#include "engine/formats/json.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::hf {

// What the tensors are called and how they lie.
enum class Layout : uint8_t {
    Glm4,    // Glm4ForCausalLM: four norms in a layer, gate and up fused
    Glm,     // GlmForCausalLM: two norms, gate and up fused
    ChatGlm, // ChatGLMModel: the original code of 2024; query, key and value fused too
    Llama,   // halves rotate: rows of query and key change places for GGUF
    Qwen2,
};

struct Config
{
    Layout layout = Layout::Glm4;
    std::string architecture; // GGUF's: "glm4"
    uint32_t heads = 0;
    uint32_t kvHeads = 0;
    uint32_t headDim = 0;
    bool tied = false;               // the embedding is the output matrix
    std::vector<float> ropeDivisors; // Llama 3.1's; empty: none
    gguf::MetadataWriter metadata;   // general.architecture and "{architecture}.*"
};

// Errors: Unsupported names the architecture or setting and lists what is supported;
//         InvalidFormat the key that is missing or makes no sense.
Result<Config> readConfig(const Json& json);

} // namespace atelier::hf
