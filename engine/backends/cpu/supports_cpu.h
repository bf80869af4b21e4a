// SPDX-License-Identifier: MIT
// Which operations the CPU backend runs: all of them, when their parts fit together.
#pragma once

#include "engine/ops/op.h"

namespace atelier {

bool cpuSupports(const Op& op);

} // namespace atelier
