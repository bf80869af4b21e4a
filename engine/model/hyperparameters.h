// SPDX-License-Identifier: MIT
// The numbers that shape a network, read from a model file and checked.
#pragma once

#include "engine/base/result.h"
#include "engine/model/rope_table.h"

#include <cstdint>
#include <string>

namespace atelier {

class ModelFile;

// Every value is checked against every other one: code that has a Hyperparameters may multiply and
// divide them without asking again.
struct Hyperparameters
{
    std::string architecture;   // "glm4"
    uint32_t layers = 0;        // >= 1
    uint32_t hidden = 0;        // width of the residual stream
    uint32_t heads = 0;         // a multiple of kvHeads
    uint32_t kvHeads = 0;       // >= 1
    uint32_t headDim = 0;       // of queries, keys and values alike
    uint32_t ffn = 0;           // width inside the feed-forward block
    uint32_t vocab = 0;         // rows of the embedding
    uint32_t contextLength = 0; // tokens it was trained for
    float rmsEpsilon = 1e-5f;
    RopeSettings rope;

    uint32_t queryWidth() const { return heads * headDim; }
    uint32_t kvWidth() const { return kvHeads * headDim; }
};

// Reads `{architecture}.*` of the metadata, and the size of the vocabulary from the embedding.
// Errors: InvalidFormat for values that are missing or contradict each other, Unsupported for ones
// this build cannot compute; the message names the key and the number.
Result<Hyperparameters> readHyperparameters(const ModelFile& file);

} // namespace atelier
