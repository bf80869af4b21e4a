// SPDX-License-Identifier: MIT
// Least-squares fits of a few values by a scale (and an offset) times small numbers: what every
// quantized format is made of. Used by quantize*.cpp only.
//
// Codes are kept as floats, products are stored before they are summed, and sums are trees, so that
// compilers make vector code of all loops without being allowed to reorder arithmetic: the result
// is the same everywhere.
#pragma once

#include "engine/base/half.h"
#include "engine/ops/dequantize.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

namespace atelier::quantize {

// Adds all of `values`, which it uses up. N is a power of two.
template <int N>
float treeSum(float* values)
{
    if constexpr (N == 1) {
        return values[0];
    } else {
        for (int i = 0; i < N / 2; ++i) {
            values[i] += values[i + N / 2];
        }
        return treeSum<N / 2>(values);
    }
}

// To the nearest integer, ties to even, for |value| < 2^22: adding 1.5 * 2^23 shifts the fraction
// out. Compilers make one vector addition of each step.
inline float rounded(float value)
{
    constexpr float kShift = 12'582'912.0f;
    return (value + kShift) - kShift;
}

// The numbers a scale is multiplied by: the integers from Low to High.
template <int Low, int High>
struct Integers
{
    static constexpr float kPeak = float(Low); // where the largest value is meant to go
    static constexpr float kStride = 0.1f;     // between trials of that place
    static constexpr int kTrials = 9;          // to each side
    static constexpr int kMost = std::max(-Low, High);

    // Clamps first: a value far outside would not survive rounded().
    static float level(float value)
    {
        return rounded(std::min(std::max(value, float(Low)), float(High)));
    }
    static int code(float level) { return int(level) - Low; }
};

// The 16 uneven steps of IQ4_NL and IQ4_XS.
struct Iq4Levels
{
    static constexpr float kPeak = float(kIq4Values[0]);
    static constexpr float kStride = 1.0f;
    static constexpr int kTrials = 9;
    static constexpr int kMost = 127;

    static float level(float value)
    {
        float nearest = float(kIq4Values[0]);
        for (int i = 1; i < 16; ++i) {
            const float between = 0.5f * float(kIq4Values[i - 1] + kIq4Values[i]);
            nearest += value > between ? float(kIq4Values[i] - kIq4Values[i - 1]) : 0.0f;
        }
        return nearest;
    }
    static int code(float level)
    {
        int code = 0;
        while (code < 15 && float(kIq4Values[code]) < level) {
            ++code;
        }
        return code;
    }
};

// As it is stored. Scales beyond the largest half are clamped to it.
inline uint16_t toHalf(float value)
{
    constexpr float kLargest = 65504.0f;
    return floatToHalf(std::min(std::max(value, -kLargest), kLargest));
}
inline float storedHalf(float value)
{
    return halfToFloat(toHalf(value));
}

// 1 / scale, or 0 where that is too large to compute with.
inline float inverseOf(float scale)
{
    return std::abs(scale) > 1e-30f ? 1.0f / scale : 0.0f;
}

// How much each value's error counts: its size, plus the typical size of its neighbors so that
// small ones count too. Large weights tend to meet large activations; without statistics of those
// this is the usual guess, and it is the one llama.cpp makes for Q4_K and Q5_K.
template <int N>
void weigh(const float* x, float* weights)
{
    float squares[N];
    for (int i = 0; i < N; ++i) {
        squares[i] = x[i] * x[i];
    }
    const float typical = std::sqrt(treeSum<N>(squares) / float(N));
    for (int i = 0; i < N; ++i) {
        weights[i] = typical + std::abs(x[i]);
    }
}

// Sums over one group, with weights w and codes q:  x ~ scale * q + offset.
struct FixedSums // that do not depend on the codes
{
    float w = 0;
    float wx = 0;
    float wxx = 0;
};
struct CodeSums
{
    float wq = 0;
    float wqq = 0;
    float wxq = 0;
};

template <int N>
FixedSums fixedSumsOf(const float* x, const float* weights)
{
    float w[N];
    float wx[N];
    float wxx[N];
    for (int i = 0; i < N; ++i) {
        w[i] = weights[i];
        wx[i] = weights[i] * x[i];
        wxx[i] = weights[i] * x[i] * x[i];
    }
    return {treeSum<N>(w), treeSum<N>(wx), treeSum<N>(wxx)};
}

template <int N, class Levels>
CodeSums codeSumsOf(const float* x, const float* weights, float inverse, float offset)
{
    float wq[N];
    float wqq[N];
    float wxq[N];
    for (int i = 0; i < N; ++i) {
        const float q = Levels::level((x[i] - offset) * inverse);
        wq[i] = weights[i] * q;
        wqq[i] = weights[i] * q * q;
        wxq[i] = weights[i] * q * x[i];
    }
    return {treeSum<N>(wq), treeSum<N>(wqq), treeSum<N>(wxq)};
}

// The weighted squared error of scale and offset with the codes of `s`.
inline double errorOf(const FixedSums& f, const CodeSums& s, double scale, double offset)
{
    return f.wxx + scale * (scale * s.wqq + 2.0 * offset * s.wq - 2.0 * s.wxq) +
           offset * (offset * f.w - 2.0 * f.wx);
}

// The weighted squared error when every value gets its best code.
template <int N, class Levels>
float bestErrorOf(const float* x, const float* weights, float scale, float offset)
{
    const float inverse = inverseOf(scale);
    float errors[N];
    for (int i = 0; i < N; ++i) {
        const float q = Levels::level((x[i] - offset) * inverse);
        const float miss = x[i] - (scale * q + offset);
        errors[i] = weights[i] * miss * miss;
    }
    return treeSum<N>(errors);
}

// x ~ scale * level. Tries places for the largest value around the end of the levels, and takes
// the least-squares scale for the codes that each gives.
template <int N, class Levels>
float fitScale(const float* x, const float* weights)
{
    float peak = 0.0f;
    for (int i = 0; i < N; ++i) {
        peak = std::abs(x[i]) > std::abs(peak) ? x[i] : peak;
    }
    const float inversePeak = inverseOf(peak);
    if (inversePeak == 0.0f) {
        return 0.0f;
    }
    float scale = peak / Levels::kPeak;
    double best = -1.0; // of what the fit explains: the error falls as it rises
    const auto consider = [&](float inverse) {
        const CodeSums sums = codeSumsOf<N, Levels>(x, weights, inverse, 0.0f);
        const double explained = sums.wqq > 0.0f ? double(sums.wxq) * sums.wxq / sums.wqq : 0.0;
        if (sums.wqq > 0.0f && explained > best) {
            best = explained;
            scale = sums.wxq / sums.wqq;
        }
    };
    for (int trial = -Levels::kTrials; trial <= Levels::kTrials; ++trial) {
        consider((Levels::kPeak + Levels::kStride * float(trial)) * inversePeak);
    }
    consider(inverseOf(scale));
    return scale;
}

struct Affine
{
    float scale = 0; // >= 0
    float offset = 0;
};

// x ~ scale * q + offset with q in 0..High. With `NoPositiveOffset` the offset is at most 0, for
// formats that store it as something to subtract.
template <int N, int High, bool NoPositiveOffset>
Affine fitAffine(const float* x, const float* weights)
{
    using Levels = Integers<0, High>;
    const auto [least, most] = std::minmax_element(x, x + N);
    const float low = NoPositiveOffset ? std::min(*least, 0.0f) : *least;
    const float inverseRange = inverseOf(*most - low);
    if (inverseRange == 0.0f) {
        return {0.0f, low};
    }
    Affine best{(*most - low) / float(High), low};
    const FixedSums f = fixedSumsOf<N>(x, weights);
    double bestError = bestErrorOf<N, Levels>(x, weights, best.scale, best.offset);
    const auto consider = [&](float inverse, float offset) {
        const CodeSums s = codeSumsOf<N, Levels>(x, weights, inverse, offset);
        const double determinant = double(f.w) * s.wqq - double(s.wq) * s.wq;
        if (!(determinant > 0.0)) {
            return;
        }
        double scale = (double(f.w) * s.wxq - double(f.wx) * s.wq) / determinant;
        double shift = (double(s.wqq) * f.wx - double(s.wq) * s.wxq) / determinant;
        if (NoPositiveOffset && shift > 0.0) {
            shift = 0.0;
            scale = double(s.wxq) / s.wqq;
        }
        const double error = errorOf(f, s, scale, shift);
        if (scale > 0.0 && error < bestError) {
            bestError = error;
            best = {float(scale), float(shift)};
        }
    };
    // From one level less than the range needs to one more.
    constexpr int kTrials = 10;
    for (int trial = -kTrials; trial <= kTrials; ++trial) {
        consider((float(High) + 0.1f * float(trial)) * inverseRange, low);
    }
    consider(inverseOf(best.scale), best.offset);
    return best;
}

} // namespace atelier::quantize
