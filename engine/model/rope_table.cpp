// SPDX-License-Identifier: MIT
#include "engine/model/rope_table.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

namespace atelier {

namespace {

bool isWithin(double value, double low, double high)
{
    return value >= low && value <= high; // false for NaN
}

Error outOfRange(const char* what, double value, const char* allowed)
{
    return Error{ErrorCode::InvalidFormat,
        "The model's " + std::string(what) + " is " + std::to_string(value) + "; it must be " +
            allowed + "."};
}

// How much of the interpolated frequency dimension pair j takes: 0 for fast pairs, 1 for slow ones.
double yarnRamp(const RopeSettings& settings, double pair)
{
    const double d = settings.dimensions;
    const auto pairTurning = [&](double turns) {
        return d * std::log(settings.originalContext / (2.0 * std::numbers::pi * turns)) /
               (2.0 * std::log(settings.base));
    };
    const double low = std::max(std::floor(pairTurning(settings.betaFast)), 0.0);
    const double high = std::min(std::ceil(pairTurning(settings.betaSlow)), d - 1.0);
    return std::clamp((pair - low) / std::max(high - low, 0.001), 0.0, 1.0);
}

} // namespace

Status validateRope(const RopeSettings& settings, uint32_t headDim)
{
    if (settings.dimensions < 2 || settings.dimensions % 2 != 0 || settings.dimensions > headDim) {
        return Error{ErrorCode::InvalidFormat,
            "The model rotates " + std::to_string(settings.dimensions) +
                " dimensions of a head of " + std::to_string(headDim) +
                "; it must be an even number up to that."};
    }
    if (!isWithin(settings.base, 1.5, 1e12)) {
        return outOfRange("RoPE base", settings.base, "between 1.5 and 1e12");
    }
    if (!settings.divisors.empty() && settings.divisors.size() != settings.dimensions / 2) {
        return Error{ErrorCode::InvalidFormat,
            "The model has " + std::to_string(settings.divisors.size()) + " RoPE divisors for " +
                std::to_string(settings.dimensions / 2) + " pairs of dimensions."};
    }
    for (const float divisor : settings.divisors) {
        if (!isWithin(divisor, 1e-3, 1e6)) {
            return outOfRange("RoPE divisor", divisor, "between 0.001 and 1e6");
        }
    }
    if (settings.scaling == RopeScaling::None) {
        return Done{};
    }
    if (!isWithin(settings.factor, 1.0 / 1024.0, 1024.0)) {
        return outOfRange("RoPE scaling factor", settings.factor, "between 1/1024 and 1024");
    }
    if (settings.scaling == RopeScaling::Yarn) {
        if (!isWithin(settings.originalContext, 1.0, 1e9)) {
            return outOfRange(
                "original context", settings.originalContext, "between 1 and 1e9 tokens");
        }
        if (!isWithin(settings.betaFast, 1e-3, 1e6) || !isWithin(settings.betaSlow, 1e-3, 1e6)) {
            return outOfRange("YaRN beta",
                isWithin(settings.betaFast, 1e-3, 1e6) ? settings.betaSlow : settings.betaFast,
                "between 0.001 and 1e6");
        }
        if (!isWithin(settings.extrapolationFactor, 0.0, 1.0)) {
            return outOfRange(
                "YaRN extrapolation factor", settings.extrapolationFactor, "between 0 and 1");
        }
        if (settings.attentionFactor && !isWithin(*settings.attentionFactor, 1e-3, 1e3)) {
            return outOfRange(
                "YaRN attention factor", *settings.attentionFactor, "between 0.001 and 1000");
        }
    }
    return Done{};
}

std::vector<RopePair> ropePairs(const RopeSettings& settings)
{
    std::vector<RopePair> pairs(settings.dimensions / 2);
    for (size_t j = 0; j < pairs.size(); ++j) {
        RopePair& pair = pairs[j];
        const double divisor = settings.divisors.empty() ? 1.0 : settings.divisors[j];
        pair.plain = std::pow(settings.base, -2.0 * double(j) / settings.dimensions) / divisor;
        if (settings.scaling == RopeScaling::Linear) {
            pair.interpolated = 1.0;
        } else if (settings.scaling == RopeScaling::Yarn) {
            const double kept = 1.0 - yarnRamp(settings, double(j));
            pair.interpolated = 1.0 - kept * settings.extrapolationFactor;
        }
        const double share = pair.interpolated;
        pair.scaled = (1.0 - share) * pair.plain + share * pair.plain / settings.factor;
    }
    return pairs;
}

double ropeMagnitude(const RopeSettings& settings)
{
    if (settings.scaling != RopeScaling::Yarn) {
        return 1.0;
    }
    if (settings.attentionFactor) {
        return *settings.attentionFactor;
    }
    return settings.extrapolationFactor == 0.0
               ? 1.0
               : 0.1 * std::log(std::max(settings.factor, 1.0)) + 1.0;
}

RopeTable makeRopeTable(const RopeSettings& settings)
{
    RopeTable table;
    for (const RopePair& pair : ropePairs(settings)) {
        table.frequencies.push_back(float(pair.scaled));
    }
    table.magnitude = float(ropeMagnitude(settings));
    return table;
}

} // namespace atelier
