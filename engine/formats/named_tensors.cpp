// SPDX-License-Identifier: MIT
#include "engine/formats/named_tensors.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace atelier {

NamedTensors::NamedTensors(std::vector<TensorInfo> tensors)
    : m_tensors(std::move(tensors)),
      m_byName(m_tensors.size())
{
    std::iota(m_byName.begin(), m_byName.end(), 0u);
    std::ranges::stable_sort(m_byName, {}, [this](uint32_t index) { return nameOf(index); });
}

const TensorInfo* NamedTensors::find(std::string_view name) const
{
    const auto named = [this](uint32_t index) { return nameOf(index); };
    const auto found = std::ranges::lower_bound(m_byName, name, {}, named);
    return found != m_byName.end() && nameOf(*found) == name ? &m_tensors[*found] : nullptr;
}

NamedTensors::Twins NamedTensors::twins() const
{
    const auto named = [this](uint32_t index) { return nameOf(index); };
    const auto found = std::ranges::adjacent_find(m_byName, {}, named);
    return found == m_byName.end() ? Twins() : Twins{&m_tensors[found[0]], &m_tensors[found[1]]};
}

} // namespace atelier
