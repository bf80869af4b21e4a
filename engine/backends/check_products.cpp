// SPDX-License-Identifier: MIT
// Cases of mat_mul: every type, one token to many, rows and columns beside the sizes of tiles.
#include "engine/backends/check_support.h"
#include "engine/ops/mat_mul.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace atelier::checks {

namespace {

struct ProductCase
{
    DType type;
    uint32_t in;
    uint32_t out;
    uint32_t tokens;
    bool bias;
    bool exact;
};

// What rounding the activations to int8 can do to one product: each activation moves by at most
// half a step, evenly distributed, so the variance of the result is
//   sum_i weight[i]^2 * step[i]^2 / 12
// with step = (largest of its group) / 127. Backends use groups of 16 to 32 values; 32 is assumed.
// Six standard deviations.
double roundingNoise(const float* x, const float* weight, size_t count)
{
    double variance = 0.0;
    for (size_t first = 0; first < count; first += 32) {
        const size_t end = std::min(count, first + 32);
        double largest = 0.0;
        double squares = 0.0;
        for (size_t i = first; i < end; ++i) {
            largest = std::max(largest, std::fabs(double(x[i])));
            squares += double(weight[i]) * weight[i];
        }
        const double step = largest / 127.0;
        variance += squares * step * step / 12.0;
    }
    return 6.0 * std::sqrt(variance);
}

// F32 sums of `count` products in any order: roundings are independent, so their sum grows with
// the root of their number; four standard deviations of sum |x w| * 2^-24, and a few for decoding
// the weight. The sum may begin with the bias.
double summationNoise(const float* x, const float* weight, size_t count, double bias)
{
    double magnitude = std::fabs(bias);
    for (size_t i = 0; i < count; ++i) {
        magnitude += std::fabs(double(x[i]) * weight[i]);
    }
    return (4.0 * std::sqrt(double(count)) + 8.0) * kRounding * magnitude;
}

CheckOutcome checkMatMul(Backend& backend, const ProductCase& c)
{
    Random random(c.in * 31 + c.out * 7 + c.tokens);
    auto x = GuardedMatrix::create(backend, c.tokens, c.in);
    auto out = GuardedMatrix::create(backend, c.tokens, c.out);
    auto weight = makeWeight(backend, c.type, c.out, c.in, random);
    auto bias = makeWeight(backend, DType::F32, 1, c.out, random);
    if (!x || !out || !weight || !bias) {
        return failed(!x        ? x.error()
                      : !out    ? out.error()
                      : !weight ? weight.error()
                                : bias.error());
    }
    x.value().fill(random);
    if (auto status = x.value().upload(backend); !status) {
        return failed(status.error());
    }
    const MatMulOp op{x.value().activation(),
        weight.value().weight.get(),
        c.bias ? bias.value().weight.get() : nullptr,
        out.value().activation(),
        c.exact};
    const CheckOutcome run = runAndDownload(backend, op, out.value());
    if (!run.problem.empty()) {
        return run;
    }
    std::vector<float> expected(size_t(c.tokens) * c.out);
    const auto input = std::as_const(x.value()).host();
    const auto weights = weight.value().view();
    matMulReference(input,
        weights,
        c.bias ? std::span<const float>(bias.value().values) : std::span<const float>(),
        {expected.data(), c.tokens, c.out, c.out});
    const bool rounds = !c.exact && dtypeInfo(c.type).valuesPerBlock > 1;
    return compare(std::as_const(out.value()).host(),
        {expected.data(), c.tokens, c.out, c.out},
        [&](size_t t, size_t o) {
            const double start = c.bias ? bias.value().values[o] : 0.0;
            double allowed = summationNoise(input.row(t), weights.row(o), c.in, start);
            if (rounds) {
                allowed += roundingNoise(input.row(t), weights.row(o), c.in);
            }
            return allowed;
        });
}

void add(std::vector<CheckCase>& cases, const ProductCase& c)
{
    const std::string operation =
        text("mat_mul ", dtypeInfo(c.type).name, c.exact ? ", exact" : "");
    const std::string name = text("in ",
        c.in,
        ", out ",
        c.out,
        ", ",
        c.tokens,
        c.tokens == 1 ? " token" : " tokens",
        c.bias ? ", bias" : "");
    cases.push_back({operation, name, [c](Backend& b) { return checkMatMul(b, c); }});
}

} // namespace

void addProductCases(std::vector<CheckCase>& cases)
{
    constexpr std::array kTokens{1u, 2u, 3u, 4u, 5u, 6u, 7u, 17u, 64u};
    constexpr std::array kOuts{1u, 2u, 15u, 16u, 17u, 33u, 48u, 100u, 31u};
    constexpr std::array kFloatIns{1u, 3u, 15u, 16u, 17u, 33u, 255u, 256u, 257u, 300u, 544u};
    constexpr std::array kSmallBlocks{1u, 2u, 3u, 7u, 8u, 9u, 16u, 17u};
    constexpr std::array kLargeBlocks{1u, 2u, 3u};
    for (const DType type : {DType::F32,
             DType::F16,
             DType::BF16,
             DType::Q4_0,
             DType::Q4_1,
             DType::Q5_0,
             DType::Q5_1,
             DType::Q8_0,
             DType::Q2_K,
             DType::Q3_K,
             DType::Q4_K,
             DType::Q5_K,
             DType::Q6_K,
             DType::IQ4_NL,
             DType::IQ4_XS}) {
        const uint32_t block = dtypeInfo(type).valuesPerBlock;
        std::vector<uint32_t> ins;
        if (block == 1) {
            ins.assign(kFloatIns.begin(), kFloatIns.end());
        } else if (block == 32) {
            ins.assign(kSmallBlocks.begin(), kSmallBlocks.end());
        } else {
            ins.assign(kLargeBlocks.begin(), kLargeBlocks.end());
        }
        // Every number of tokens with changing other sizes, so that all pairs that matter occur.
        for (size_t i = 0; i < kTokens.size(); ++i) {
            for (size_t j = 0; j < 3; ++j) {
                const uint32_t in = ins[(i * 3 + j) % ins.size()] * block;
                const uint32_t out = kOuts[(i + 4 * j) % kOuts.size()];
                add(cases, {type, in, out, kTokens[i], (i + j) % 2 == 0, false});
                if (block > 1 && j == 0) {
                    add(cases, {type, in, out, kTokens[i], i % 2 == 0, true});
                }
            }
        }
        add(cases, {type, 2048, 272, 1, false, false}); // several pieces of work per thread
        add(cases, {type, 2048, 272, 40, true, false});
    }
    // More tokens than a backend likes to hold at a time.
    add(cases, {DType::Q4_K, 512, 17, 1100, false, false});
    add(cases, {DType::F16, 96, 17, 1100, true, false});
}

} // namespace atelier::checks
