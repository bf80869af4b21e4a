// SPDX-License-Identifier: MIT
// A model file as the engine sees it, whatever its format: typed metadata and named tensors.
#pragma once

#include "engine/base/dtype.h"
#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace atelier {

struct TensorInfo
{
    std::string name;
    DType type = DType::F32;
    // [rows, cols]: rows are output features. One-dimensional tensors have rows = 1. Tensors of
    // more dimensions fold the outer ones into rows.
    uint64_t rows = 0;
    uint64_t cols = 0;
    // In a mapped file, checked to lie inside it; or, for the few tensors that are computed from a
    // file's, in memory that ModelFile::load() fills.
    std::span<const std::byte> bytes;
};

// A value of the metadata exactly as GGUF stores it: the number of its type, and its bytes.
struct StoredValue
{
    uint32_t type = 0;
    std::span<const std::byte> bytes;
};

// Read-only view of an opened file. Getters return nothing when the key is absent or has another
// type; integers of any width are read as the wider type when the value fits.
//
// Threads: thread-safe; nothing changes after opening.
// Lifetime: everything returned by reference or span lives as long as this object.
class ModelFile
{
public:
    virtual ~ModelFile() = default;

    virtual const std::filesystem::path& path() const = 0;
    virtual uint64_t fileBytes() const = 0;
    virtual std::string_view formatName() const = 0; // "GGUF 3"

    virtual std::vector<std::string> keys() const = 0; // in file order
    virtual std::optional<std::string_view> string(std::string_view key) const = 0;
    virtual std::optional<uint64_t> unsignedInteger(std::string_view key) const = 0;
    virtual std::optional<int64_t> integer(std::string_view key) const = 0;
    virtual std::optional<double> number(std::string_view key) const = 0; // floats and integers
    virtual std::optional<bool> boolean(std::string_view key) const = 0;
    virtual std::optional<std::vector<std::string_view>> strings(std::string_view key) const = 0;
    virtual std::optional<std::vector<int32_t>> integers(std::string_view key) const = 0;
    virtual std::optional<std::vector<float>> numbers(std::string_view key) const = 0;

    // For writing the value to another file, whatever its type.
    virtual std::optional<StoredValue> storedValue(std::string_view key) const = 0;

    virtual std::span<const TensorInfo> tensors() const = 0;
    virtual const TensorInfo* findTensor(std::string_view name) const = 0; // null when absent

    // Must have succeeded once before the bytes of a tensor are read: some are made only then.
    // `name` is one of tensors(). Cancelled when `stop` asks for it.
    virtual Status load(std::string_view name, const std::stop_token& stop) const
    {
        static_cast<void>(name);
        static_cast<void>(stop);
        return Done{};
    }
    // Bytes of memory that this object holds for such a tensor, besides the file's pages; 0 for
    // one that is used where it is mapped.
    virtual uint64_t heldBytes(std::string_view name) const
    {
        static_cast<void>(name);
        return 0;
    }
};

// Opens a model, whatever its form: a GGUF file, any part of a split one, a folder as model hubs
// hand them out (config.json and safetensors; engine/formats/huggingface.h), a file in such a
// folder that stands for it (config.json, *.safetensors, *.safetensors.index.json), or a folder
// with one GGUF in it.
// Errors: Io, NotAModel, Truncated, InvalidFormat, Unsupported; the message names file and field.
Result<std::shared_ptr<const ModelFile>> openModel(const std::filesystem::path& path);

// Opens a GGUF file, version 2 or 3 (formats/gguf.cpp), and with any part of a split one all of
// them (formats/gguf_split.h). Maps it; reads metadata and the tensor table only, with every
// count, length, offset and size checked against the file before use. Errors as above.
Result<std::shared_ptr<const ModelFile>> openGguf(const std::filesystem::path& path);

// The same for bytes in memory, which must outlive the result. For tests and fuzzing.
Result<std::shared_ptr<const ModelFile>> parseGguf(std::span<const std::byte> bytes);

} // namespace atelier
