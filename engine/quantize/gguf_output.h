// SPDX-License-Identifier: MIT
// GgufOutput: a GGUF file while it is being written, front to back.
#pragma once

#include "engine/base/dtype.h"
#include "engine/base/result.h"
#include "engine/formats/gguf_writer.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

namespace atelier {

// Writes beside the destination under a name of its own; only finish() gives the file its name, in
// one step, so nobody ever sees a part of it. An unfinished file is removed.
//
// Owner:   one.
// Threads: one at a time.
// Errors:  Io with path, reason and numbers.
class GgufOutput
{
public:
    struct Tensor
    {
        std::string name;
        DType type = DType::F32;
        uint64_t rows = 0; // a single row is written as a vector
        uint64_t cols = 0;

        uint64_t bytes() const { return rows * rowBytes(type, size_t(cols)); }
    };

    // Checks that there is room for all of it, and writes everything before the tensors' data.
    static Result<std::unique_ptr<GgufOutput>> create(const std::filesystem::path& destination,
        const gguf::MetadataWriter& metadata,
        std::span<const Tensor> tensors);

    ~GgufOutput();
    GgufOutput(const GgufOutput&) = delete;
    GgufOutput& operator=(const GgufOutput&) = delete;

    // The data of the tensors in order, each in pieces of any size.
    Status write(std::span<const std::byte> bytes);
    Status endTensor(); // pads

    Status finish();

    uint64_t fileBytes() const { return m_fileBytes; } // when it is finished

private:
    explicit GgufOutput(const std::filesystem::path& destination);

    Status check() const;

    std::filesystem::path m_destination;
    std::filesystem::path m_partial;
    std::ofstream m_file;
    uint64_t m_written = 0;
    uint64_t m_fileBytes = 0;
};

} // namespace atelier
