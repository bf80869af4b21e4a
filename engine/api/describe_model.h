// SPDX-License-Identifier: MIT
// The facts of a model file that people are shown.
#pragma once

#include "engine/api/model_info.h"

#include <string>

namespace atelier {

class ModelFile;
struct Hyperparameters;

// Everything but the fields of the backend.
ModelInfo describeModel(const ModelFile& file, const Hyperparameters& hyper);

// "Q4_K_M": the mix that general.file_type names, or else the type most bytes have.
std::string quantizationName(const ModelFile& file);

} // namespace atelier
