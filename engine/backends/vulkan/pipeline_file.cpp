// SPDX-License-Identifier: MIT
#include "engine/backends/vulkan/pipeline_file.h"

#include "engine/base/checksum.h"
#include "engine/base/file_replacement.h"
#include "engine/base/mapped_file.h"
#include "engine/base/text.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace atelier {

namespace {

constexpr std::string_view kMagic = "ATLVKPC1";
constexpr size_t kHeaderBytes = 8 + 3 * 4 + 2 * 16 + 2 * 8;

// Magic, origin, size and checksum of what follows; little-endian. The checksum covers the rest of
// the header too.
std::vector<std::byte> header(const PipelineOrigin& origin, std::span<const std::byte> code)
{
    std::vector<std::byte> bytes;
    const auto number = [&bytes](uint64_t value, int size) {
        for (int i = 0; i < size; ++i) {
            bytes.push_back(std::byte(value >> (8 * i) & 0xFF));
        }
    };
    const auto text = [&bytes](auto from) {
        std::ranges::transform(
            from, std::back_inserter(bytes), [](auto c) { return std::byte(c); });
    };
    text(kMagic);
    number(origin.vendor, 4);
    number(origin.device, 4);
    number(origin.driverVersion, 4);
    text(origin.cacheId);
    text(origin.driverId);
    number(code.size(), 8);
    Checksum checksum;
    checksum.update(bytes);
    checksum.update(code);
    number(checksum.value(), 8);
    return bytes;
}

std::string hex(uint32_t value)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (int shift = 12; shift >= 0; shift -= 4) {
        text += kDigits[value >> shift & 15];
    }
    return text;
}

} // namespace

std::filesystem::path pipelineFile(
    const std::filesystem::path& folder, const PipelineOrigin& origin)
{
    return folder / ("vulkan-" + hex(origin.vendor) + "-" + hex(origin.device) + ".pipelines");
}

std::vector<std::byte> readPipelines(
    const std::filesystem::path& file, const PipelineOrigin& origin)
{
    std::error_code error;
    const uintmax_t size = std::filesystem::file_size(file, error);
    if (error || size <= kHeaderBytes || size > kHeaderBytes + kMaxPipelineBytes) {
        return {};
    }
    const auto mapped = MappedFile::open(file);
    // The file may have become another one since it was asked for its size.
    if (!mapped || mapped.value().bytes().size() != size) {
        return {};
    }
    const auto code = mapped.value().bytes().subspan(kHeaderBytes);
    const bool isWhole =
        std::ranges::equal(mapped.value().bytes().first(kHeaderBytes), header(origin, code));
    return isWhole ? std::vector<std::byte>(code.begin(), code.end()) : std::vector<std::byte>();
}

Status writePipelines(const std::filesystem::path& file,
    const PipelineOrigin& origin,
    std::span<const std::byte> code)
{
    if (code.size() > kMaxPipelineBytes) {
        return Error{ErrorCode::InvalidUse,
            "The compiled shaders take " + readableBytes(code.size()) + ", more than " +
                readableBytes(kMaxPipelineBytes) + ", and are not kept.",
            code.size(),
            kMaxPipelineBytes};
    }
    std::error_code failed; // creating the file tells why
    std::filesystem::create_directories(file.parent_path(), failed);
    auto replacement = FileReplacement::create(file);
    if (!replacement) {
        return replacement.error();
    }
    if (const Status written = replacement.value().write(header(origin, code)); !written) {
        return written;
    }
    if (const Status written = replacement.value().write(code); !written) {
        return written;
    }
    return replacement.value().commit();
}

} // namespace atelier
