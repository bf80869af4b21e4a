// SPDX-License-Identifier: MIT
#include "engine/base/dtype.h"

#include "engine/base/check.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace atelier {

namespace {

struct Row
{
    DType type;
    DTypeInfo info;
};

// Block sizes: the GGUF specification and ggml's block structures.
constexpr std::array kTypes{
    Row{DType::F32, {"F32", 1, 4}},
    Row{DType::F16, {"F16", 1, 2}},
    Row{DType::Q4_0, {"Q4_0", 32, 18}},
    Row{DType::Q4_1, {"Q4_1", 32, 20}},
    Row{DType::Q5_0, {"Q5_0", 32, 22}},
    Row{DType::Q5_1, {"Q5_1", 32, 24}},
    Row{DType::Q8_0, {"Q8_0", 32, 34}},
    Row{DType::Q2_K, {"Q2_K", 256, 84}},
    Row{DType::Q3_K, {"Q3_K", 256, 110}},
    Row{DType::Q4_K, {"Q4_K", 256, 144}},
    Row{DType::Q5_K, {"Q5_K", 256, 176}},
    Row{DType::Q6_K, {"Q6_K", 256, 210}},
    Row{DType::IQ4_NL, {"IQ4_NL", 32, 18}},
    Row{DType::IQ4_XS, {"IQ4_XS", 256, 136}},
    Row{DType::BF16, {"BF16", 1, 2}},
};

} // namespace

const DTypeInfo& dtypeInfo(DType type)
{
    for (const Row& row : kTypes) {
        if (row.type == type) {
            return row.info;
        }
    }
    checkFailed("a DType must come from dtypeFromGguf()", __FILE__, __LINE__);
}

std::optional<DType> dtypeFromGguf(uint32_t ggmlType)
{
    for (const Row& row : kTypes) {
        if (uint32_t(row.type) == ggmlType) {
            return row.type;
        }
    }
    return std::nullopt;
}

std::optional<DType> dtypeFromName(std::string_view name)
{
    const auto sameLetter = [](char a, char b) {
        return std::toupper(static_cast<unsigned char>(a)) ==
               std::toupper(static_cast<unsigned char>(b));
    };
    for (const Row& row : kTypes) {
        if (std::equal(
                name.begin(), name.end(), row.info.name.begin(), row.info.name.end(), sameLetter)) {
            return row.type;
        }
    }
    return std::nullopt;
}

size_t rowBytes(DType type, size_t cols)
{
    const DTypeInfo& info = dtypeInfo(type);
    check(cols % info.valuesPerBlock == 0, "a row must be whole blocks");
    return cols / info.valuesPerBlock * info.bytesPerBlock;
}

} // namespace atelier
