// SPDX-License-Identifier: MIT
// Mix: which format each tensor of a quantized model gets. The names are those that users know
// from model hubs, and the choices are llama.cpp's, so that files are the same size and quality
// wherever they were made.
#pragma once

#include "engine/base/dtype.h"
#include "engine/base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace atelier {

class ModelFile;
struct Hyperparameters;
struct TensorInfo;

struct Mix
{
    std::string_view name;   // "Q4_K_M"
    DType base = DType::F16; // of most tensors
    uint32_t fileType = 0;   // general.file_type of the GGUF specification
};

std::span<const Mix> allMixes();
const Mix* findMix(std::string_view name); // any case; null when there is none
std::string mixNames();                    // "F32, F16, ..."
Error unknownMix(std::string_view name);   // InvalidUse, with those there are

// What the choices depend on besides the tensor itself.
struct MixFacts
{
    uint32_t layers = 0;
    uint32_t attentionValues = 0; // tensors of attention values, fused ones included
    uint32_t headsPerKv = 1;      // query heads that share one key head
    bool tied = false;            // the embedding is the output matrix too
    bool isLlama70B = false;      // its few value heads get more bits

    static MixFacts of(const ModelFile& file, const Hyperparameters& hyper);
};

// Vectors and norms stay F32. Rows that are no whole blocks of the chosen type get one of 32
// values; those that do not fit that either, F16.
DType chooseType(const Mix& mix, const TensorInfo& tensor, const MixFacts& facts);

} // namespace atelier
