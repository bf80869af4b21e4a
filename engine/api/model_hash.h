// SPDX-License-Identifier: MIT
// A number that names a model: what was saved with one is not read with another.
#pragma once

#include <cstdint>

namespace atelier {

class ModelFile;

// The checksum of, in order of names: every key and value of the metadata (but for `general.*`,
// which describes, and the chat template, which is text), and of every tensor its name, type,
// shape and the 64 bytes in its middle. The file's name, the order of its tensors and whether it is
// split do not count. Reads one page of each tensor.
uint64_t modelHash(const ModelFile& file);

} // namespace atelier
