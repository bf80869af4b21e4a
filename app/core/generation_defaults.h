// SPDX-License-Identifier: MIT
// How replies are asked for: each model family's own defaults, and what a chat changed of them.
#pragma once

#include "engine/api/generation.h"
#include "engine/api/model_info.h"
#include "ui/ui_types.h"

#include <QString>

namespace atelier {

bool isDemoModel(const ModelInfo& model);

/// Sources: glm-facts (sampling recommended by the makers), measured for the demo model.
GenerationSettings defaultSettings(const ModelInfo& model);

/// A JSON object of what differs from the defaults; empty when nothing does.
QString settingsToJson(const GenerationSettings& settings, const GenerationSettings& defaults);
/// Unknown keys and values of the wrong type are ignored; numbers are brought into their range.
GenerationSettings settingsFromJson(const QString& json, const GenerationSettings& defaults);

SamplingOptions samplingOptions(const GenerationSettings& settings);

} // namespace atelier
