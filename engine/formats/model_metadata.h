// SPDX-License-Identifier: MIT
// What all ModelFiles share: their metadata is in the form of GGUF, read from a file or made up
// from other ones, so there is one way to read a key.
#pragma once

#include "engine/formats/gguf_metadata.h"
#include "engine/formats/model_file.h"
#include "engine/formats/named_tensors.h"

#include <utility>

namespace atelier {

class ModelFileWithMetadata : public ModelFile
{
public:
    std::vector<std::string> keys() const final
    {
        std::vector<std::string> names;
        names.reserve(metadata().entries().size());
        for (const gguf::Entry& entry : metadata().entries()) {
            names.emplace_back(entry.key);
        }
        return names;
    }
    std::optional<std::string_view> string(std::string_view key) const final
    {
        return metadata().string(key);
    }
    std::optional<uint64_t> unsignedInteger(std::string_view key) const final
    {
        return metadata().unsignedInteger(key);
    }
    std::optional<int64_t> integer(std::string_view key) const final
    {
        return metadata().integer(key);
    }
    std::optional<double> number(std::string_view key) const final
    {
        return metadata().number(key);
    }
    std::optional<bool> boolean(std::string_view key) const final
    {
        return metadata().boolean(key);
    }
    std::optional<std::vector<std::string_view>> strings(std::string_view key) const final
    {
        return metadata().strings(key);
    }
    std::optional<std::vector<int32_t>> integers(std::string_view key) const final
    {
        return metadata().integers(key);
    }
    std::optional<std::vector<float>> numbers(std::string_view key) const final
    {
        return metadata().numbers(key);
    }
    std::optional<StoredValue> storedValue(std::string_view key) const final
    {
        return metadata().stored(key);
    }

    std::span<const TensorInfo> tensors() const final { return named().all(); }
    const TensorInfo* findTensor(std::string_view name) const final { return named().find(name); }

protected:
    virtual const gguf::Metadata& metadata() const = 0;
    virtual const NamedTensors& named() const = 0;
};

} // namespace atelier
