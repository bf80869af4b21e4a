// SPDX-License-Identifier: MIT
// The tensor table of a GGUF file: names, shapes and checked places of the data.
#pragma once

#include "engine/formats/gguf_source.h"
#include "engine/formats/model_file.h"
#include "engine/formats/named_tensors.h"

#include <cstdint>

namespace atelier::gguf {

// The largest public models have a few thousand tensors.
inline constexpr uint64_t kMaxTensors = 65'536;

// Reads `count` records at the cursor. Data starts at the next multiple of `alignment`.
Result<NamedTensors> readTensorTable(
    const Source& source, Cursor& cursor, uint64_t count, uint64_t alignment);

} // namespace atelier::gguf
