// SPDX-License-Identifier: MIT
// Norms, gates and the exponential function. Included by kernels_<isa>.cpp only.
#pragma once

#include "engine/backends/cpu/kernels.h"

#include <cstring>
#include <math.h>

namespace atelier {
namespace {

// exp(x) to about one unit in the last place; 0 below -87, exp(88) above 88.
//   exp(x) = 2^n * exp(r),  n = round(x / ln 2),  |r| <= ln(2) / 2
// ln 2 is subtracted in two parts, so that r is exact. The polynomial is the Taylor series to r^7:
// its first dropped term is 0.347^8 / 8! < 6e-9, a tenth of the rounding of the result.
template <class P>
inline typename P::F exponential(typename P::F x)
{
    const auto clamped = P::min(P::max(x, P::set(-87.0f)), P::set(88.0f));
    const auto n = P::toInt(P::mul(clamped, P::set(1.44269504f)));
    const auto steps = P::toFloat(n);
    auto r = P::fma(steps, P::set(-0.693145751953125f), clamped); // 15 bits of ln 2: exact products
    r = P::fma(steps, P::set(-1.42860682e-6f), r);
    auto p = P::set(1.0f / 5040.0f);
    p = P::fma(p, r, P::set(1.0f / 720.0f));
    p = P::fma(p, r, P::set(1.0f / 120.0f));
    p = P::fma(p, r, P::set(1.0f / 24.0f));
    p = P::fma(p, r, P::set(1.0f / 6.0f));
    p = P::fma(p, r, P::set(0.5f));
    p = P::fma(P::mul(p, r), r, r); // exp(r) - 1
    const auto scale = P::powerOfTwo(n);
    return P::fma(p, scale, scale);
}

// Calls use(index) for each whole 16 of `count`, then once for what is left, through copies.
template <class P, class Compute>
inline void forSixteens(const float* a, const float* b, size_t count, float* out, Compute compute)
{
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        P::store(out + i, compute(P::load(a + i), P::load(b + i), P::load(out + i)));
    }
    if (i < count) {
        const size_t bytes = (count - i) * sizeof(float);
        alignas(64) float rest[3][16] = {};
        std::memcpy(rest[0], a + i, bytes);
        std::memcpy(rest[1], b + i, bytes);
        std::memcpy(rest[2], out + i, bytes);
        P::store(rest[2], compute(P::load(rest[0]), P::load(rest[1]), P::load(rest[2])));
        std::memcpy(out + i, rest[2], bytes);
    }
}

template <class P>
void rmsNormRow(
    const float* x, const float* weight, size_t count, float epsilon, bool accumulate, float* out)
{
    auto sum = P::zero();
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const auto v = P::load(x + i);
        sum = P::fma(v, v, sum);
    }
    double squares = P::sum(sum);
    for (; i < count; ++i) {
        squares += double(x[i]) * x[i];
    }
    const auto scale = P::set(float(1.0 / sqrt(squares / double(count) + double(epsilon))));
    using F = typename P::F;
    if (accumulate) {
        forSixteens<P>(x, weight, count, out, [&](F v, F w, F before) {
            return P::fma(P::mul(v, scale), w, before);
        });
    } else {
        forSixteens<P>(
            x, weight, count, out, [&](F v, F w, F) { return P::mul(P::mul(v, scale), w); });
    }
}

template <class P>
void addRow(const float* x, size_t count, float* out)
{
    using F = typename P::F;
    forSixteens<P>(x, x, count, out, [](F v, F, F before) { return P::add(before, v); });
}

template <class P>
void narrowRow(const float* x, size_t count, uint16_t* out)
{
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        P::storeHalf(out + i, P::load(x + i));
    }
    if (i < count) {
        alignas(64) float rest[16] = {};
        uint16_t halves[16];
        std::memcpy(rest, x + i, (count - i) * sizeof(float));
        P::storeHalf(halves, P::load(rest));
        std::memcpy(out + i, halves, (count - i) * sizeof(uint16_t));
    }
}

// silu(gate) * up. For gate < -87 the quotient is about gate * exp(-87), as good as zero.
template <class P>
void swiGluRow(const float* gate, const float* up, size_t count, float* out)
{
    using F = typename P::F;
    forSixteens<P>(gate, up, count, out, [](F g, F u, F) {
        const F e = exponential<P>(P::sub(P::zero(), g));
        return P::mul(P::div(g, P::add(P::set(1.0f), e)), u);
    });
}

} // namespace
} // namespace atelier
