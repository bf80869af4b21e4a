// SPDX-License-Identifier: MIT
// Models in several GGUF files: NAME-00001-of-00003.gguf and so on. Used by gguf.cpp only.
//
// Every part is a GGUF file of its own with the keys split.no (counted from 0), split.count and
// split.tensors.count (of all parts); the first one has the metadata of the model.
// Source: llama.cpp's gguf-split, which writes them.
#pragma once

#include "engine/base/result.h"
#include "engine/formats/model_file.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace atelier::gguf {

// Every part is mapped on its own, and public models have some dozens.
inline constexpr uint64_t kMaxParts = 4096;

// What the name of a part says.
struct PartName
{
    std::string stem;    // "glm-4", without "-00001-of-00003.gguf"
    uint64_t number = 0; // from 1
    uint64_t count = 0;
};
std::optional<PartName> parsePartName(const std::string& fileName);
std::string partFileName(const std::string& stem, uint64_t number, uint64_t count);

bool isPartOfMany(const ModelFile& file);

// One file, part or not (gguf.cpp).
Result<std::shared_ptr<const ModelFile>> openOne(const std::filesystem::path& path);

// Opens all parts of a model, given any of them, and checks that they belong together. Io names
// those that are missing; InvalidFormat the one that is another model's, renamed or twice there.
Result<std::shared_ptr<const ModelFile>> openParts(
    const std::filesystem::path& path, std::shared_ptr<const ModelFile> part);

} // namespace atelier::gguf
