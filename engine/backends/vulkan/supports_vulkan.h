// SPDX-License-Identifier: MIT
// Which operations, shapes and types the shaders know.
#pragma once

#include "engine/ops/op.h"

namespace atelier {

// How a weight lies on the device: as in the file where there is a shader for its type, else as
// F32. Weights of one row (norms, biases) are always F32.
DType storedType(const WeightSource& source);

bool supportsOnVulkan(const Op& op);

} // namespace atelier
