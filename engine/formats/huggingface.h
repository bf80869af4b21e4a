// SPDX-License-Identifier: MIT
// Models in folders, as model hubs hand them out:
//
//   config.json                  the shapes
//   model.safetensors, or model-00001-of-0000N.safetensors and model.safetensors.index.json
//   tokenizer.json, or the tokenizer.model of GLM-4 (2024); tokenizer_config.json
//   chat_template.jinja, or "chat_template" of tokenizer_config.json
//   generation_config.json       the tokens that end a turn
#pragma once

#include "engine/base/result.h"
#include "engine/formats/model_file.h"

#include <filesystem>
#include <memory>

namespace atelier {

bool isHuggingFaceFolder(const std::filesystem::path& folder); // config.json is there

// The weights stay in the mapped files and keep their types; names, metadata and the order of
// rows are GGUF's, so that nothing else in the engine knows where a model came from. Rows that
// change places are copied, when load() asks for them.
// Errors: as openModel(). Files outside the folder are never opened because a file says so.
Result<std::shared_ptr<const ModelFile>> openHuggingFace(const std::filesystem::path& folder);

} // namespace atelier
