// SPDX-License-Identifier: MIT
// Rotary position settings of a model, and the frequencies that follow from them.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace atelier {

// How positions beyond the trained context are squeezed.
enum class RopeScaling : uint8_t { None, Linear, Yarn };

struct RopeSettings
{
    uint32_t dimensions = 0; // rotated dimensions of each head: even, at most the head's
    double base = 10000.0;
    RopeScaling scaling = RopeScaling::None;
    double factor = 1.0;          // Linear, Yarn: how many times longer than trained
    double originalContext = 0.0; // Yarn: tokens the model was trained for
    double betaFast = 32.0;       // Yarn: turns over originalContext above which nothing changes
    double betaSlow = 1.0;        // Yarn: turns below which a dimension is fully interpolated
    // Yarn: how much of the plain frequency fast dimensions keep; 0: all are interpolated.
    double extrapolationFactor = 1.0;
    std::vector<float> divisors; // [dimensions / 2], of each plain frequency; empty: all 1
    std::optional<double> attentionFactor; // Yarn: nothing: 0.1 ln(factor) + 1
};

// One pair of rotated dimensions.
struct RopePair
{
    double plain = 0.0;        // radians per position without scaling
    double scaled = 0.0;       // with it
    double interpolated = 0.0; // [0, 1]: how much of the way from plain to plain / factor
};

// F = dimensions / 2
struct RopeTable
{
    std::vector<float> frequencies; // [F], radians per position
    float magnitude = 1.0f;         // multiplies cos and sin
};

// InvalidFormat when a number is outside what the formulas can take.
Status validateRope(const RopeSettings& settings, uint32_t headDim);

// [F], fastest first. `settings` must be valid.
//
//   plain   f_j = base^(-2j / d) / divisors_j                     j = 0 .. F-1, d = dimensions
//   linear  f_j / factor
//   YaRN    c(n) = d ln(originalContext / (2 pi n)) / (2 ln base)
//           low = max(floor(c(betaFast)), 0); high = min(ceil(c(betaSlow)), d - 1)
//           r_j = clamp((j - low) / max(high - low, 0.001), 0, 1)
//           s_j = 1 - (1 - r_j) extrapolationFactor
//           (1 - s_j) f_j + s_j f_j / factor
// Sources: Peng et al. 2023 (arXiv 2309.00071) section 3.2; glm-facts 3, which compares the model
// cards, transformers, vLLM and llama.cpp (whose ext_factor is extrapolationFactor).
std::vector<RopePair> ropePairs(const RopeSettings& settings);

// The magnitude of cos and sin: 1 without YaRN; else attentionFactor or 0.1 ln(factor) + 1, and
// without any extrapolation 1 (as llama.cpp: the temperature of attention belongs to YaRN proper).
double ropeMagnitude(const RopeSettings& settings);

// Both, computed in double and rounded once.
RopeTable makeRopeTable(const RopeSettings& settings);

} // namespace atelier
