// SPDX-License-Identifier: MIT
// Least-squares fits of a few values by a scale (and an offset) times small numbers: what every
// quantized format is made of. Used by quantize*.cpp only.
//
// All loops keep codes as floats and sum in kLanes partial sums, so that compilers make vector
// code of them without being allowed to reorder arithmetic: the result is the same everywhere.
#pragma once

#include "engine/base/half.h"
#include "engine/ops/dequantize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>

namespace atelier::quantize {

inline constexpr int kLanes = 8;

using Lanes = std::array<float, kLanes>;

inline float total(const Lanes& lanes)
{
    return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) +
           ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
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
    Lanes squares{};
    for (int i = 0; i < N; i += kLanes) {
        for (int k = 0; k < kLanes; ++k) {
            squares[size_t(k)] += x[i + k] * x[i + k];
        }
    }
    const float typical = std::sqrt(total(squares) / float(N));
    for (int i = 0; i < N; ++i) {
        weights[i] = typical + std::abs(x[i]);
    }
}

// Sums over one group: with codes q,  x ~ scale * q + offset.
struct Sums
{
    float w = 0;  // of weights
    float wx = 0; // of weights * x
    float wq = 0; // and so on
    float wqq = 0;
    float wxq = 0;
    float wxx = 0;

    // The weighted squared error of scale and offset with these codes.
    double error(double scale, double offset) const
    {
        return wxx + scale * (scale * wqq + 2.0 * offset * wq - 2.0 * wxq) +
               offset * (offset * w - 2.0 * wx);
    }
};

template <int N, class Levels>
Sums sumsOf(const float* x, const float* weights, float inverse, float offset)
{
    Lanes w{};
    Lanes wx{};
    Lanes wq{};
    Lanes wqq{};
    Lanes wxq{};
    Lanes wxx{};
    for (int i = 0; i < N; i += kLanes) {
        for (int k = 0; k < kLanes; ++k) {
            const size_t lane = size_t(k);
            const float value = x[i + k];
            const float weight = weights[i + k];
            const float q = Levels::level((value - offset) * inverse);
            w[lane] += weight;
            wx[lane] += weight * value;
            wxx[lane] += weight * value * value;
            wq[lane] += weight * q;
            wqq[lane] += weight * q * q;
            wxq[lane] += weight * value * q;
        }
    }
    return {total(w), total(wx), total(wq), total(wqq), total(wxq), total(wxx)};
}

// The weighted squared error when every value gets its best code.
template <int N, class Levels>
float errorOf(const float* x, const float* weights, float scale, float offset)
{
    const float inverse = inverseOf(scale);
    Lanes sums{};
    for (int i = 0; i < N; i += kLanes) {
        for (int k = 0; k < kLanes; ++k) {
            const float q = Levels::level((x[i + k] - offset) * inverse);
            const float miss = x[i + k] - (scale * q + offset);
            sums[size_t(k)] += weights[i + k] * miss * miss;
        }
    }
    return total(sums);
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
        const Sums sums = sumsOf<N, Levels>(x, weights, inverse, 0.0f);
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
    double bestError = errorOf<N, Levels>(x, weights, best.scale, best.offset);
    const auto consider = [&](float inverse, float offset) {
        const Sums s = sumsOf<N, Levels>(x, weights, inverse, offset);
        const double determinant = double(s.w) * s.wqq - double(s.wq) * s.wq;
        if (!(determinant > 0.0)) {
            return;
        }
        double scale = (double(s.w) * s.wxq - double(s.wx) * s.wq) / determinant;
        double shift = (double(s.wqq) * s.wx - double(s.wq) * s.wxq) / determinant;
        if (NoPositiveOffset && shift > 0.0) {
            shift = 0.0;
            scale = double(s.wxq) / s.wqq;
        }
        const double error = s.error(scale, shift);
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
