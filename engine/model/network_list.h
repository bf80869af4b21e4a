// SPDX-License-Identifier: MIT
// The architectures of this build.
#pragma once

#include "engine/model/network.h"

#include <memory>
#include <string_view>

namespace atelier {

// Unsupported, listing what there is, for an architecture this build does not know; otherwise the
// table's error when a tensor is missing or misshapen.
Result<std::unique_ptr<Network>> createNetwork(const Hyperparameters& hyper, WeightTable& table);

} // namespace atelier
