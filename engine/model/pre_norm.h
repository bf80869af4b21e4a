// SPDX-License-Identifier: MIT
// The common shape of GLM-4-9B (2024), Llama and Qwen2: a norm before each block, a plain residual.
#pragma once

#include "engine/model/network.h"

#include <memory>

namespace atelier {

// Each adds the tensors it needs to `table`, whose error tells when one is missing or misshapen.
std::unique_ptr<Network> createChatGlm(const Hyperparameters& hyper, WeightTable& table);
std::unique_ptr<Network> createLlama(const Hyperparameters& hyper, WeightTable& table);
std::unique_ptr<Network> createQwen2(const Hyperparameters& hyper, WeightTable& table);

} // namespace atelier
