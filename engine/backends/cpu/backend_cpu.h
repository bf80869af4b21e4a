// SPDX-License-Identifier: MIT
// BackendCpu: the backend that is always there.
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/backend_list.h"

namespace atelier {

// Never fails on a machine with memory for itself.
Result<std::unique_ptr<Backend>> createCpuBackend(const BackendOptions& options);

} // namespace atelier
