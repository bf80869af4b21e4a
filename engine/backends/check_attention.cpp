// SPDX-License-Identifier: MIT
// Cases of kv_write and attention: the cache is written in two uneven parts, then read.
#include "engine/backends/check_support.h"
#include "engine/ops/attention.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace atelier::checks {

namespace {

struct AttentionCase
{
    KvType type;
    uint32_t heads;
    uint32_t kvHeads;
    uint32_t headDim;
    uint32_t firstSlot; // tokens before this batch
    uint32_t tokens;
};

const char* typeName(KvType type)
{
    switch (type) {
    case KvType::F32:
        return "F32";
    case KvType::F16:
        return "F16";
    case KvType::Q8_0:
        return "Q8_0";
    }
    return "?";
}

// Rows [first, first + count) of `all` into the cache of layer 1.
Status writeRows(Backend& backend,
    KvStore& kv,
    const GuardedMatrix& k,
    const GuardedMatrix& v,
    uint32_t first,
    uint32_t count)
{
    if (count == 0) {
        return Done{};
    }
    Activation keys = k.activation().row(first);
    Activation values = v.activation().row(first);
    keys.rows = count;
    values.rows = count;
    const Op op = KvWriteOp{keys, values, &kv, 1, first};
    return backend.run({&op, 1}, {});
}

std::vector<float> rounded(const GuardedMatrix& matrix, const AttentionCase& c)
{
    const auto host = matrix.host();
    std::vector<float> values;
    for (size_t r = 0; r < host.rows; ++r) {
        values.insert(values.end(), host.row(r), host.row(r) + host.cols);
    }
    for (size_t at = 0; at < values.size(); at += c.headDim) {
        kvRoundTrip(c.type, std::span(values).subspan(at, c.headDim));
    }
    return values;
}

// How far one output may be off: scores are sums of headDim products; a weight exp(score) is off by
// the score's error and its own roundings; the output is a mean of values with such weights.
double tolerance(const AttentionCase& c,
    const float* query,
    MatrixView<const float> keys,
    MatrixView<const float> values,
    size_t column,
    size_t seen,
    float scale)
{
    double score = 0.0;
    double value = 0.0;
    for (size_t s = 0; s < seen; ++s) {
        double magnitude = 0.0;
        for (size_t d = 0; d < c.headDim; ++d) {
            magnitude += std::fabs(double(query[d]) * keys.row(s)[column + d]);
            value = std::max(value, std::fabs(double(values.row(s)[column + d])));
        }
        score = std::max(score, magnitude * scale);
    }
    const double ofScore = (4.0 * std::sqrt(double(c.headDim)) + 4.0) * kRounding * score;
    const double ofSum = (4.0 * std::sqrt(double(seen)) + 12.0) * kRounding;
    return 2.0 * value * (ofScore + ofSum) + 1e-30;
}

CheckOutcome checkAttention(Backend& backend, const AttentionCase& c)
{
    Random random(c.heads * 131 + c.headDim * 7 + c.firstSlot + c.tokens);
    const uint32_t slots = c.firstSlot + c.tokens;
    auto kv = backend.createKv({2, c.kvHeads, c.headDim, slots + 3, c.type});
    auto k = GuardedMatrix::create(backend, slots, c.kvHeads * c.headDim);
    auto v = GuardedMatrix::create(backend, slots, c.kvHeads * c.headDim);
    auto q = GuardedMatrix::create(backend, c.tokens, c.heads * c.headDim);
    auto out = GuardedMatrix::create(backend, c.tokens, c.heads * c.headDim);
    if (!kv || !k || !v || !q || !out) {
        return failed(!kv  ? kv.error()
                      : !k ? k.error()
                      : !v ? v.error()
                      : !q ? q.error()
                           : out.error());
    }
    for (GuardedMatrix* matrix : {&k.value(), &v.value(), &q.value()}) {
        matrix->fill(random);
        if (auto status = matrix->upload(backend); !status) {
            return failed(status.error());
        }
    }
    // Two parts, the second one over slots that held something else before.
    KvStore& cache = *kv.value();
    const uint32_t half = slots / 2;
    for (const auto& [first, count] :
        {std::pair(half, slots - half), std::pair(0u, half), std::pair(half, slots - half)}) {
        if (auto status = writeRows(backend, cache, k.value(), v.value(), first, count); !status) {
            return failed(status.error());
        }
    }
    const float scale = 1.0f / std::sqrt(float(c.headDim));
    const AttentionOp op{
        q.value().activation(), &cache, 1, c.heads, c.firstSlot, scale, out.value().activation()};
    const CheckOutcome run = runAndDownload(backend, op, out.value());
    if (!run.problem.empty()) {
        return run;
    }
    const std::vector<float> keyValues = rounded(k.value(), c);
    const std::vector<float> valueValues = rounded(v.value(), c);
    const size_t rowSize = size_t(c.kvHeads) * c.headDim;
    const MatrixView<const float> keys{keyValues.data(), slots, rowSize, rowSize};
    const MatrixView<const float> values{valueValues.data(), slots, rowSize, rowSize};
    const auto queries = std::as_const(q.value()).host();
    std::vector<float> expected(size_t(c.tokens) * c.heads * c.headDim);
    const MatrixView<float> view{
        expected.data(), c.tokens, size_t(c.heads) * c.headDim, size_t(c.heads) * c.headDim};
    attentionReference(queries, keys, values, c.heads, c.kvHeads, c.firstSlot, scale, view);

    std::vector<double> allowed(size_t(c.tokens) * c.heads);
    for (size_t t = 0; t < c.tokens; ++t) {
        for (size_t h = 0; h < c.heads; ++h) {
            allowed[t * c.heads + h] = tolerance(c,
                queries.row(t) + h * c.headDim,
                keys,
                values,
                h / (c.heads / c.kvHeads) * c.headDim,
                c.firstSlot + t + 1,
                scale);
        }
    }
    return compare(std::as_const(out.value()).host(),
        {view.data, view.rows, view.cols, view.cols},
        [&](size_t t, size_t i) { return allowed[t * c.heads + i / c.headDim]; });
}

void add(std::vector<CheckCase>& cases, const AttentionCase& c)
{
    const std::string operation = text("attention ", typeName(c.type));
    const std::string name = text(c.heads,
        ':',
        c.kvHeads,
        " heads of ",
        c.headDim,
        ", ",
        c.firstSlot,
        " tokens before, ",
        c.tokens,
        " new");
    cases.push_back({operation, name, [c](Backend& b) { return checkAttention(b, c); }});
}

} // namespace

void addAttentionCases(std::vector<CheckCase>& cases)
{
    struct Heads
    {
        uint32_t query;
        uint32_t kv;
        uint32_t dim;
    };
    constexpr std::array kHeads{Heads{32, 2, 128},
        Heads{48, 2, 128},
        Heads{48, 8, 128},
        Heads{4, 4, 64},
        Heads{4, 1, 80},
        Heads{6, 2, 20},
        Heads{130, 1, 32}};
    struct Slots
    {
        uint32_t before;
        uint32_t tokens;
    };
    constexpr std::array kSlots{Slots{0, 1},
        Slots{0, 2},
        Slots{14, 1},
        Slots{15, 1},
        Slots{15, 2},
        Slots{16, 3},
        Slots{62, 1},
        Slots{63, 2},
        Slots{64, 5},
        Slots{100, 17},
        Slots{0, 65},
        Slots{255, 1},
        Slots{256, 1},
        Slots{600, 3},
        Slots{1023, 1}};
    for (const KvType type : {KvType::F32, KvType::F16, KvType::Q8_0}) {
        for (size_t i = 0; i < kSlots.size(); ++i) {
            for (size_t j = 0; j < 3; ++j) {
                const Heads& heads = kHeads[(i + 2 * j) % kHeads.size()];
                add(cases,
                    {type, heads.query, heads.kv, heads.dim, kSlots[i].before, kSlots[i].tokens});
            }
        }
        add(cases, {type, 16, 1, 128, 3000, 1});
    }
}

} // namespace atelier::checks
