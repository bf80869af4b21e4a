// SPDX-License-Identifier: MIT
#include "engine/api/context_scaling.h"

#include "engine/api/model_info.h"

#include <algorithm>

namespace atelier {

namespace {

// Beyond this no cache fits any machine, and products of it fit 64 bits easily.
constexpr double kMostTokens = 1e8;

uint32_t stretched(double tokens, double factor)
{
    return uint32_t(std::clamp(tokens * factor, 1.0, kMostTokens));
}

double originalContext(
    const RopeSettings& fileRope, uint32_t contextLength, const SessionOptions& options)
{
    return options.yarn && options.yarn->originalContext > 0
               ? options.yarn->originalContext
               : trainedContext(fileRope, contextLength);
}

} // namespace

uint32_t trainedContext(const RopeSettings& fileRope, uint32_t contextLength)
{
    // A file with YaRN may state the context it reaches, or the one it was trained for.
    return fileRope.scaling == RopeScaling::Yarn && fileRope.originalContext >= 1.0
               ? std::min(contextLength, stretched(fileRope.originalContext, 1.0))
               : contextLength;
}

RopeSettings sessionRope(
    const RopeSettings& fileRope, uint32_t contextLength, const SessionOptions& options)
{
    RopeSettings rope = fileRope;
    rope.base = options.ropeBase.value_or(rope.base);
    if (options.yarnMode != YarnMode::Given) {
        rope.scaling = RopeScaling::None;
    } else if (options.yarn) {
        const YarnOptions& yarn = *options.yarn;
        const bool isYarn = fileRope.scaling == RopeScaling::Yarn;
        rope.scaling = RopeScaling::Yarn;
        rope.factor = yarn.factor;
        rope.originalContext = originalContext(fileRope, contextLength, options);
        rope.extrapolationFactor = yarn.extrapolationFactor.value_or(rope.extrapolationFactor);
        // The file's attention factor belongs to the file's factor.
        const bool sameFactor = isYarn && fileRope.factor == yarn.factor;
        rope.attentionFactor = yarn.attentionFactor;
        if (!rope.attentionFactor && sameFactor) {
            rope.attentionFactor = fileRope.attentionFactor;
        }
        rope.betaFast = yarn.betaFast.value_or(rope.betaFast);
        rope.betaSlow = yarn.betaSlow.value_or(rope.betaSlow);
    } else if (options.linearFactor) {
        rope.scaling = RopeScaling::Linear;
        rope.factor = *options.linearFactor;
    }
    return rope;
}

uint32_t contextLimit(
    const RopeSettings& fileRope, uint32_t contextLength, const SessionOptions& options)
{
    const uint32_t trained = trainedContext(fileRope, contextLength);
    if (options.yarnMode != YarnMode::Given) {
        return trained;
    }
    if (options.yarn) {
        const double original = originalContext(fileRope, contextLength, options);
        return std::max(trained, stretched(original, options.yarn->factor));
    }
    if (options.linearFactor) {
        return std::max(trained, stretched(trained, *options.linearFactor));
    }
    return contextLength;
}

SessionOptions fixedFactor(
    const Hyperparameters& hyper, const SessionOptions& options, double factor)
{
    SessionOptions fixed = options;
    fixed.yarnMode = factor == 1.0 ? YarnMode::Off : YarnMode::Given;
    if (factor != 1.0) {
        fixed.yarn = options.yarn.value_or(YarnOptions{});
        fixed.yarn->factor = factor;
    }
    const uint32_t limit = contextLimit(hyper.rope, hyper.contextLength, fixed);
    fixed.contextTokens =
        options.contextTokens > 0 ? std::min(options.contextTokens, limit) : limit;
    return fixed;
}

std::optional<Extension> extendContext(const Hyperparameters& hyper,
    const SessionOptions& options,
    double factorNow,
    uint32_t slots,
    uint64_t needed,
    const std::function<MemoryPlan(const SessionOptions&)>& plan)
{
    std::vector<double> factors;
    if (factorNow == 1.0) {
        factors.push_back(1.0);
    }
    for (const double factor : kAutoFactors) {
        if (factor > factorNow) {
            factors.push_back(factor);
        }
    }
    std::optional<Extension> best;
    for (const double factor : factors) {
        Extension next{fixedFactor(hyper, options, factor), factor};
        uint32_t& context = next.options.contextTokens;
        if (factor == 1.0) {
            // Some models have more plain positions than any memory: a quarter more than needed.
            context = uint32_t(std::min<uint64_t>(context, needed + needed / 4));
        }
        const MemoryPlan planned = plan(next.options);
        if (planned.available > 0 && planned.total() > planned.available) {
            context = planned.largestContext;
        }
        if (context >= needed && context > slots) {
            return next;
        }
        if (context > slots && (!best || context > best->options.contextTokens)) {
            best = next;
        }
    }
    return best;
}

} // namespace atelier
