// SPDX-License-Identifier: MIT
#include "engine/backends/vulkan/supports_vulkan.h"

#include "engine/backends/vulkan/objects_vulkan.h"
#include "engine/backends/vulkan/pipelines_vulkan.h"

namespace atelier {

namespace {

constexpr uint32_t kMaxRows = 65'535; // workgroups side by side that every device allows
constexpr uint32_t kMaxHeadDim = 256; // attention.comp

// Shaders count elements in 32 bits.
bool fits(const Activation& a)
{
    return a.rows > 0 && a.rows <= kMaxRows &&
           a.offset + uint64_t(a.rows) * a.stride <= uint64_t(UINT32_MAX);
}

bool isVector(const Weight* weight) // a norm or a bias
{
    return weight != nullptr && weight->rows() == 1 &&
           static_cast<const WeightVulkan&>(*weight).stored() == DType::F32;
}

bool fits(const KvShape& shape)
{
    const bool paired = shape.type != KvType::F16 || shape.heads * shape.headDim % 2 == 0;
    return paired && KvStoreVulkan::layerBytes(shape) / 4 <= uint64_t(UINT32_MAX);
}

bool answer(const EmbedOp& op)
{
    return fits(op.out) && op.tokens.size() == op.out.rows && op.table->cols() == op.out.cols;
}

bool answer(const RmsNormOp& op)
{
    return fits(op.x) && fits(op.out) && isVector(op.weight) && op.weight->cols() == op.x.cols;
}

bool answer(const AddOp& op)
{
    return fits(op.x) && fits(op.out);
}

bool answer(const MatMulOp& op)
{
    return fits(op.x) && fits(op.out) && op.weight->cols() == op.x.cols &&
           op.weight->rows() == op.out.cols && (op.bias == nullptr || isVector(op.bias));
}

bool answer(const RopeOp& op)
{
    return fits(op.x) && op.positions.size() == op.x.rows &&
           2 * op.frequencies.size() <= op.headDim;
}

bool answer(const KvWriteOp& op)
{
    return fits(op.k) && fits(op.v) && fits(op.kv->shape());
}

bool answer(const AttentionOp& op)
{
    const KvShape& shape = op.kv->shape();
    return fits(op.q) && fits(op.out) && fits(shape) && shape.headDim <= kMaxHeadDim &&
           op.heads % shape.heads == 0 && op.heads <= kMaxRows;
}

bool answer(const SwiGluOp& op)
{
    return fits(op.gateUp) && fits(op.out);
}

} // namespace

DType storedType(const WeightSource& source)
{
    const bool native = source.rows > 1 && hasShader(shaderName("mat_mul", source.type));
    return native ? source.type : DType::F32;
}

// No default branch: a new Op does not compile until it is decided about here.
bool supportsOnVulkan(const Op& op)
{
    return std::visit([](const auto& o) { return answer(o); }, op);
}

} // namespace atelier
