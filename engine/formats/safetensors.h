// SPDX-License-Identifier: MIT
// Reads the table of a safetensors file.
//
//   u64 size of the header, the header, tensor data
//   header: {"name": {"dtype": "BF16", "shape": [4, 8], "data_offsets": [begin, end]}, ...,
//            "__metadata__": {...}}, offsets from the end of the header
//
// Source: the format's description in the safetensors repository.
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace atelier {

struct SafeTensor
{
    std::string name;
    std::string dtype;                // as the file spells it: "BF16"
    std::vector<uint64_t> shape;      // slowest dimension first; empty: a single value
    std::span<const std::byte> bytes; // checked to lie in the file, and shared with no other tensor
};

// In the order of their places in the file. `name` is what to call the file, in quotes.
// Errors: NotAModel, Truncated, InvalidFormat; the message names the tensor.
Result<std::vector<SafeTensor>> readSafetensors(
    std::span<const std::byte> file, const std::string& name);

} // namespace atelier
