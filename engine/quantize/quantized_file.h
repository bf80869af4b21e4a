// SPDX-License-Identifier: MIT
// A model that is quantized while it is loaded, without a file of its own.
#pragma once

#include "engine/base/result.h"
#include "engine/formats/model_file.h"

#include <cstdint>
#include <memory>
#include <string>

namespace atelier {

// `source` with its matrices in the formats of the mix `type` ("Q8_0", mix.h): load() encodes each
// into memory. What has its format already, and vectors, stay where they are.
// Errors: InvalidUse for a type that does not exist; those of readHyperparameters(); OutOfMemory.
Result<std::shared_ptr<const ModelFile>> quantizeWhileLoading(
    std::shared_ptr<const ModelFile> source, const std::string& type, uint32_t threads);

} // namespace atelier
