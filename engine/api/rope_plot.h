// SPDX-License-Identifier: MIT
// The clock hands of a model's positions, with and without YaRN, as numbers to draw.
#pragma once

#include "engine/api/model_info.h"
#include "engine/api/session_options.h"
#include "engine/base/result.h"

#include <cstdint>
#include <vector>

namespace atelier {

struct RopePlot
{
    enum class Zone : uint8_t { Kept, Blended, Slowed };

    struct Pair
    {
        double plainTurn = 0.0; // tokens in which it turns once, as trained
        double turn = 0.0;      // with the session's options
        double scale = 1.0;     // plainTurn / turn: 1 where kept, 1 / factor where slowed
        Zone zone = Zone::Kept;
    };

    std::vector<Pair> pairs; // of rotated dimensions, fastest first
    double magnitude = 1.0;  // the attention factor
    double factor = 1.0;
    uint32_t originalContext = 0;
    uint32_t longestContext = 0; // with these options, memory left aside
};

// Costs microseconds, and needs no loaded model. With YarnMode::Auto it shows what options.yarn
// would give. InvalidUse when the options are outside what the formulas can take.
Result<RopePlot> plotRope(const ModelInfo& model, const SessionOptions& options);

} // namespace atelier
