// SPDX-License-Identifier: MIT
// Which operations the CUDA kernels can compute.
#pragma once

#include "engine/ops/op.h"

namespace atelier {

// Also checks what kernels take for granted: shapes that agree, views inside their buffers.
bool supportsOnCuda(const Op& op);

} // namespace atelier
