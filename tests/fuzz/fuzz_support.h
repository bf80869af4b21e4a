// SPDX-License-Identifier: MIT
// What fuzz targets share: choices read from the input, and what must hold for any model file.
#pragma once

#include "engine/base/check.h"
#include "engine/formats/model_file.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::fuzz {

// Reads decisions from the fuzzer's bytes. Gives zeros at the end, so every input is whole.
class Choices
{
public:
    Choices(const uint8_t* data, size_t size) : m_data(data, size) {}

    uint8_t byte()
    {
        if (m_data.empty()) {
            return 0;
        }
        const uint8_t value = m_data.front();
        m_data = m_data.subspan(1);
        return value;
    }
    uint32_t below(uint32_t limit) { return limit == 0 ? 0 : byte() % limit; } // limit <= 256
    uint64_t number()
    {
        uint64_t value = 0;
        for (int i = 0; i < 8; ++i) {
            value = value << 8 | byte();
        }
        return value;
    }
    std::string text(size_t limit)
    {
        const size_t size = std::min({size_t(byte()), limit, m_data.size()});
        std::string out(reinterpret_cast<const char*>(m_data.data()), size);
        m_data = m_data.subspan(size);
        return out;
    }
    std::string rest()
    {
        std::string out(reinterpret_cast<const char*>(m_data.data()), m_data.size());
        m_data = {};
        return out;
    }
    bool atEnd() const { return m_data.empty(); }

private:
    std::span<const uint8_t> m_data;
};

// Asks for everything in the file, and checks that tensors lie in it.
inline void readEverything(const ModelFile& file, std::span<const std::byte> bytes)
{
    size_t sum = 0;
    for (const std::string& key : file.keys()) {
        sum += file.string(key).value_or("").size();
        sum += file.unsignedInteger(key).has_value() + file.integer(key).has_value();
        sum += file.number(key).has_value() + file.boolean(key).has_value();
        for (const std::string_view text :
            file.strings(key).value_or(std::vector<std::string_view>())) {
            sum += text.size();
        }
        sum += file.integers(key).value_or(std::vector<int32_t>()).size();
        sum += file.numbers(key).value_or(std::vector<float>()).size();
    }
    for (const TensorInfo& tensor : file.tensors()) {
        check(file.findTensor(tensor.name) == &tensor, "a tensor must be found by its name");
        check(tensor.bytes.data() >= bytes.data() &&
                  tensor.bytes.data() + tensor.bytes.size() <= bytes.data() + bytes.size(),
            "a tensor must lie in the file");
        check(tensor.bytes.size() == rowBytes(tensor.type, tensor.cols) * tensor.rows,
            "a tensor must have the bytes of its shape");
        for (const std::byte byte : tensor.bytes) {
            sum += size_t(byte);
        }
    }
    // Uses the sum, so that no read above is optimized away.
    check(sum < SIZE_MAX / 2, "what was read must add up");
}

} // namespace atelier::fuzz
