// SPDX-License-Identifier: MIT
#include "engine/api/rope_plot.h"

#include "engine/api/context_scaling.h"

#include <cmath>
#include <numbers>

namespace atelier {

Result<RopePlot> plotRope(const ModelInfo& model, const SessionOptions& options)
{
    SessionOptions shown = options;
    if (options.yarnMode == YarnMode::Auto) {
        shown.yarnMode = options.yarn ? YarnMode::Given : YarnMode::Off;
    }
    const RopeSettings rope = sessionRope(model.rope, model.contextLength, shown);
    if (const Status valid = validateRope(rope, model.headDim); !valid) {
        return Error{ErrorCode::InvalidUse, valid.error().message};
    }
    RopePlot plot;
    for (const RopePair& pair : ropePairs(rope)) {
        RopePlot::Pair shownPair;
        shownPair.plainTurn = 2.0 * std::numbers::pi / pair.plain;
        shownPair.turn = 2.0 * std::numbers::pi / pair.scaled;
        shownPair.scale = pair.scaled / pair.plain;
        shownPair.zone = pair.interpolated <= 0.0   ? RopePlot::Zone::Kept
                         : pair.interpolated >= 1.0 ? RopePlot::Zone::Slowed
                                                    : RopePlot::Zone::Blended;
        plot.pairs.push_back(shownPair);
    }
    plot.magnitude = ropeMagnitude(rope);
    plot.factor = rope.scaling == RopeScaling::None ? 1.0 : rope.factor;
    plot.originalContext = rope.scaling == RopeScaling::Yarn
                               ? uint32_t(rope.originalContext)
                               : trainedContext(model.rope, model.contextLength);
    plot.longestContext = contextLimit(model.rope, model.contextLength, shown);
    return plot;
}

} // namespace atelier
