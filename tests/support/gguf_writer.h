// SPDX-License-Identifier: MIT
// Writes GGUF version 3 files for tests: well-formed ones, and, with the raw parts exposed, damaged
// ones. Layout: header, metadata, tensor table, padding, tensor data aligned to 32 bytes.
#pragma once

#include "engine/base/dtype.h"
#include "engine/base/half.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atelier::test {

// Little-endian bytes, appended one value after another. Tests run on little-endian machines.
class ByteWriter
{
public:
    template <class T>
    void number(T value)
    {
        const size_t at = m_bytes.size();
        m_bytes.resize(at + sizeof value); // GCC 12 raises a false alarm for insert() here
        std::memcpy(m_bytes.data() + at, &value, sizeof value);
    }
    void raw(std::span<const std::byte> bytes)
    {
        m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
    }
    void text(std::string_view value) // with its length, as GGUF stores strings
    {
        number(uint64_t(value.size()));
        raw(std::as_bytes(std::span(value.data(), value.size())));
    }
    void pad(size_t alignment)
    {
        m_bytes.resize((m_bytes.size() + alignment - 1) / alignment * alignment);
    }

    size_t size() const { return m_bytes.size(); }
    const std::vector<std::byte>& bytes() const { return m_bytes; }

private:
    std::vector<std::byte> m_bytes;
};

// Collects metadata and tensors, then gives the bytes of the whole file. Keys may be set again: the
// later value wins, so that a test can take a good model and break one thing.
class GgufWriter
{
public:
    static constexpr size_t kAlignment = 32;

    // Value types as GGUF numbers them.
    enum Type : uint32_t {
        kU8,
        kI8,
        kU16,
        kI16,
        kU32,
        kI32,
        kF32,
        kBool,
        kString,
        kArray,
        kU64,
        kI64,
        kF64,
    };

    void u32(const std::string& key, uint32_t value) { scalar(key, kU32, value); }
    void i32(const std::string& key, int32_t value) { scalar(key, kI32, value); }
    void u64(const std::string& key, uint64_t value) { scalar(key, kU64, value); }
    void f32(const std::string& key, float value) { scalar(key, kF32, value); }
    void f64(const std::string& key, double value) { scalar(key, kF64, value); }
    void boolean(const std::string& key, bool value) { scalar(key, kBool, uint8_t(value)); }
    void string(const std::string& key, std::string_view value)
    {
        ByteWriter out;
        out.text(value);
        set(key, kString, out.bytes());
    }
    void strings(const std::string& key, std::span<const std::string> values)
    {
        ByteWriter out;
        out.number(uint32_t(kString));
        out.number(uint64_t(values.size()));
        for (const std::string& value : values) {
            out.text(value);
        }
        set(key, kArray, out.bytes());
    }
    void i32s(const std::string& key, std::span<const int32_t> values) { array(key, kI32, values); }
    void f32s(const std::string& key, std::span<const float> values) { array(key, kF32, values); }
    // Any type and any bytes, also wrong ones.
    void rawValue(const std::string& key, uint32_t type, std::vector<std::byte> bytes)
    {
        set(key, type, std::move(bytes));
    }
    void removeKey(std::string_view key)
    {
        std::erase_if(m_values, [&](const Value& value) { return value.key == key; });
    }

    // `dims` fastest first, as GGUF stores them: a matrix [rows, cols] is {cols, rows}.
    void tensor(const std::string& name,
        std::vector<uint64_t> dims,
        DType type,
        std::vector<std::byte> bytes)
    {
        removeTensor(name);
        m_tensors.push_back({name, std::move(dims), uint32_t(type), std::move(bytes), 0});
    }
    void matrixF32(
        const std::string& name, uint64_t rows, uint64_t cols, std::span<const float> values)
    {
        tensor(name, {cols, rows}, DType::F32, copyOf(std::as_bytes(values)));
    }
    void matrixF16(
        const std::string& name, uint64_t rows, uint64_t cols, std::span<const float> values)
    {
        std::vector<uint16_t> halves;
        halves.reserve(values.size());
        for (const float value : values) {
            halves.push_back(floatToHalf(value));
        }
        tensor(name, {cols, rows}, DType::F16, copyOf(std::as_bytes(std::span(halves))));
    }
    void vectorF32(const std::string& name, std::span<const float> values)
    {
        tensor(name, {values.size()}, DType::F32, copyOf(std::as_bytes(values)));
    }
    // A tensor whose bytes are a hole in the file, however large: see saveSparse().
    void hollow(const std::string& name, std::vector<uint64_t> dims, uint32_t type, uint64_t size)
    {
        m_tensors.push_back({name, std::move(dims), type, {}, size});
    }
    void removeTensor(std::string_view name)
    {
        std::erase_if(m_tensors, [&](const Tensor& tensor) { return tensor.name == name; });
    }

    std::vector<std::byte> bytes() const
    {
        ByteWriter out;
        out.raw(std::as_bytes(std::span("GGUF", 4)));
        out.number(uint32_t(3));
        out.number(uint64_t(m_tensors.size()));
        out.number(uint64_t(m_values.size()));
        for (const Value& value : m_values) {
            out.text(value.key);
            out.number(value.type);
            out.raw(value.bytes);
        }
        uint64_t offset = 0;
        for (const Tensor& tensor : m_tensors) {
            out.text(tensor.name);
            out.number(uint32_t(tensor.dims.size()));
            for (const uint64_t dim : tensor.dims) {
                out.number(dim);
            }
            out.number(tensor.type);
            out.number(offset);
            offset += tensor.room();
        }
        out.pad(kAlignment);
        for (const Tensor& tensor : m_tensors) {
            out.raw(tensor.bytes);
            out.pad(kAlignment);
        }
        return out.bytes();
    }

    bool save(const std::filesystem::path& path) const
    {
        const std::vector<std::byte> all = bytes();
        std::ofstream file(path, std::ios::binary | std::ios::trunc);
        file.write(reinterpret_cast<const char*>(all.data()), std::streamsize(all.size()));
        return bool(file.flush());
    }

    // For a file of hollow tensors only: they take no space on the disk.
    bool saveSparse(const std::filesystem::path& path) const
    {
        uint64_t size = bytes().size();
        for (const Tensor& tensor : m_tensors) {
            size += tensor.room();
        }
        std::error_code problem;
        if (save(path)) {
            std::filesystem::resize_file(path, size, problem);
        }
        return std::filesystem::file_size(path, problem) == size && !problem;
    }

private:
    struct Value
    {
        std::string key;
        uint32_t type = 0;
        std::vector<std::byte> bytes;
    };
    struct Tensor
    {
        std::string name;
        std::vector<uint64_t> dims;
        uint32_t type = 0;
        std::vector<std::byte> bytes;
        uint64_t hole = 0;

        uint64_t room() const
        {
            return (bytes.size() + hole + kAlignment - 1) / kAlignment * kAlignment;
        }
    };

    static std::vector<std::byte> copyOf(std::span<const std::byte> bytes)
    {
        return {bytes.begin(), bytes.end()};
    }

    void set(const std::string& key, uint32_t type, std::vector<std::byte> bytes)
    {
        for (Value& value : m_values) {
            if (value.key == key) {
                value.type = type;
                value.bytes = std::move(bytes);
                return;
            }
        }
        m_values.push_back({key, type, std::move(bytes)});
    }

    template <class T>
    void scalar(const std::string& key, uint32_t type, T value)
    {
        ByteWriter out;
        out.number(value);
        set(key, type, out.bytes());
    }

    template <class T>
    void array(const std::string& key, uint32_t type, std::span<const T> values)
    {
        ByteWriter out;
        out.number(type);
        out.number(uint64_t(values.size()));
        for (const T value : values) {
            out.number(value);
        }
        set(key, kArray, out.bytes());
    }

    std::vector<Value> m_values;
    std::vector<Tensor> m_tensors;
};

} // namespace atelier::test
