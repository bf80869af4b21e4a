// SPDX-License-Identifier: MIT
// Writes a model with smaller weights: from a GGUF or a folder of safetensors to a GGUF.
#pragma once

#include "engine/base/dtype.h"
#include "engine/base/result.h"
#include "engine/formats/model_file.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace atelier {

struct QuantizeOptions
{
    std::string type;       // the name of a mix (mix.h): "Q4_K_M"
    uint32_t threads = 0;   // 0: physical cores
    bool overwrite = false; // a file that is already there
};

struct QuantizeProgress
{
    std::string_view tensor; // being encoded
    DType from = DType::F32;
    DType to = DType::F32;
    size_t number = 0; // of the tensor, from 1
    size_t tensors = 0;
    double fraction = 0; // of all values that have been written; never decreasing
};

struct QuantizeSummary
{
    uint64_t bytes = 0;      // of the file
    uint64_t parameters = 0; // values in all
    size_t tensors = 0;
    size_t fallbacks = 0;      // whose rows are no whole blocks of the type of their role
    bool wasQuantized = false; // the source had lost precision already
};

// Needs memory for a few megabytes of rows per thread, whatever the size of the model. Asks `stop`
// after every row. The metadata is copied; what a quantized GGUF needs is added.
// Errors: InvalidUse for options; Io; InvalidFormat with the tensor that holds numbers that cannot
//         be encoded; Cancelled. Nothing is left behind under the destination's name.
Result<QuantizeSummary> quantizeModel(std::shared_ptr<const ModelFile> source,
    const std::filesystem::path& destination,
    const QuantizeOptions& options,
    const std::function<void(const QuantizeProgress&)>& onProgress,
    std::stop_token stop);

} // namespace atelier
