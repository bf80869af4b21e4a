// SPDX-License-Identifier: MIT
// From the names of devices to the backend that a model is loaded on.
#pragma once

#include "engine/api/model.h"
#include "engine/backends/backend_list.h"
#include "engine/formats/model_file.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace atelier {

// `layers` shared out to devices in proportion to their memory, every one of which gets some while
// there are enough. Devices whose memory is unknown count as one of no memory.
std::vector<uint32_t> shareLayers(uint32_t layers, std::span<const uint64_t> memory);

// LoadOptions::backend and ::gpuLayers for the model in `file`: one device, or several of which
// each has some of the layers (backend_split.h).
// Errors: those of createBackend() and readHyperparameters(); InvalidUse.
Result<std::unique_ptr<Backend>> createDevices(const ModelFile& file,
    const LoadOptions& options,
    IsaCap isa,
    std::span<const BackendFactory> factories = builtInBackends());

} // namespace atelier
