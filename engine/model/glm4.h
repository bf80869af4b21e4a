// SPDX-License-Identifier: MIT
// GLM-4-0414, GLM-Z1 and GLM-Z1-Rumination.
#pragma once

#include "engine/model/network.h"

#include <memory>

namespace atelier {

// Adds the tensors it needs to `table`, whose error tells when one is missing or misshapen.
std::unique_ptr<Network> createGlm4(const Hyperparameters& hyper, WeightTable& table);

} // namespace atelier
