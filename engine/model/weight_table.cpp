// SPDX-License-Identifier: MIT
#include "engine/model/weight_table.h"

namespace atelier {

namespace {

std::string shape(uint64_t rows, uint64_t cols)
{
    std::string text("[");
    return text.append(std::to_string(rows)).append(", ").append(std::to_string(cols)).append("]");
}

} // namespace

WeightId WeightTable::optional(const std::string& name, uint32_t rows, uint32_t cols)
{
    const TensorInfo* tensor = m_file->findTensor(name);
    if (tensor == nullptr) {
        return kNoWeight;
    }
    if (tensor->rows != rows || tensor->cols != cols) {
        if (!m_error) {
            m_error = Error{ErrorCode::InvalidFormat,
                "The tensor " + name + " has the shape " + shape(tensor->rows, tensor->cols) +
                    ", but the model's settings ask for " + shape(rows, cols) + "."};
        }
        return kNoWeight;
    }
    m_entries.push_back({{name, tensor->type, rows, cols, tensor->bytes, m_file, m_layer},
        m_layer,
        m_file->heldBytes(name)});
    m_weights.emplace_back();
    return WeightId(m_entries.size() - 1);
}

WeightId WeightTable::required(const std::string& name, uint32_t rows, uint32_t cols)
{
    const WeightId id = optional(name, rows, cols);
    if (id == kNoWeight && !m_error) {
        m_error =
            Error{ErrorCode::InvalidFormat, "The tensor " + name + " is missing from the file."};
    }
    return id;
}

Status WeightTable::prepare(size_t index, Backend& backend, std::stop_token stop)
{
    if (const Status loaded = m_file->load(m_entries[index].source.name, stop); !loaded) {
        return loaded;
    }
    auto weight = backend.prepareWeight(m_entries[index].source, std::move(stop));
    if (!weight) {
        return weight.error();
    }
    m_weights[index] = weight.take();
    return Done{};
}

} // namespace atelier
