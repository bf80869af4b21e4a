// SPDX-License-Identifier: MIT
#include "engine/quantize/gguf_output.h"

#include "engine/base/checked_math.h"
#include "engine/base/sync_file.h"
#include "engine/base/text.h"
#include "engine/formats/model_file.h"

#include <array>
#include <system_error>
#include <utility>

namespace atelier {

namespace {

constexpr uint64_t kAlignment = 32; // the format's default

uint64_t aligned(uint64_t bytes)
{
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

std::vector<std::byte> headOf(
    const gguf::MetadataWriter& metadata, std::span<const GgufOutput::Tensor> tensors)
{
    gguf::ByteSink head;
    head.raw(std::as_bytes(std::span("GGUF", 4)));
    head.number(uint32_t(3));
    head.number(uint64_t(tensors.size()));
    head.number(metadata.keys());
    head.raw(metadata.bytes());
    uint64_t offset = 0;
    for (const GgufOutput::Tensor& tensor : tensors) {
        head.string(tensor.name);
        head.number(uint32_t(tensor.rows == 1 ? 1 : 2));
        head.number(tensor.cols);
        if (tensor.rows != 1) {
            head.number(tensor.rows);
        }
        head.number(uint32_t(tensor.type));
        head.number(offset);
        offset += aligned(tensor.bytes());
    }
    head.padTo(kAlignment);
    return head.take();
}

// Where the file will be: the destination may be a bare name.
std::filesystem::path folderOf(const std::filesystem::path& file)
{
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

Status checkRoom(const std::filesystem::path& folder, uint64_t bytes)
{
    std::error_code failed;
    if (!std::filesystem::is_directory(folder, failed)) {
        return Error{ErrorCode::Io, "The folder " + shownName(utf8(folder)) + " does not exist."};
    }
    const auto space = std::filesystem::space(folder, failed);
    if (!failed && space.available < bytes) {
        return Error{ErrorCode::Io,
            "The quantized model needs " + readableBytes(bytes) + ", but the disk of " +
                shownName(utf8(folder)) + " has only " + readableBytes(space.available) +
                " left. Free some space or choose another folder.",
            bytes,
            space.available};
    }
    return Done{};
}

} // namespace

GgufOutput::GgufOutput(const std::filesystem::path& destination)
    : m_destination(destination),
      m_partial(destination)
{
    m_partial += ".part";
}

Result<std::unique_ptr<GgufOutput>> GgufOutput::create(const std::filesystem::path& destination,
    const gguf::MetadataWriter& metadata,
    std::span<const Tensor> tensors)
{
    const std::vector<std::byte> head = headOf(metadata, tensors);
    CheckedSize size = head.size();
    for (const Tensor& tensor : tensors) {
        size += aligned(tensor.bytes());
    }
    if (const Status room = checkRoom(folderOf(destination), size.valueOrMax()); !room) {
        return room.error();
    }
    std::unique_ptr<GgufOutput> output(new GgufOutput(destination));
    output->m_fileBytes = size.valueOrMax();
    output->m_file.open(output->m_partial, std::ios::binary | std::ios::trunc);
    if (const Status written = output->write(head); !written) {
        return written.error();
    }
    return output;
}

GgufOutput::~GgufOutput()
{
    if (m_file.is_open()) {
        m_file.close();
        std::error_code ignored;
        std::filesystem::remove(m_partial, ignored);
    }
}

Status GgufOutput::check() const
{
    if (m_file) {
        return Done{};
    }
    std::error_code failed;
    const auto space = std::filesystem::space(folderOf(m_destination), failed);
    return Error{ErrorCode::Io,
        "The file " + shownName(utf8(m_partial)) + " cannot be written" +
            (failed ? std::string(".")
                    : ": the disk has " + readableBytes(space.available) +
                          " left, or the folder may not be written to.")};
}

Status GgufOutput::write(std::span<const std::byte> bytes)
{
    m_file.write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
    m_written += bytes.size();
    return check();
}

Status GgufOutput::endTensor()
{
    static constexpr std::array<std::byte, kAlignment> kZeros{};
    return write(std::span(kZeros).first(size_t(aligned(m_written) - m_written)));
}

Status GgufOutput::finish()
{
    atelier::check(m_written == m_fileBytes, "all data must have been written");
    m_file.flush();
    if (const Status flushed = check(); !flushed) {
        return flushed;
    }
    if (const Status synced = syncFile(m_partial); !synced) {
        return synced;
    }
    // What nobody can open must not replace anything.
    if (const auto opened = openGguf(m_partial); !opened) {
        return opened.error();
    }
    m_file.close();
    std::error_code failed;
    std::filesystem::rename(m_partial, m_destination, failed);
    if (failed) {
        std::error_code ignored;
        std::filesystem::remove(m_partial, ignored);
        return Error{ErrorCode::Io,
            "The file " + shownName(utf8(m_destination)) +
                " cannot be created: " + failed.message() + "."};
    }
    return Done{};
}

} // namespace atelier
