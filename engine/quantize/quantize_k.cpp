// SPDX-License-Identifier: MIT
// The formats of 256 values: groups of 16 or 32 with a small integer each, which one or two halves
// for the whole block turn into the group's scale (and offset).
//
// Every group is fitted on its own first. Then the halves and the integers are improved in turn:
// for given halves each group takes the integers around its own that fit best, and for given
// integers and codes the best halves solve a linear equation.
#include "engine/quantize/fit.h"
#include "engine/quantize/quantize_blocks.h"

#include <cstring>
#include <limits>

namespace atelier::quantize {

namespace {

constexpr int kValues = 256;
constexpr int kRounds = 3; // more change less than a thousandth of the error

// Rounds to the nearest number of 0..most.
int nearest(float value, int least, int most)
{
    return int(rounded(std::min(std::max(value, float(least)), float(most))));
}

// value = d * scale * code - dmin * minimum, everything but the value at least 0.
template <int Groups, int High, int ScaleMost>
class AffineBlock
{
public:
    static constexpr int kGroup = kValues / Groups;
    using Levels = Integers<0, High>;

    explicit AffineBlock(const float* x) : m_x(x)
    {
        float fitted[Groups];
        float offsets[Groups];
        float largest = 0.0f;
        float lowest = 0.0f;
        for (int g = 0; g < Groups; ++g) {
            weigh<kGroup>(x + g * kGroup, m_weights + g * kGroup);
            const Affine fit =
                fitAffine<kGroup, High, true>(x + g * kGroup, m_weights + g * kGroup);
            fitted[g] = fit.scale;
            offsets[g] = fit.offset;
            largest = std::max(largest, fit.scale);
            lowest = std::min(lowest, fit.offset);
        }
        State now;
        now.d = storedHalf(largest / float(ScaleMost));
        now.dmin = storedHalf(-lowest / float(ScaleMost));
        for (int g = 0; g < Groups; ++g) {
            now.scale[g] = nearest(fitted[g] * inverseOf(now.d), 0, ScaleMost);
            now.minimum[g] = nearest(-offsets[g] * inverseOf(now.dmin), 0, ScaleMost);
        }
        improve(now);
    }

    uint16_t d() const { return toHalf(m_best.d); }
    uint16_t dmin() const { return toHalf(m_best.dmin); }
    uint8_t scale(int group) const { return uint8_t(m_best.scale[group]); }
    uint8_t minimum(int group) const { return uint8_t(m_best.minimum[group]); }
    uint8_t code(int i) const
    {
        const int g = i / kGroup;
        const float inverse = inverseOf(m_best.d * float(m_best.scale[g]));
        const float offset = -m_best.dmin * float(m_best.minimum[g]);
        return uint8_t(Levels::code(Levels::level((m_x[i] - offset) * inverse)));
    }

private:
    struct State
    {
        float d = 0; // as stored
        float dmin = 0;
        int scale[Groups] = {};
        int minimum[Groups] = {};
        float error = std::numeric_limits<float>::infinity();
    };

    void improve(State now)
    {
        for (int round = 0; round < kRounds; ++round) {
            now.error = 0.0f;
            for (int g = 0; g < Groups; ++g) {
                now.error += chooseIntegers(now, g);
            }
            if (!(now.error < m_best.error)) {
                return;
            }
            m_best = now;
            chooseHalves(now);
        }
    }

    // The neighbors of the group's integers with the least error, which it returns.
    float chooseIntegers(State& state, int g) const
    {
        const int scale = state.scale[g];
        const int minimum = state.minimum[g];
        float best = std::numeric_limits<float>::infinity();
        for (int s = std::max(scale - 1, 0); s <= std::min(scale + 1, ScaleMost); ++s) {
            for (int m = std::max(minimum - 1, 0); m <= std::min(minimum + 1, ScaleMost); ++m) {
                const float error = bestErrorOf<kGroup, Levels>(m_x + g * kGroup,
                    m_weights + g * kGroup,
                    state.d * float(s),
                    -state.dmin * float(m));
                if (error < best) {
                    best = error;
                    state.scale[g] = s;
                    state.minimum[g] = m;
                }
            }
        }
        return best;
    }

    // Least squares of x ~ d * (scale * code) - dmin * minimum over the whole block.
    void chooseHalves(State& state) const
    {
        double aa = 0; // a = scale * code, b = minimum
        double ab = 0;
        double bb = 0;
        double xa = 0;
        double xb = 0;
        for (int g = 0; g < Groups; ++g) {
            const double scale = state.scale[g];
            const double minimum = state.minimum[g];
            const CodeSums sums = codeSumsOf<kGroup, Levels>(m_x + g * kGroup,
                m_weights + g * kGroup,
                inverseOf(state.d * float(state.scale[g])),
                -state.dmin * float(state.minimum[g]));
            const FixedSums fixed = fixedSumsOf<kGroup>(m_x + g * kGroup, m_weights + g * kGroup);
            aa += scale * scale * sums.wqq;
            ab += scale * minimum * sums.wq;
            bb += minimum * minimum * fixed.w;
            xa += scale * sums.wxq;
            xb += minimum * fixed.wx;
        }
        const double determinant = aa * bb - ab * ab;
        if (determinant > 1e-9 * aa * bb) {
            const double d = (xa * bb - xb * ab) / determinant;
            const double dmin = (xa * ab - xb * aa) / determinant;
            if (d > 0.0 && dmin >= 0.0) {
                state.d = storedHalf(float(d));
                state.dmin = storedHalf(float(dmin));
            }
        } else if (aa > 0.0 && bb == 0.0) {
            state.d = storedHalf(float(xa / aa));
        }
    }

    const float* m_x;
    float m_weights[kValues];
    State m_best;
};

// value = d * scale * level, d and scale of any sign.
template <int Groups, class Levels, int ScaleLeast, int ScaleMost>
class ScaledBlock
{
public:
    static constexpr int kGroup = kValues / Groups;

    explicit ScaledBlock(const float* x) : m_x(x)
    {
        float fitted[Groups];
        float largest = 0.0f;
        for (int g = 0; g < Groups; ++g) {
            weigh<kGroup>(x + g * kGroup, m_weights + g * kGroup);
            fitted[g] = fitScale<kGroup, Levels>(x + g * kGroup, m_weights + g * kGroup);
            largest = std::abs(fitted[g]) > std::abs(largest) ? fitted[g] : largest;
        }
        State now;
        now.d = storedHalf(largest / float(ScaleLeast)); // that end has one step more
        for (int g = 0; g < Groups; ++g) {
            now.scale[g] = nearest(fitted[g] * inverseOf(now.d), ScaleLeast, ScaleMost);
        }
        improve(now);
    }

    uint16_t d() const { return toHalf(m_best.d); }
    int scale(int group) const { return m_best.scale[group]; }
    uint8_t code(int i) const
    {
        const float inverse = inverseOf(m_best.d * float(m_best.scale[i / kGroup]));
        return uint8_t(Levels::code(Levels::level(m_x[i] * inverse)));
    }

private:
    struct State
    {
        float d = 0; // as stored
        int scale[Groups] = {};
        float error = std::numeric_limits<float>::infinity();
    };

    void improve(State now)
    {
        for (int round = 0; round < kRounds; ++round) {
            now.error = 0.0f;
            for (int g = 0; g < Groups; ++g) {
                now.error += chooseInteger(now, g);
            }
            if (!(now.error < m_best.error)) {
                return;
            }
            m_best = now;
            chooseHalf(now);
        }
    }

    float chooseInteger(State& state, int g) const
    {
        const int scale = state.scale[g];
        float best = std::numeric_limits<float>::infinity();
        for (int s = std::max(scale - 1, ScaleLeast); s <= std::min(scale + 1, ScaleMost); ++s) {
            const float error = bestErrorOf<kGroup, Levels>(
                m_x + g * kGroup, m_weights + g * kGroup, state.d * float(s), 0.0f);
            if (error < best) {
                best = error;
                state.scale[g] = s;
            }
        }
        return best;
    }

    void chooseHalf(State& state) const
    {
        double aa = 0; // a = scale * level
        double xa = 0;
        for (int g = 0; g < Groups; ++g) {
            const double scale = state.scale[g];
            const CodeSums sums = codeSumsOf<kGroup, Levels>(m_x + g * kGroup,
                m_weights + g * kGroup,
                inverseOf(state.d * float(state.scale[g])),
                0.0f);
            aa += scale * scale * sums.wqq;
            xa += scale * sums.wxq;
        }
        if (aa > 0.0) {
            state.d = storedHalf(float(xa / aa));
        }
    }

    const float* m_x;
    float m_weights[kValues];
    State m_best;
};

// The 6-bit scales and minimums of 8 groups in 12 bytes (Q4_K, Q5_K).
template <class Block>
void putScalesAndMinimums(const Block& from, uint8_t* bytes)
{
    for (int g = 0; g < 4; ++g) {
        bytes[g] = uint8_t(from.scale(g) | (from.scale(g + 4) >> 4) << 6);
        bytes[g + 4] = uint8_t(from.minimum(g) | (from.minimum(g + 4) >> 4) << 6);
        bytes[g + 8] = uint8_t((from.scale(g + 4) & 15) | (from.minimum(g + 4) & 15) << 4);
    }
}

// Bit pairs of 128 values over 32 bytes, twice (Q2_K, Q3_K).
template <class Block>
void putBitPairs(const Block& from, uint8_t* bytes)
{
    std::memset(bytes, 0, 64);
    for (int i = 0; i < kValues; ++i) {
        uint8_t& byte = bytes[i / 128 * 32 + i % 32];
        byte = uint8_t(byte | (from.code(i) & 3) << (i % 128 / 32 * 2));
    }
}

} // namespace

void encodeQ2_K(const float* x, uint8_t* block)
{
    const AffineBlock<16, 3, 15> fit(x);
    for (int g = 0; g < 16; ++g) {
        block[g] = uint8_t(fit.scale(g) | fit.minimum(g) << 4);
    }
    putBitPairs(fit, block + 16);
    putU16(block + 80, fit.d());
    putU16(block + 82, fit.dmin());
}

void encodeQ3_K(const float* x, uint8_t* block)
{
    const ScaledBlock<16, Integers<-4, 3>, -32, 31> fit(x);
    std::memset(block, 0, 32);
    for (int i = 0; i < kValues; ++i) {
        block[i % 32] = uint8_t(block[i % 32] | fit.code(i) >> 2 << (i / 32));
    }
    putBitPairs(fit, block + 32);
    uint8_t* scales = block + 96;
    std::memset(scales, 0, 12);
    for (int g = 0; g < 16; ++g) {
        const int scale = fit.scale(g) + 32;
        uint8_t& low = scales[g % 8];
        low = uint8_t(low | (scale & 15) << (g / 8 * 4));
        uint8_t& high = scales[8 + g % 4];
        high = uint8_t(high | scale >> 4 << (g / 4 * 2));
    }
    putU16(block + 108, fit.d());
}

void encodeQ4_K(const float* x, uint8_t* block)
{
    const AffineBlock<8, 15, 63> fit(x);
    putU16(block, fit.d());
    putU16(block + 2, fit.dmin());
    putScalesAndMinimums(fit, block + 4);
    for (int i = 0; i < kValues / 2; ++i) {
        const int at = i / 32 * 64 + i % 32;
        block[16 + i] = uint8_t(fit.code(at) | fit.code(at + 32) << 4);
    }
}

void encodeQ5_K(const float* x, uint8_t* block)
{
    const AffineBlock<8, 31, 63> fit(x);
    putU16(block, fit.d());
    putU16(block + 2, fit.dmin());
    putScalesAndMinimums(fit, block + 4);
    std::memset(block + 16, 0, 32);
    for (int i = 0; i < kValues; ++i) {
        block[16 + i % 32] = uint8_t(block[16 + i % 32] | fit.code(i) >> 4 << (i / 32));
    }
    for (int i = 0; i < kValues / 2; ++i) {
        const int at = i / 32 * 64 + i % 32;
        block[48 + i] = uint8_t((fit.code(at) & 15) | (fit.code(at + 32) & 15) << 4);
    }
}

void encodeQ6_K(const float* x, uint8_t* block)
{
    const ScaledBlock<16, Integers<-32, 31>, -128, 127> fit(x);
    std::memset(block, 0, 192);
    for (int i = 0; i < kValues; ++i) {
        const int within = i % 128;
        uint8_t& low = block[i / 128 * 64 + within % 64];
        low = uint8_t(low | (fit.code(i) & 15) << (within / 64 * 4));
        uint8_t& high = block[128 + i / 128 * 32 + within % 32];
        high = uint8_t(high | fit.code(i) >> 4 << (within / 32 * 2));
    }
    for (int g = 0; g < 16; ++g) {
        block[192 + g] = uint8_t(fit.scale(g));
    }
    putU16(block + 208, fit.d());
}

void encodeIq4Xs(const float* x, uint8_t* block)
{
    const ScaledBlock<8, Iq4Levels, -32, 31> fit(x);
    putU16(block, fit.d());
    uint16_t high = 0;
    std::memset(block + 4, 0, 4);
    for (int g = 0; g < 8; ++g) {
        const int scale = fit.scale(g) + 32;
        block[4 + g / 2] = uint8_t(block[4 + g / 2] | (scale & 15) << (g % 2 * 4));
        high = uint16_t(high | scale >> 4 << (g * 2));
        for (int i = 0; i < 16; ++i) {
            block[8 + g * 16 + i] = uint8_t(fit.code(g * 32 + i) | fit.code(g * 32 + 16 + i) << 4);
        }
    }
    putU16(block + 2, high);
}

} // namespace atelier::quantize
