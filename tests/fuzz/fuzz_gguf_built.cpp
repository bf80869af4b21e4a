// SPDX-License-Identifier: MIT
// The GGUF reader on files that are mostly right: the input decides what they hold, and which
// count, length, type or offset is a lie. Reaches depths that random bytes rarely do.
#include "engine/tokenizer/tokenizer.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/support/gguf_writer.h"

#include <iterator>

namespace atelier::fuzz {

namespace {

using test::ByteWriter;
using test::GgufWriter;

constexpr std::string_view kKeys[] = {"general.alignment",
    "general.architecture",
    "tokenizer.ggml.model",
    "tokenizer.ggml.pre",
    "tokenizer.ggml.tokens",
    "tokenizer.ggml.token_type",
    "tokenizer.ggml.merges",
    "tokenizer.ggml.eos_token_id",
    "glm4.block_count"};
constexpr std::string_view kTexts[] = {"gpt2", "glm4", "a", "b", "ab", "a b", "<|user|>", ""};
constexpr uint64_t kBoundaries[] = {0,
    1,
    2,
    31,
    32,
    33,
    255,
    256,
    65'535,
    65'536,
    65'537,
    INT32_MAX,
    uint64_t(INT32_MAX) + 1,
    UINT32_MAX,
    uint64_t(UINT32_MAX) + 1,
    INT64_MAX,
    uint64_t(INT64_MAX) + 1,
    UINT64_MAX - 31,
    UINT64_MAX - 7,
    UINT64_MAX};

class Builder
{
public:
    explicit Builder(Choices& choices) : m_choices(choices) {}

    std::vector<std::byte> build()
    {
        const uint32_t keys = m_choices.below(10);
        const uint32_t tensors = m_choices.below(6);
        m_out.raw(std::as_bytes(std::span("GGUF", 4)));
        m_out.number(uint32_t(lie(3)));
        m_out.number(lie(tensors));
        m_out.number(lie(keys));
        for (uint32_t i = 0; i < keys; ++i) {
            text(kKeys[m_choices.below(uint32_t(std::size(kKeys)))]);
            const uint32_t type = m_choices.below(13);
            m_out.number(uint32_t(lie(type)));
            value(type, 0);
        }
        for (uint32_t i = 0; i < tensors; ++i) {
            tensor(i);
        }
        m_out.pad(32);
        m_out.raw(std::vector<std::byte>(std::min<uint64_t>(m_offset, 1 << 16)));
        std::vector<std::byte> bytes = m_out.bytes();
        if (m_choices.below(8) == 1 && !bytes.empty()) {
            bytes.resize(m_choices.number() % bytes.size());
        }
        return bytes;
    }

private:
    // Now and then something else than the truth.
    uint64_t lie(uint64_t truth)
    {
        switch (m_choices.below(24)) {
        case 1:
            return kBoundaries[m_choices.below(uint32_t(std::size(kBoundaries)))];
        case 2:
            return truth + 1;
        case 3:
            return truth - 1;
        case 4:
            return m_choices.number();
        default:
            return truth;
        }
    }

    void text(std::string_view value)
    {
        m_out.number(lie(value.size()));
        m_out.raw(std::as_bytes(std::span(value.data(), value.size())));
    }

    void value(uint32_t type, int depth)
    {
        if (type == GgufWriter::kString) {
            const bool known = m_choices.below(4) != 0;
            text(known ? std::string(kTexts[m_choices.below(uint32_t(std::size(kTexts)))])
                       : m_choices.text(20));
        } else if (type == GgufWriter::kArray) {
            const uint32_t count = m_choices.below(8);
            const uint32_t elementType = m_choices.below(depth < 6 ? 13 : 9);
            m_out.number(uint32_t(lie(elementType)));
            m_out.number(lie(count));
            for (uint32_t i = 0; i < count && depth < 8; ++i) {
                value(elementType, depth + 1);
            }
        } else {
            constexpr size_t kSizes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
            const uint64_t number = m_choices.below(2) ? m_choices.byte() : lie(32);
            const auto* bytes = reinterpret_cast<const std::byte*>(&number);
            m_out.raw({bytes, kSizes[type]});
        }
    }

    void tensor(uint32_t index)
    {
        static constexpr DType kTypes[] = {
            DType::F32, DType::F16, DType::Q8_0, DType::Q4_0, DType::Q6_K, DType::BF16};
        const DType type = kTypes[m_choices.below(uint32_t(std::size(kTypes)))];
        const DTypeInfo& info = dtypeInfo(type);
        text("t" + std::to_string(m_choices.below(16) == 1 ? 0 : index));
        const uint32_t dimensions = 1 + m_choices.below(4);
        m_out.number(uint32_t(lie(dimensions)));
        uint64_t size = info.bytesPerBlock;
        for (uint32_t i = 0; i < dimensions; ++i) {
            const uint64_t blocks = 1 + m_choices.below(3);
            m_out.number(lie(i == 0 ? blocks * info.valuesPerBlock : blocks));
            size *= blocks;
        }
        m_out.number(uint32_t(lie(uint32_t(type))));
        m_out.number(lie(m_offset));
        m_offset += (size + 31) / 32 * 32;
    }

    Choices& m_choices;
    ByteWriter m_out;
    uint64_t m_offset = 0; // of the next tensor's data
};

} // namespace

} // namespace atelier::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace atelier;
    fuzz::Choices choices(data, size);
    const std::vector<std::byte> bytes = fuzz::Builder(choices).build();
    const auto file = parseGguf(bytes);
    if (!file) {
        check(!file.error().message.empty(), "an error must say something");
        return 0;
    }
    fuzz::readEverything(*file.value(), bytes);
    if (const auto tokenizer = Tokenizer::create(*file.value())) {
        for (const int32_t id : tokenizer.value()->encode("ab <|user|>", SpecialTokens::Parse)) {
            check(id >= 0 && id < tokenizer.value()->vocabSize(), "ids must be in the vocabulary");
        }
    }
    return 0;
}
