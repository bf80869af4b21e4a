// SPDX-License-Identifier: MIT
// The tensors of a Hugging Face folder under the names of GGUF, lying as they do there.
#pragma once

#include "engine/base/result.h"
#include "engine/formats/hf_config.h"
#include "engine/formats/model_file.h"
#include "engine/formats/safetensors.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::hf {

// How a tensor comes about.
struct TensorPlan
{
    TensorInfo info; // `bytes` are the file's
    // Row pairs of each of so many heads change places (Llama's query and key); 0: they stay.
    uint32_t permutedHeads = 0;
    bool isMisaligned = false; // the bytes start where its elements cannot be read: copied
};

// "blk.3.ffn_norm.weight" for "model.layers.3.post_attention_layernorm.weight". Empty for names
// that have no place in the layout; `isIgnored` tells those that need none.
std::string ggufName(std::string_view name, Layout layout);
bool isIgnored(std::string_view name);

// Errors: Unsupported for tensors without a place, InvalidFormat for element types and shapes that
//         cannot be, each with the tensor's name.
Result<std::vector<TensorPlan>> planTensors(
    std::span<const SafeTensor> tensors, const Config& config);

// Rows (2j + i) of each head come from rows (i * D / 2 + j), D = rows in a head: what rotates
// halves then rotates neighbors.
//
//   from, to  [heads * D, rowBytes]
void permuteRows(
    std::span<const std::byte> from, uint32_t heads, uint64_t rows, std::span<std::byte> to);

} // namespace atelier::hf
