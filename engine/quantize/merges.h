// SPDX-License-Identifier: MIT
// The merges of a vocabulary that came without them.
#pragma once

#include <string>
#include <vector>

namespace atelier {

class ModelFile;

// Vocabularies made with tiktoken have ranks instead of merges, but other programs that read GGUF
// want merges. Every way to split a token into two tokens is one, in the order of the tokens:
// merging by that list gives what merging by rank gives. Empty for other tokenizers.
//
// Lines are "left right" in the byte alphabet.
std::vector<std::string> mergesOf(const ModelFile& file);

} // namespace atelier
