// SPDX-License-Identifier: MIT
#include "engine/backends/cuda/supports_cuda.h"

#include "engine/backends/cuda/kernels_cuda.h"
#include "engine/backends/cuda/objects_cuda.h"

#include <algorithm>

namespace atelier {

namespace {

constexpr uint32_t kMaxTokens = 32'767;  // blocks side by side in y, two for each token
constexpr uint32_t kMaxWidth = 1u << 30; // columns are counted in 32 bits

bool valid(const Activation& a)
{
    if (a.buffer == nullptr || a.rows == 0 || a.cols == 0 || a.rows > kMaxTokens ||
        a.cols > kMaxWidth || (a.rows > 1 && a.stride < a.cols)) {
        return false;
    }
    const size_t elements = a.buffer->bytes() / sizeof(float);
    const size_t rest = a.rows - 1; // rows after the first
    return a.offset <= elements && a.cols <= elements - a.offset &&
           (rest == 0 || a.stride <= (elements - a.offset - a.cols) / rest);
}

bool isVector(const Weight* weight, uint32_t cols) // a norm or a bias
{
    return weight != nullptr && weight->rows() == 1 && weight->cols() == cols;
}

bool fits(const KvStore* kv, uint32_t layer, uint32_t firstSlot, uint32_t tokens)
{
    return kv != nullptr && layer < kv->shape().layers && firstSlot <= kv->shape().slots &&
           tokens <= kv->shape().slots - firstSlot;
}

bool answer(const EmbedOp& op)
{
    const auto inTable = [&](int32_t token) {
        return token >= 0 && uint32_t(token) < op.table->rows();
    };
    return op.table != nullptr && valid(op.out) && op.out.rows == op.tokens.size() &&
           op.out.cols == op.table->cols() && std::ranges::all_of(op.tokens, inTable);
}

bool answer(const RmsNormOp& op)
{
    return valid(op.x) && valid(op.out) && op.x.rows == op.out.rows && op.x.cols == op.out.cols &&
           isVector(op.weight, op.x.cols) && op.epsilon > 0.0f;
}

bool answer(const AddOp& op)
{
    return valid(op.x) && valid(op.out) && op.x.rows == op.out.rows && op.x.cols == op.out.cols;
}

bool answer(const MatMulOp& op)
{
    return op.weight != nullptr && valid(op.x) && valid(op.out) && op.x.rows == op.out.rows &&
           op.x.cols == op.weight->cols() && op.out.cols == op.weight->rows() &&
           (op.bias == nullptr || isVector(op.bias, op.out.cols));
}

bool answer(const RopeOp& op)
{
    return valid(op.x) && op.positions.size() == op.x.rows &&
           size_t(op.heads) * op.headDim == op.x.cols && !op.frequencies.empty() &&
           2 * op.frequencies.size() <= op.headDim;
}

bool answer(const KvWriteOp& op)
{
    if (!valid(op.k) || !valid(op.v) || op.k.rows != op.v.rows ||
        !fits(op.kv, op.layer, op.firstSlot, op.k.rows)) {
        return false;
    }
    const size_t cols = size_t(op.kv->shape().heads) * op.kv->shape().headDim;
    return op.k.cols == cols && op.v.cols == cols;
}

bool answer(const AttentionOp& op)
{
    if (!valid(op.q) || !valid(op.out) || op.q.rows != op.out.rows || op.q.cols != op.out.cols ||
        !fits(op.kv, op.layer, op.firstSlot, op.q.rows)) {
        return false;
    }
    const KvShape& shape = op.kv->shape();
    return op.heads > 0 && op.heads % shape.heads == 0 &&
           op.q.cols == size_t(op.heads) * shape.headDim && shape.headDim <= cuda::kMaxHeadDim;
}

bool answer(const SwiGluOp& op)
{
    return valid(op.gateUp) && valid(op.out) && op.gateUp.rows == op.out.rows &&
           op.gateUp.cols == 2 * op.out.cols;
}

} // namespace

// No default branch: a new Op does not compile until it is decided about here.
bool supportsOnCuda(const Op& op)
{
    return std::visit([](const auto& concrete) { return answer(concrete); }, op);
}

} // namespace atelier
