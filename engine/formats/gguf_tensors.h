// SPDX-License-Identifier: MIT
// The tensor table of a GGUF file: names, shapes and checked places of the data.
#pragma once

#include "engine/formats/gguf_source.h"
#include "engine/formats/model_file.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace atelier::gguf {

// The largest public models have a few thousand tensors.
inline constexpr uint64_t kMaxTensors = 65'536;

// Threads: thread-safe; nothing changes after reading.
class TensorTable
{
public:
    // Reads `count` records at the cursor. Data starts at the next multiple of `alignment`.
    static Result<TensorTable> read(
        const Source& source, Cursor& cursor, uint64_t count, uint64_t alignment);

    const std::vector<TensorInfo>& tensors() const { return m_tensors; }
    const TensorInfo* find(std::string_view name) const;

private:
    std::vector<TensorInfo> m_tensors;
    std::vector<uint32_t> m_byName; // indices of m_tensors, sorted by name
};

} // namespace atelier::gguf
