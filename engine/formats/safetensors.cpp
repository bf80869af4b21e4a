// SPDX-License-Identifier: MIT
#include "engine/formats/safetensors.h"

#include "engine/base/checked_math.h"
#include "engine/base/text.h"
#include "engine/formats/gguf_tensors.h"
#include "engine/formats/json.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace atelier {

namespace {

constexpr uint64_t kLengthBytes = 8;
constexpr size_t kMaxDimensions = 8;

// Bytes of one element; nothing for types this build has never heard of.
std::optional<uint64_t> elementBytes(const std::string& dtype)
{
    constexpr std::pair<std::string_view, uint64_t> kTypes[] = {
        {"F64", 8},
        {"F32", 4},
        {"F16", 2},
        {"BF16", 2},
        {"F8_E4M3", 1},
        {"F8_E5M2", 1},
        {"I64", 8},
        {"I32", 4},
        {"I16", 2},
        {"I8", 1},
        {"U64", 8},
        {"U32", 4},
        {"U16", 2},
        {"U8", 1},
        {"BOOL", 1},
    };
    for (const auto& [name, bytes] : kTypes) {
        if (name == dtype) {
            return bytes;
        }
    }
    return std::nullopt;
}

Error damaged(const std::string& file, const std::string& what)
{
    return Error{ErrorCode::InvalidFormat, file + " is damaged: " + what};
}

std::string tensorField(std::string_view name)
{
    return "the tensor " + shownName(name);
}

// The numbers of a list; nothing when it is none, too long or holds anything else.
std::optional<std::vector<uint64_t>> numbersOf(const Json* list, size_t longest)
{
    if (list == nullptr || !list->is_array() || list->size() > longest) {
        return std::nullopt;
    }
    std::vector<uint64_t> numbers;
    for (const Json& item : *list) {
        if (!item.is_number_unsigned()) {
            return std::nullopt;
        }
        numbers.push_back(item.get<uint64_t>());
    }
    return numbers;
}

Result<SafeTensor> readTensor(const std::string& file,
    std::span<const std::byte> data,
    const std::string& name,
    const Json& entry)
{
    const auto dtype = stringMember(entry, "dtype");
    auto shape = numbersOf(member(entry, "shape"), kMaxDimensions);
    const auto offsets = numbersOf(member(entry, "data_offsets"), 2);
    if (!dtype || !shape || !offsets || offsets->size() != 2) {
        return damaged(
            file, tensorField(name) + " lacks a \"dtype\", a \"shape\" or two \"data_offsets\".");
    }
    const auto element = elementBytes(*dtype);
    if (!element) {
        return Error{ErrorCode::Unsupported,
            file + " cannot be used: " + tensorField(name) + " has the element type " +
                shownName(*dtype) + ". This version reads F32, F16 and BF16."};
    }
    CheckedSize size = *element;
    for (const uint64_t extent : *shape) {
        size *= extent;
    }
    const uint64_t begin = (*offsets)[0];
    const uint64_t end = (*offsets)[1];
    if (begin > end || size.value() != end - begin) {
        return damaged(file,
            tensorField(name) + " has data from byte " + grouped(begin) + " to " + grouped(end) +
                ", which does not agree with its shape.");
    }
    if (end > data.size()) {
        return Error{ErrorCode::Truncated,
            file + " is incomplete: the data of " + tensorField(name) + " ends at byte " +
                grouped(end) + ", and the file has " + grouped(data.size()) +
                ". It may be an unfinished copy or download.",
            end,
            data.size()};
    }
    return SafeTensor{
        name, *dtype, std::move(*shape), data.subspan(size_t(begin), size_t(end - begin))};
}

} // namespace

Result<std::vector<SafeTensor>> readSafetensors(
    std::span<const std::byte> file, const std::string& name)
{
    uint64_t length = 0;
    if (file.size() < kLengthBytes) {
        return Error{ErrorCode::Truncated,
            name + " is incomplete: it has only " + grouped(file.size()) + " bytes."};
    }
    std::memcpy(&length, file.data(), sizeof length);
    const JsonLimits limits;
    if (length > limits.bytes || length < 2) {
        return Error{ErrorCode::NotAModel,
            name + " is no safetensors file: its first 8 bytes announce a header of " +
                grouped(length) + " bytes."};
    }
    if (length > file.size() - kLengthBytes) {
        return Error{ErrorCode::Truncated,
            name + " is incomplete: its header needs " + grouped(kLengthBytes + length) +
                " bytes, and the file has " + grouped(file.size()) +
                ". It may be an unfinished copy or download.",
            kLengthBytes + length,
            file.size()};
    }
    const auto* text = reinterpret_cast<const char*>(file.data() + kLengthBytes);
    const auto header = parseJson({text, size_t(length)}, name, limits);
    if (!header) {
        return header.error();
    }
    if (!header.value().is_object() || header.value().size() > gguf::kMaxTensors) {
        return damaged(
            name, "its header is no list of up to " + grouped(gguf::kMaxTensors) + " tensors.");
    }
    const auto data = file.subspan(kLengthBytes + size_t(length));
    std::vector<SafeTensor> tensors;
    for (const auto& [tensorName, entry] : header.value().items()) {
        if (tensorName == "__metadata__") {
            continue;
        }
        auto tensor = readTensor(name, data, tensorName, entry);
        if (!tensor) {
            return tensor.error();
        }
        tensors.push_back(tensor.take());
    }
    // Empty tensors first where they share a place: they overlap nothing.
    std::ranges::stable_sort(tensors, {}, [](const SafeTensor& tensor) {
        return std::pair(tensor.bytes.data(), tensor.bytes.size());
    });
    for (size_t i = 1; i < tensors.size(); ++i) {
        const auto& before = tensors[i - 1].bytes;
        if (tensors[i].bytes.data() < before.data() + before.size()) {
            return damaged(name,
                tensorField(tensors[i - 1].name) + " and " + tensorField(tensors[i].name) +
                    " share bytes.");
        }
    }
    return tensors;
}

} // namespace atelier
