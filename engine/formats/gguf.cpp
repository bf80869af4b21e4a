// SPDX-License-Identifier: MIT
// Opens GGUF files, version 3 and its twin version 2 (they differ in byte order support only).
//
//   "GGUF", u32 version, u64 tensors, u64 keys, the keys, the tensor table, padding, tensor data
//
// Source: the GGUF specification in ggml's docs/gguf.md.
#include "engine/base/mapped_file.h"
#include "engine/base/text.h"
#include "engine/formats/gguf_metadata.h"
#include "engine/formats/gguf_split.h"
#include "engine/formats/gguf_tensors.h"
#include "engine/formats/model_metadata.h"

#include <algorithm>
#include <utility>

namespace atelier {

namespace gguf {

Error Source::invalid(const std::string& what) const
{
    return Error{ErrorCode::InvalidFormat, name + " is damaged: " + what};
}

Error Source::unsupported(const std::string& what) const
{
    return Error{ErrorCode::Unsupported, name + " cannot be used: " + what};
}

Error Source::truncated(const std::string& field, uint64_t offset, CheckedSize size) const
{
    const CheckedSize end = CheckedSize(offset) + size;
    const std::string wanted =
        end.valid() ? grouped(end.valueOrMax()) + " bytes" : std::string("more than any file has");
    return Error{ErrorCode::Truncated,
        name + " is incomplete: " + field + " needs " + wanted + ", and the file has " +
            grouped(bytes.size()) + ". It may be an unfinished copy or download.",
        end.valueOrMax(),
        bytes.size()};
}

namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr uint64_t kDefaultAlignment = 32;
constexpr uint64_t kMaxAlignment = 65'536;
constexpr std::string_view kAlignmentKey = "general.alignment";

struct Contents
{
    uint32_t version = 0;
    Metadata metadata;
    NamedTensors tensors;
};

class GgufFile final : public ModelFileWithMetadata
{
public:
    GgufFile(std::filesystem::path path, MappedFile file, uint64_t size, Contents contents)
        : m_path(std::move(path)),
          m_file(std::move(file)),
          m_size(size),
          m_contents(std::move(contents)),
          m_formatName("GGUF " + std::to_string(m_contents.version))
    {
    }

    const std::filesystem::path& path() const override { return m_path; }
    uint64_t fileBytes() const override { return m_size; }
    std::string_view formatName() const override { return m_formatName; }

protected:
    const Metadata& metadata() const override { return m_contents.metadata; }
    const NamedTensors& named() const override { return m_contents.tensors; }

private:
    std::filesystem::path m_path;
    MappedFile m_file;
    uint64_t m_size = 0;
    Contents m_contents; // views of m_file
    std::string m_formatName;
};

Result<uint32_t> readVersion(const Source& source, Cursor& cursor)
{
    const auto* start = reinterpret_cast<const char*>(source.bytes.data());
    const std::string_view first(start, std::min(source.bytes.size(), kMagic.size()));
    if (first != kMagic) {
        return Error{ErrorCode::NotAModel,
            "The first bytes of " + source.name +
                " are not \"GGUF\". It may be another format, or a web page saved by mistake."};
    }
    cursor.skip(kMagic.size());
    const auto version = cursor.read<uint32_t>();
    if (!version) {
        return source.truncated("the header", 0, 24);
    }
    if ((*version & 0xFFFFu) == 0 && *version != 0) {
        return source.unsupported("it was written for big-endian machines.");
    }
    if (*version != 2 && *version != 3) {
        return source.unsupported("it has version " + grouped(*version) +
                                  " of the GGUF format. This version reads 2 and 3.");
    }
    return *version;
}

Result<uint64_t> readAlignment(const Source& source, const Metadata& metadata)
{
    const Entry* entry = metadata.find(kAlignmentKey);
    if (!entry) {
        return kDefaultAlignment;
    }
    const uint64_t alignment =
        entry->type == ValueType::U32 ? metadata.unsignedInteger(kAlignmentKey).value_or(0) : 0;
    if (!std::has_single_bit(alignment) || alignment > kMaxAlignment) {
        return source.invalid("the metadata key \"" + std::string(kAlignmentKey) +
                              "\" must be a 32-bit power of two up to " + grouped(kMaxAlignment) +
                              (alignment ? ", not " + grouped(alignment) : std::string()) + ".");
    }
    return alignment;
}

Result<Contents> readContents(const Source& source)
{
    Contents contents;
    Cursor cursor(source.bytes);
    const auto version = readVersion(source, cursor);
    if (!version) {
        return version.error();
    }
    contents.version = version.value();
    const auto tensorCount = cursor.read<uint64_t>();
    const auto keyCount = cursor.read<uint64_t>();
    if (!tensorCount || !keyCount) {
        return source.truncated("the header", 0, 24);
    }
    auto metadata = Metadata::read(source, cursor, *keyCount);
    if (!metadata) {
        return metadata.error();
    }
    contents.metadata = metadata.take();
    const auto alignment = readAlignment(source, contents.metadata);
    if (!alignment) {
        return alignment.error();
    }
    auto tensors = readTensorTable(source, cursor, *tensorCount, alignment.value());
    if (!tensors) {
        return tensors.error();
    }
    contents.tensors = tensors.take();
    return contents;
}

} // namespace

Result<std::shared_ptr<const ModelFile>> openOne(const std::filesystem::path& path)
{
    auto mapped = MappedFile::open(path);
    if (!mapped) {
        return mapped.error();
    }
    MappedFile file = mapped.take();
    const uint64_t size = file.bytes().size();
    auto contents = readContents({file.bytes(), shownName(fileNameUtf8(path))});
    if (!contents) {
        return contents.error();
    }
    return std::shared_ptr<const ModelFile>(
        new GgufFile(path, std::move(file), size, contents.take()));
}

} // namespace gguf

Result<std::shared_ptr<const ModelFile>> openGguf(const std::filesystem::path& path)
{
    auto file = gguf::openOne(path);
    return file && gguf::isPartOfMany(*file.value()) ? gguf::openParts(path, file.take()) : file;
}

Result<std::shared_ptr<const ModelFile>> parseGguf(std::span<const std::byte> bytes)
{
    auto contents = gguf::readContents({bytes, "the model"});
    if (!contents) {
        return contents.error();
    }
    return std::shared_ptr<const ModelFile>(
        new gguf::GgufFile({}, MappedFile(), bytes.size(), contents.take()));
}

} // namespace atelier
