// SPDX-License-Identifier: MIT
// Cases of the operations that work row by row: embed, rms_norm, add, swiglu, rope.
#include "engine/backends/check_support.h"
#include "engine/ops/add.h"
#include "engine/ops/embed.h"
#include "engine/ops/rms_norm.h"
#include "engine/ops/rope.h"
#include "engine/ops/swiglu.h"

#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace atelier::checks {

namespace {

constexpr std::array kTypes{DType::F32,
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
    DType::IQ4_XS};

// A matrix of activations and a copy of what it started as.
struct Input
{
    GuardedMatrix matrix;
    std::vector<float> before;

    MatrixView<float> view()
    {
        const auto host = matrix.host();
        return {before.data(), host.rows, host.cols, host.cols};
    }
};

Result<Input> makeInput(Backend& backend, uint32_t rows, uint32_t cols, Random& random)
{
    auto matrix = GuardedMatrix::create(backend, rows, cols);
    if (!matrix) {
        return matrix.error();
    }
    Input input{matrix.take(), {}};
    input.matrix.fill(random);
    if (auto status = input.matrix.upload(backend); !status) {
        return status.error();
    }
    for (size_t r = 0; r < rows; ++r) {
        const float* row = input.matrix.host().row(r);
        input.before.insert(input.before.end(), row, row + cols);
    }
    return input;
}

CheckOutcome checkEmbed(Backend& backend, DType type, uint32_t cols, uint32_t tokens)
{
    constexpr uint32_t kVocabulary = 7;
    Random random(cols + tokens);
    auto table = makeWeight(backend, type, kVocabulary, cols, random);
    auto out = GuardedMatrix::create(backend, tokens, cols);
    if (!table || !out) {
        return failed(!table ? table.error() : out.error());
    }
    std::vector<int32_t> ids(tokens);
    for (int32_t& id : ids) {
        id = int32_t(random.bits() % kVocabulary);
    }
    ids.back() = kVocabulary - 1;
    const EmbedOp op{table.value().weight.get(), ids, out.value().activation()};
    const CheckOutcome run = runAndDownload(backend, op, out.value());
    if (!run.problem.empty()) {
        return run;
    }
    std::vector<float> expected(size_t(tokens) * cols);
    const MatrixView<float> view{expected.data(), tokens, cols, cols};
    embedReference(table.value().view(), ids, view);
    // Scale, product and offset each round once, in whatever order.
    return compare(std::as_const(out.value()).host(),
        {expected.data(), tokens, cols, cols},
        [&](size_t t, size_t i) { return 3 * kRounding * (std::fabs(view.row(t)[i]) + 1.0); });
}

CheckOutcome checkRmsNorm(Backend& backend, uint32_t cols, uint32_t tokens, bool accumulate)
{
    Random random(cols * 3 + tokens);
    auto x = makeInput(backend, tokens, cols, random);
    auto out = makeInput(backend, tokens, cols, random);
    auto weight = makeWeight(backend, DType::F32, 1, cols, random);
    if (!x || !out || !weight) {
        return failed(!x ? x.error() : !out ? out.error() : weight.error());
    }
    constexpr float kEpsilon = 1e-5f;
    const RmsNormOp op{x.value().matrix.activation(),
        weight.value().weight.get(),
        kEpsilon,
        out.value().matrix.activation(),
        accumulate};
    const CheckOutcome run = runAndDownload(backend, op, out.value().matrix);
    if (!run.problem.empty()) {
        return run;
    }
    const std::vector<float> start = out.value().before;
    const MatrixView<float> expected = out.value().view();
    const auto input = x.value().view();
    rmsNormReference(
        {input.data, tokens, cols, cols}, weight.value().values, kEpsilon, accumulate, expected);
    // The sum of squares: at most cols roundings of positive terms, of which the square root keeps
    // half; then a handful for the quotient and the products, and one for the addition.
    const double relative = (cols / 2.0 + 6.0) * kRounding;
    return compare(std::as_const(out.value().matrix).host(),
        {expected.data, tokens, cols, cols},
        [&](size_t t, size_t i) {
            const double before = accumulate ? std::fabs(start[t * cols + i]) : 0.0;
            return relative * (std::fabs(expected.row(t)[i]) + before) + 1e-30;
        });
}

CheckOutcome checkAdd(Backend& backend, uint32_t cols, uint32_t tokens)
{
    Random random(cols * 5 + tokens);
    auto x = makeInput(backend, tokens, cols, random);
    auto out = makeInput(backend, tokens, cols, random);
    if (!x || !out) {
        return failed(!x ? x.error() : out.error());
    }
    const AddOp op{x.value().matrix.activation(), out.value().matrix.activation()};
    const CheckOutcome run = runAndDownload(backend, op, out.value().matrix);
    if (!run.problem.empty()) {
        return run;
    }
    const auto input = x.value().view();
    const auto expected = out.value().view();
    addReference({input.data, tokens, cols, cols}, expected);
    return compare(std::as_const(out.value().matrix).host(),
        {expected.data, tokens, cols, cols},
        [](size_t, size_t) { return 1e-30; }); // one rounding, the same everywhere
}

CheckOutcome checkSwiGlu(Backend& backend, uint32_t cols, uint32_t tokens)
{
    Random random(cols * 7 + tokens);
    auto gateUp = makeInput(backend, tokens, 2 * cols, random);
    auto out = makeInput(backend, tokens, cols, random);
    if (!gateUp || !out) {
        return failed(!gateUp ? gateUp.error() : out.error());
    }
    // Where an exponential overflows, vanishes or is one.
    constexpr std::array kGates{0.0f, -0.0f, 100.0f, -100.0f, 87.5f, -87.5f, -86.9f, 1e-6f, -30.0f};
    const auto input = gateUp.value().view();
    for (size_t i = 0; i < std::min<size_t>(cols, kGates.size()); ++i) {
        input.row(tokens - 1)[cols - 1 - i] = kGates[i];
        gateUp.value().matrix.host().row(tokens - 1)[cols - 1 - i] = kGates[i];
    }
    if (auto status = gateUp.value().matrix.upload(backend); !status) {
        return failed(status.error());
    }
    const SwiGluOp op{gateUp.value().matrix.activation(), out.value().matrix.activation()};
    const CheckOutcome run = runAndDownload(backend, op, out.value().matrix);
    if (!run.problem.empty()) {
        return run;
    }
    const auto expected = out.value().view();
    swiGluReference({input.data, tokens, 2 * cols, 2 * cols}, expected);
    // Four for the exponential, one each for the sum, the quotient and the product. Gates below -80
    // may come out as zero: |gate| exp(-80) |up| is 2e-33 at most here.
    return compare(std::as_const(out.value().matrix).host(),
        {expected.data, tokens, cols, cols},
        [&](size_t t, size_t i) { return 7 * kRounding * std::fabs(expected.row(t)[i]) + 1e-31; });
}

struct RopeCase
{
    const char* name;
    uint32_t heads;
    uint32_t headDim;
    uint32_t pairs;
    RopePairing pairing;
    uint32_t tokens;
    int32_t firstPosition;
    float magnitude;
};

CheckOutcome checkRope(Backend& backend, const RopeCase& c)
{
    Random random(c.headDim + c.tokens);
    auto x = makeInput(backend, c.tokens, c.heads * c.headDim, random);
    if (!x) {
        return failed(x.error());
    }
    std::vector<int32_t> positions(c.tokens);
    for (uint32_t t = 0; t < c.tokens; ++t) {
        positions[t] = c.firstPosition + int32_t(t);
    }
    std::vector<float> frequencies(c.pairs);
    for (uint32_t j = 0; j < c.pairs; ++j) {
        frequencies[j] = float(std::pow(10000.0, -double(j) / c.pairs));
    }
    const RopeOp op{x.value().matrix.activation(),
        c.heads,
        c.headDim,
        c.pairing,
        positions,
        frequencies,
        c.magnitude};
    const CheckOutcome run = runAndDownload(backend, op, x.value().matrix);
    if (!run.problem.empty()) {
        return run;
    }
    const std::vector<float> before = x.value().before;
    const auto expected = x.value().view();
    ropeReference(expected, c.heads, c.headDim, c.pairing, positions, frequencies, c.magnitude);
    // Cosine and sine in F32, two products, one sum: of the larger of both partners. Partners are
    // at most headDim apart in the same head.
    return compare(std::as_const(x.value().matrix).host(),
        {expected.data, expected.rows, expected.cols, expected.cols},
        [&](size_t t, size_t i) {
            const size_t head = i / c.headDim * c.headDim;
            double largest = 0.0;
            for (size_t d = 0; d < c.headDim; ++d) {
                largest =
                    std::max<double>(largest, std::fabs(before[t * expected.cols + head + d]));
            }
            return i - head < 2 * c.pairs ? 6 * kRounding * c.magnitude * largest : 1e-30;
        });
}

std::string sizeName(uint32_t cols, uint32_t tokens)
{
    return text(cols, " values, ", tokens, tokens == 1 ? " token" : " tokens");
}

} // namespace

void addRowCases(std::vector<CheckCase>& cases)
{
    for (const DType type : kTypes) {
        const uint32_t block = dtypeInfo(type).valuesPerBlock;
        for (const uint32_t blocks : {1u, 3u, 17u}) {
            const uint32_t cols = blocks * block;
            const std::string operation = text("embed ", dtypeInfo(type).name);
            cases.push_back({operation, sizeName(cols, 3), [=](Backend& b) {
                                 return checkEmbed(b, type, cols, 3);
                             }});
        }
    }
    // One less, equal and one more than the widths that kernels like.
    for (const uint32_t cols :
        {1u, 2u, 3u, 7u, 8u, 9u, 15u, 16u, 17u, 31u, 32u, 33u, 255u, 4096u}) {
        for (const uint32_t tokens : {1u, 3u, 40u}) {
            const std::string name = sizeName(cols, tokens);
            for (const bool accumulate : {false, true}) {
                cases.push_back({accumulate ? "rms_norm, added" : "rms_norm",
                    name,
                    [=](Backend& b) { return checkRmsNorm(b, cols, tokens, accumulate); }});
            }
            cases.push_back({"add", name, [=](Backend& b) { return checkAdd(b, cols, tokens); }});
            cases.push_back(
                {"swiglu", name, [=](Backend& b) { return checkSwiGlu(b, cols, tokens); }});
        }
    }
    const std::array ropes{
        RopeCase{"half of the head, adjacent", 4, 64, 16, RopePairing::Adjacent, 3, 0, 1.0f},
        RopeCase{"half of the head, halves", 4, 64, 16, RopePairing::Halves, 3, 7, 1.0f},
        RopeCase{"whole head, halves", 3, 128, 64, RopePairing::Halves, 5, 1000, 1.0f},
        RopeCase{"far away, YaRN", 2, 128, 32, RopePairing::Adjacent, 2, 131070, 1.1386294f},
        RopeCase{"odd head", 5, 6, 2, RopePairing::Adjacent, 17, 3, 1.0f},
        RopeCase{"one pair", 1, 2, 1, RopePairing::Adjacent, 1, 1, 1.0f},
        RopeCase{"many tokens", 32, 128, 32, RopePairing::Adjacent, 64, 500, 1.0f},
    };
    for (const RopeCase& rope : ropes) {
        cases.push_back({"rope", rope.name, [=](Backend& b) { return checkRope(b, rope); }});
    }
}

} // namespace atelier::checks
