// SPDX-License-Identifier: MIT
// Element types of weights, numbered as GGUF numbers them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace atelier {

// Values are the ggml type ids of the GGUF specification, so a file's number casts to a DType
// after dtypeFromGguf() accepted it.
enum class DType : uint32_t {
    F32 = 0,
    F16 = 1,
    Q4_0 = 2,
    Q4_1 = 3,
    Q5_0 = 6,
    Q5_1 = 7,
    Q8_0 = 8,
    Q2_K = 10,
    Q3_K = 11,
    Q4_K = 12,
    Q5_K = 13,
    Q6_K = 14,
    IQ4_NL = 20,
    IQ4_XS = 23,
    BF16 = 30,
};

// Quantized types store `valuesPerBlock` neighbouring values of a row in `bytesPerBlock` bytes.
struct DTypeInfo
{
    std::string_view name; // as llama.cpp spells it: "Q4_K"
    uint32_t valuesPerBlock;
    uint32_t bytesPerBlock;
};

const DTypeInfo& dtypeInfo(DType type);
std::optional<DType> dtypeFromGguf(
    uint32_t ggmlType); // nothing for a type this build does not know
std::optional<DType> dtypeFromName(std::string_view name); // case-insensitive

// Bytes of one row of `cols` values. `cols` must be a multiple of valuesPerBlock.
size_t rowBytes(DType type, size_t cols);

} // namespace atelier
