// SPDX-License-Identifier: MIT
#include "engine/formats/gguf_tensors.h"

#include "engine/base/text.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace atelier::gguf {

namespace {

// The specification says 64 bytes; some tools write longer names.
constexpr uint64_t kMaxNameBytes = 255;
constexpr uint32_t kMaxDimensions = 4;
constexpr uint64_t kMinRecordBytes = 8 + 1 + 4 + 8 + 4 + 8; // name, dimensions, type, offset

// Element types by their number in the file, for naming those that this build does not read.
// Empty: removed from the format, or never used. Source: ggml.h, enum ggml_type.
constexpr std::array<std::string_view, 40> kTypeNames{"F32",
    "F16",
    "Q4_0",
    "Q4_1",
    "Q4_2",
    "Q4_3",
    "Q5_0",
    "Q5_1",
    "Q8_0",
    "Q8_1",
    "Q2_K",
    "Q3_K",
    "Q4_K",
    "Q5_K",
    "Q6_K",
    "Q8_K",
    "IQ2_XXS",
    "IQ2_XS",
    "IQ3_XXS",
    "IQ1_S",
    "IQ4_NL",
    "IQ3_S",
    "IQ2_S",
    "IQ4_XS",
    "I8",
    "I16",
    "I32",
    "I64",
    "F64",
    "IQ1_M",
    "BF16",
    "Q4_0_4_4",
    "Q4_0_4_8",
    "Q4_0_8_8",
    "TQ1_0",
    "TQ2_0",
    "IQ4_NL_4_4",
    "IQ4_NL_4_8",
    "IQ4_NL_8_8",
    "MXFP4"};

std::string supportedTypes()
{
    std::string names;
    for (uint32_t number = 0; number < kTypeNames.size(); ++number) {
        if (const auto type = dtypeFromGguf(number)) {
            names += (names.empty() ? "" : ", ") + std::string(dtypeInfo(*type).name);
        }
    }
    return names;
}

std::string tensorField(std::string_view name)
{
    return "the tensor " + shownName(name);
}

// Where a tensor's data claims to be, in bytes from the start of the data.
struct Extent
{
    uint64_t offset = 0;
    uint64_t size = 0;
};

// Reads one record and checks what can be checked without the others.
class RecordReader
{
public:
    RecordReader(const Source& source, Cursor& cursor, uint64_t index)
        : m_source(source),
          m_cursor(cursor),
          m_field("tensor number " + grouped(index + 1))
    {
    }

    Status read(TensorInfo& info, Extent& extent)
    {
        if (auto status = readName(info); !status) {
            return status;
        }
        m_field = tensorField(info.name);
        if (auto status = readShape(info); !status) {
            return status;
        }
        if (auto status = readType(info); !status) {
            return status;
        }
        const auto offset = m_cursor.read<uint64_t>();
        if (!offset) {
            return m_source.truncated(m_field, m_cursor.at(), 8);
        }
        const DTypeInfo& type = dtypeInfo(info.type);
        const CheckedSize size =
            CheckedSize(info.cols / type.valuesPerBlock) * type.bytesPerBlock * info.rows;
        if (!size.valid()) {
            return m_source.invalid(m_field + " has " + grouped(info.rows) + " rows of " +
                                    grouped(info.cols) + " values: too many bytes to count.");
        }
        extent = {*offset, *size.value()};
        return Done{};
    }

private:
    Status readName(TensorInfo& info)
    {
        const CheckedSize size = m_cursor.stringBytes();
        if (!size.fits(kMaxNameBytes + 8)) {
            return m_source.invalid("the name of " + m_field + " is " +
                                    grouped((size - 8).valueOrMax()) +
                                    " bytes long; the limit is " + grouped(kMaxNameBytes) + ".");
        }
        const auto name = m_cursor.readString();
        if (!name) {
            return m_source.truncated(m_field, m_cursor.at(), size);
        }
        if (name->empty()) {
            return m_source.invalid(m_field + " has no name.");
        }
        info.name = *name;
        return Done{};
    }

    Status readShape(TensorInfo& info)
    {
        const auto dimensions = m_cursor.read<uint32_t>();
        if (!dimensions) {
            return m_source.truncated(m_field, m_cursor.at(), 4);
        }
        if (*dimensions < 1 || *dimensions > kMaxDimensions) {
            return m_source.invalid(m_field + " has " + grouped(*dimensions) +
                                    " dimensions; 1 to " + std::to_string(kMaxDimensions) +
                                    " are possible.");
        }
        CheckedSize rows = 1;
        for (uint32_t i = 0; i < *dimensions; ++i) {
            const auto extent = m_cursor.read<uint64_t>();
            if (!extent) {
                return m_source.truncated(m_field, m_cursor.at(), 8);
            }
            if (*extent == 0) {
                return m_source.invalid(
                    m_field + " has no values: its dimension " + std::to_string(i + 1) + " is 0.");
            }
            if (i == 0) {
                info.cols = *extent; // the fastest dimension comes first
            } else {
                rows *= *extent;
            }
        }
        if (!(rows * info.cols).valid()) {
            return m_source.invalid(m_field + " has more values than can be counted.");
        }
        info.rows = *rows.value();
        return Done{};
    }

    Status readType(TensorInfo& info)
    {
        const auto number = m_cursor.read<uint32_t>();
        if (!number) {
            return m_source.truncated(m_field, m_cursor.at(), 4);
        }
        const auto type = dtypeFromGguf(*number);
        if (!type) {
            const bool named = *number < kTypeNames.size();
            const std::string name =
                named ? std::string(kTypeNames[*number]) : "number " + grouped(*number);
            return m_source.unsupported(m_field + " has the element type " + name +
                                        ". This version reads " + supportedTypes() + ".");
        }
        const uint32_t block = dtypeInfo(*type).valuesPerBlock;
        if (info.cols % block != 0) {
            return m_source.invalid(m_field + " has rows of " + grouped(info.cols) + " values; " +
                                    std::string(dtypeInfo(*type).name) + " stores multiples of " +
                                    std::to_string(block) + ".");
        }
        info.type = *type;
        return Done{};
    }

    const Source& m_source;
    Cursor& m_cursor;
    std::string m_field;
};

// Points every tensor at its bytes, after seeing that they lie in the file and share none.
Status placeData(const Source& source,
    CheckedSize dataStart,
    uint64_t alignment,
    std::vector<Extent>& extents,
    std::vector<TensorInfo>& tensors)
{
    CheckedSize fileEnd = 0;
    for (size_t i = 0; i < tensors.size(); ++i) {
        const Extent& extent = extents[i];
        if (extent.offset % alignment != 0) {
            return source.invalid(tensorField(tensors[i].name) + " starts at the data offset " +
                                  grouped(extent.offset) + ", which is no multiple of " +
                                  grouped(alignment) + ".");
        }
        const CheckedSize end = dataStart + extent.offset + extent.size;
        if (!end.valid()) {
            return source.invalid(tensorField(tensors[i].name) + " has the data offset " +
                                  grouped(extent.offset) + ": beyond what a file can hold.");
        }
        fileEnd = std::max(*fileEnd.value(), *end.value());
    }
    if (!fileEnd.fits(source.bytes.size())) {
        return source.truncated("the data of its " + grouped(tensors.size()) + " tensors",
            dataStart.valueOrMax(),
            fileEnd - dataStart);
    }

    std::vector<uint32_t> order(tensors.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::sort(order, {}, [&extents](uint32_t index) { return extents[index].offset; });
    for (size_t i = 1; i < order.size(); ++i) {
        const Extent& before = extents[order[i - 1]];
        if (extents[order[i]].offset < before.offset + before.size) {
            return source.invalid(tensorField(tensors[order[i - 1]].name) + " and " +
                                  tensorField(tensors[order[i]].name) + " share bytes.");
        }
    }
    for (size_t i = 0; i < tensors.size(); ++i) {
        const uint64_t at = *(dataStart + extents[i].offset).value();
        tensors[i].bytes = source.bytes.subspan(size_t(at), size_t(extents[i].size));
    }
    return Done{};
}

} // namespace

Result<NamedTensors> readTensorTable(
    const Source& source, Cursor& cursor, uint64_t count, uint64_t alignment)
{
    if (count > kMaxTensors) {
        return source.invalid("it announces " + grouped(count) + " tensors; the limit is " +
                              grouped(kMaxTensors) + ".");
    }
    if (const auto least = CheckedSize(kMinRecordBytes) * count; !cursor.has(least)) {
        return source.truncated("the table of " + grouped(count) + " tensors", cursor.at(), least);
    }
    std::vector<Extent> extents(static_cast<size_t>(count));
    std::vector<TensorInfo> tensors(static_cast<size_t>(count));
    for (uint64_t i = 0; i < count; ++i) {
        RecordReader reader(source, cursor, i);
        if (auto status = reader.read(tensors[i], extents[i]); !status) {
            return status.error();
        }
    }
    const CheckedSize dataStart = CheckedSize(cursor.at()).alignedTo(alignment);
    Status placed = placeData(source, dataStart, alignment, extents, tensors);
    NamedTensors named(std::move(tensors));
    // Of a file that is damaged in both ways, the name is the plainer thing to say.
    if (const TensorInfo* twin = named.twins().first) {
        return source.invalid(tensorField(twin->name) + " appears twice.");
    }
    return placed ? Result<NamedTensors>(std::move(named)) : placed.error();
}

} // namespace atelier::gguf
