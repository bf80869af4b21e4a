// SPDX-License-Identifier: MIT
// The tensors a network computes with: looked up and checked by name, then made ready one by one.
#pragma once

#include "engine/backends/backend.h"
#include "engine/base/result.h"
#include "engine/formats/model_file.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace atelier {

// Names one tensor of a WeightTable; kNoWeight where an optional tensor is absent.
using WeightId = int32_t;
inline constexpr WeightId kNoWeight = -1;

// First filled by a network's constructor (nothing is read but the tensor table), so that the
// memory plan can ask what each weight will take; then prepared on a backend.
//
// Threads: immutable once prepared, then thread-safe.
class WeightTable
{
public:
    struct Entry
    {
        WeightSource source;
        int32_t layer = -1;     // -1: outside the layers
        uint64_t heldBytes = 0; // ModelFile::heldBytes()
    };

    explicit WeightTable(std::shared_ptr<const ModelFile> file) : m_file(std::move(file)) {}

    // Entries added from now on belong to this layer.
    void setLayer(int32_t layer) { m_layer = layer; }

    // The tensor must have this shape; a missing or different one is remembered as the table's
    // error. A vector has one row.
    WeightId required(const std::string& name, uint32_t rows, uint32_t cols);
    WeightId optional(const std::string& name, uint32_t rows, uint32_t cols);

    const std::optional<Error>& error() const { return m_error; } // the first that was met
    std::span<const Entry> entries() const { return m_entries; }

    Status prepare(size_t index, Backend& backend, std::stop_token stop);

    // Null for kNoWeight.
    const Weight* weight(WeightId id) const
    {
        return id == kNoWeight ? nullptr : m_weights[size_t(id)].get();
    }

private:
    std::shared_ptr<const ModelFile> m_file;
    std::vector<Entry> m_entries;
    std::vector<std::unique_ptr<Weight>> m_weights; // same indices; null until prepared
    std::optional<Error> m_error;
    int32_t m_layer = -1;
};

} // namespace atelier
