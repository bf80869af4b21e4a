// SPDX-License-Identifier: MIT
// The safetensors files of a folder, one or many.
#pragma once

#include "engine/base/mapped_file.h"
#include "engine/base/result.h"
#include "engine/formats/safetensors.h"

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace atelier::hf {

struct Shards
{
    std::vector<MappedFile> files;
    std::vector<SafeTensor> tensors; // of all files, views of them
    uint64_t bytes = 0;
};

// An index may name files of its own folder only: no "../", no absolute path, no subfolder.
bool isPlainFileName(std::string_view name);

// Opens what model.safetensors.index.json lists, or else the folder's *.safetensors.
// Errors: Io names files that are missing; InvalidFormat a tensor that is not where the index says,
//         or is there twice.
Result<Shards> openShards(const std::filesystem::path& folder);

} // namespace atelier::hf
