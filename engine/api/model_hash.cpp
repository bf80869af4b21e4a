// SPDX-License-Identifier: MIT
#include "engine/api/model_hash.h"

#include "engine/base/checksum.h"
#include "engine/formats/model_file.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace atelier {

namespace {

class Hasher
{
public:
    template <class T>
    void number(const T& value)
    {
        m_checksum.update(std::as_bytes(std::span(&value, 1)));
    }
    void text(std::string_view value)
    {
        number(uint64_t(value.size()));
        m_checksum.update(std::as_bytes(std::span(value)));
    }
    template <class T>
    void list(const std::vector<T>& values)
    {
        number(uint64_t(values.size()));
        m_checksum.update(std::as_bytes(std::span(values)));
    }
    void bytes(std::span<const std::byte> value) { m_checksum.update(value); }
    uint64_t value() const { return m_checksum.value(); }

private:
    Checksum m_checksum;
};

void addValue(Hasher& hasher, const ModelFile& file, const std::string& key)
{
    if (const auto text = file.string(key)) {
        hasher.text(*text);
    } else if (const auto flag = file.boolean(key)) {
        hasher.number(uint8_t(*flag));
    } else if (const auto natural = file.unsignedInteger(key)) {
        hasher.number(*natural);
    } else if (const auto integer = file.integer(key)) {
        hasher.number(*integer);
    } else if (const auto number = file.number(key)) {
        hasher.number(*number);
    } else if (const auto texts = file.strings(key)) {
        for (const std::string_view item : *texts) {
            hasher.text(item);
        }
    } else if (const auto integers = file.integers(key)) {
        hasher.list(*integers);
    } else if (const auto numbers = file.numbers(key)) {
        hasher.list(*numbers);
    }
}

} // namespace

uint64_t modelHash(const ModelFile& file)
{
    constexpr size_t kSample = 64;
    Hasher hasher;
    std::vector<std::string> keys = file.keys();
    std::sort(keys.begin(), keys.end());
    for (const std::string& key : keys) {
        const bool describes = key.starts_with("general.") && key != "general.architecture";
        if (!describes && key != "tokenizer.chat_template" && !key.starts_with("split.")) {
            hasher.text(key);
            addValue(hasher, file, key);
        }
    }
    std::vector<const TensorInfo*> tensors;
    for (const TensorInfo& tensor : file.tensors()) {
        tensors.push_back(&tensor);
    }
    std::sort(tensors.begin(), tensors.end(), [](const TensorInfo* a, const TensorInfo* b) {
        return a->name < b->name;
    });
    for (const TensorInfo* tensor : tensors) {
        hasher.text(tensor->name);
        hasher.text(dtypeInfo(tensor->type).name);
        hasher.number(tensor->rows);
        hasher.number(tensor->cols);
        const size_t size = tensor->bytes.size();
        const size_t count = std::min(size, kSample);
        hasher.bytes(tensor->bytes.subspan((size - count) / 2, count));
    }
    return hasher.value();
}

} // namespace atelier
