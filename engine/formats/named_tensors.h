// SPDX-License-Identifier: MIT
// NamedTensors: the tensors of a model file in their order, and found by name.
#pragma once

#include "engine/formats/model_file.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace atelier {

// Sorting finds duplicates, and then names, whatever names a file was made of: no hash to flood.
//
// Threads: thread-safe; nothing changes after construction.
class NamedTensors
{
public:
    NamedTensors() = default;
    explicit NamedTensors(std::vector<TensorInfo> tensors);

    const std::vector<TensorInfo>& all() const { return m_tensors; }
    const TensorInfo* find(std::string_view name) const; // null when absent

    // Two neighbors in the order of names that have the same one; null when there are none.
    struct Twins
    {
        const TensorInfo* first = nullptr;
        const TensorInfo* second = nullptr;
    };
    Twins twins() const;

private:
    std::string_view nameOf(uint32_t index) const { return m_tensors[index].name; }

    std::vector<TensorInfo> m_tensors;
    std::vector<uint32_t> m_byName; // indices of m_tensors, sorted by name
};

} // namespace atelier
