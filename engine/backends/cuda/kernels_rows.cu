// SPDX-License-Identifier: MIT
// Kernels of operations that work row by row: embed, rms_norm, add, swiglu, rope, kv_write, and
// the preparation of activations.
#include "engine/backends/cuda/formats.cuh"
#include "engine/backends/cuda/kernels_cuda.h"

namespace atelier::cuda {

namespace {

constexpr uint32_t kThreads = 256;
constexpr uint32_t kWarps = kThreads / 32;

uint32_t divideUp(uint32_t a, uint32_t b)
{
    return (a + b - 1) / b;
}

// Rounds 32 neighboring values, one in each thread of a warp, to int8, with a scale for each half:
// the same rounding for one token and for many. All 32 threads must call.
__device__ __forceinline__ void roundBlock(
    const RoundedRows& out, size_t block, uint32_t lane, float value)
{
    float largest = fabsf(value);
    for (int mask = 8; mask > 0; mask /= 2) { // within each half
        largest = fmaxf(largest, shuffleXor(largest, mask));
    }
    const float inverse = largest > 0.0f ? 127.0f / largest : 0.0f;
    const float steps = rintf(value * inverse);
    // Also infinite and undefined activations end as some int8.
    const int q = steps >= -127.0f ? int(fminf(steps, 127.0f)) : (steps < 0.0f ? -127 : 0);
    int sum = q;
    for (int mask = 8; mask > 0; mask /= 2) {
        sum += shuffleXor(sum, mask);
    }
    const float scale = largest / 127.0f;
    const float otherScale = shuffleXor(scale, 16);
    const int otherSum = shuffleXor(sum, 16);
    out.q[block * 32 + lane] = int8_t(q);
    if (lane == 0) {
        out.blocks[block] = {{scale, otherScale}, {int16_t(sum), int16_t(otherSum)}, 0};
    }
}

// One thread decodes one block of 32 values.
template <Stored S>
__global__ void __launch_bounds__(kThreads)
    embedKernel(WeightPlanes table, const int32_t* tokens, Rows out, uint32_t cols)
{
    const uint32_t block = blockIdx.x * kThreads + threadIdx.x;
    if (block >= table.blocks) {
        return;
    }
    float values[32];
    decodeValues<S>(table, size_t(tokens[blockIdx.y]) * table.blocks + block, values);
    float* row = out.data + blockIdx.y * out.stride;
#pragma unroll
    for (uint32_t i = 0; i < 32; ++i) {
        if (block * 32 + i < cols) {
            row[block * 32 + i] = values[i];
        }
    }
}

template <Stored S>
struct Embed
{
    static void run(LaunchList& list,
        const WeightPlanes& table,
        const int32_t* tokens,
        uint32_t count,
        uint32_t cols,
        const Rows& out)
    {
        const double work = double(count) * cols;
        list.add(embedKernel<S>,
            {divideUp(table.blocks, kThreads), count, kThreads, 0, work},
            table,
            tokens,
            out,
            cols);
    }
};

// One block of threads for one row.
__global__ void __launch_bounds__(kThreads) normKernel(NormCall call)
{
    using Sums = float[kWarps];
    ATELIER_BLOCK_VARIABLE(Sums, sums);
    const uint32_t lane = threadIdx.x % 32;
    const float* x = call.x.data + blockIdx.x * call.x.stride;
    float* out = call.out.data + blockIdx.x * call.out.stride;
    float squares = 0.0f;
    for (uint32_t i = threadIdx.x; i < call.cols; i += kThreads) {
        squares += x[i] * x[i];
    }
    squares = warpSum(squares);
    if (lane == 0) {
        sums[threadIdx.x / 32] = squares;
    }
    blockBarrier();
    float total = 0.0f;
    for (uint32_t warp = 0; warp < kWarps; ++warp) {
        total += sums[warp];
    }
    const float scale = 1.0f / sqrtf(total / float(call.cols) + call.epsilon);
    // `out` may be `x`: each thread reads an element before it writes it.
    for (uint32_t first = 0; first < call.cols; first += kThreads) {
        const uint32_t i = first + threadIdx.x;
        float y = 0.0f;
        if (i < call.cols) {
            y = x[i] * scale * call.weight[i];
            y = call.accumulate != 0 ? out[i] + y : y;
            out[i] = y;
        }
        // Columns come in whole blocks here, so a warp is inside or outside as a whole.
        if (call.rounded.q != nullptr && i < call.cols) {
            roundBlock(call.rounded, blockIdx.x * size_t(call.cols / 32) + i / 32, lane, y);
        }
    }
}

__global__ void __launch_bounds__(kThreads) addKernel(ConstRows x, Rows out, uint32_t cols)
{
    const uint32_t i = blockIdx.x * kThreads + threadIdx.x;
    if (i < cols) {
        out.data[blockIdx.y * out.stride + i] += x.data[blockIdx.y * x.stride + i];
    }
}

__global__ void __launch_bounds__(kThreads)
    swiGluKernel(ConstRows gateUp, Rows out, RoundedRows rounded, uint32_t cols)
{
    const uint32_t i = blockIdx.x * kThreads + threadIdx.x;
    if (i >= cols) {
        return; // whole warps where rows are rounded
    }
    const float* row = gateUp.data + blockIdx.y * gateUp.stride;
    const float gate = row[i];
    const float y = gate / (1.0f + expf(-gate)) * row[cols + i];
    out.data[blockIdx.y * out.stride + i] = y;
    if (rounded.q != nullptr) {
        roundBlock(rounded, blockIdx.y * size_t(cols / 32) + i / 32, i % 32, y);
    }
}

// A thread for each pair of each head of each token.
__global__ void __launch_bounds__(kThreads) ropeKernel(RopeCall call)
{
    const uint32_t index = blockIdx.x * kThreads + threadIdx.x;
    if (index >= call.heads * call.pairs) {
        return;
    }
    const uint32_t pair = index % call.pairs;
    const uint32_t token = blockIdx.y;
    const float* entry = call.table + (size_t(token) * call.pairs + pair) * 2;
    float* head = call.x.data + token * call.x.stride + size_t(index / call.pairs) * call.headDim;
    float& first = head[call.adjacent != 0 ? 2 * pair : pair];
    float& second = head[call.adjacent != 0 ? 2 * pair + 1 : pair + call.pairs];
    const float a = first;
    const float b = second;
    first = a * entry[0] - b * entry[1];
    second = a * entry[1] + b * entry[0];
}

// kvRoundTrip() of one group of 32 values, one in each thread of a warp.
__device__ __forceinline__ void storeRounded(
    int8_t* out, uint16_t* scaleOut, uint32_t lane, float value)
{
    const float largest = warpMax(fabsf(value));
    const uint16_t bits = narrowToHalf(largest / 127.0f);
    const float scale = widenHalf(bits);
    const float steps = scale > 0.0f ? rintf(value / scale) : 0.0f;
    const int q = steps >= -127.0f ? int(fminf(steps, 127.0f)) : (steps < 0.0f ? -127 : 0);
    out[lane] = int8_t(q);
    if (lane == 0) {
        *scaleOut = bits;
    }
}

// blockIdx.z would be keys and values; they take turns in y instead: y = 2 * token + (0 or 1).
__global__ void __launch_bounds__(kThreads) kvWriteKernel(KvWriteCall call)
{
    const KvPlanes& kv = call.kv;
    const uint32_t token = blockIdx.y / 2;
    const bool keys = blockIdx.y % 2 == 0;
    const ConstRows& from = keys ? call.k : call.v;
    const float* row = from.data + token * from.stride;
    const size_t slot = size_t(*call.firstSlot) + token;
    uint8_t* plane = keys ? kv.keys : kv.values;
    const uint32_t i = blockIdx.x * kThreads + threadIdx.x; // of [H][paddedDim]
    if (i >= kv.heads * kv.paddedDim) {
        return; // whole warps where rows are rounded: paddedDim is a multiple of 32 then
    }
    const size_t at = slot * kv.heads * kv.paddedDim + i;
    if (kv.form == KvForm::F32) {
        reinterpret_cast<float*>(plane)[at] = row[i];
    } else if (kv.form == KvForm::F16) {
        reinterpret_cast<uint16_t*>(plane)[at] = narrowToHalf(row[i]);
    } else {
        const uint32_t d = i % kv.paddedDim;
        const float value = d < kv.headDim ? row[i / kv.paddedDim * kv.headDim + d] : 0.0f;
        uint16_t* scales = keys ? kv.keyScales : kv.valueScales;
        storeRounded(
            reinterpret_cast<int8_t*>(plane) + at / 32 * 32, scales + at / 32, i % 32, value);
    }
}

__global__ void __launch_bounds__(kThreads)
    roundRowsKernel(ConstRows x, RoundedRows out, uint32_t cols)
{
    const uint32_t i = blockIdx.x * kThreads + threadIdx.x;
    if (i < cols) { // whole warps: cols is a multiple of 32
        const float value = x.data[blockIdx.y * x.stride + i];
        roundBlock(out, blockIdx.y * size_t(cols / 32) + i / 32, i % 32, value);
    }
}

__global__ void __launch_bounds__(kThreads) padRowsKernel(ConstRows x, float* out, uint32_t cols)
{
    const uint32_t i = blockIdx.x * kThreads + threadIdx.x;
    const uint32_t padded = (cols + 31) / 32 * 32;
    if (i < padded) {
        out[blockIdx.y * size_t(padded) + i] = i < cols ? x.data[blockIdx.y * x.stride + i] : 0.0f;
    }
}

} // namespace

void addEmbed(LaunchList& list,
    Stored stored,
    const WeightPlanes& table,
    const int32_t* tokens,
    uint32_t count,
    uint32_t cols,
    const Rows& out)
{
    forStored<Embed>(stored, list, table, tokens, count, cols, out);
}

void addNorm(LaunchList& list, const NormCall& call)
{
    list.add(normKernel, {call.tokens, 1, kThreads, 0, 4.0 * call.tokens * call.cols}, call);
}

void addAdd(LaunchList& list, const ConstRows& x, const Rows& out, uint32_t cols, uint32_t tokens)
{
    list.add(addKernel,
        {divideUp(cols, kThreads), tokens, kThreads, 0, double(cols) * tokens},
        x,
        out,
        cols);
}

void addSwiGlu(LaunchList& list,
    const ConstRows& gateUp,
    const Rows& out,
    const RoundedRows& rounded,
    uint32_t cols,
    uint32_t tokens)
{
    list.add(swiGluKernel,
        {divideUp(cols, kThreads), tokens, kThreads, 0, 16.0 * cols * tokens},
        gateUp,
        out,
        rounded,
        cols);
}

void addRope(LaunchList& list, const RopeCall& call)
{
    const uint32_t pairs = call.heads * call.pairs;
    list.add(ropeKernel,
        {divideUp(pairs, kThreads), call.tokens, kThreads, 0, 6.0 * pairs * call.tokens},
        call);
}

void addKvWrite(LaunchList& list, const KvWriteCall& call)
{
    const uint32_t width = call.kv.heads * call.kv.paddedDim;
    list.add(kvWriteKernel,
        {divideUp(width, kThreads), 2 * call.tokens, kThreads, 0, 4.0 * width * call.tokens},
        call);
}

void addRoundRows(
    LaunchList& list, const ConstRows& x, const RoundedRows& out, uint32_t cols, uint32_t tokens)
{
    list.add(roundRowsKernel,
        {divideUp(cols, kThreads), tokens, kThreads, 0, 4.0 * cols * tokens},
        x,
        out,
        cols);
}

void addPadRows(LaunchList& list, const ConstRows& x, float* out, uint32_t cols, uint32_t tokens)
{
    list.add(padRowsKernel,
        {divideUp(divideUp(cols, 32) * 32, kThreads), tokens, kThreads, 0, double(cols) * tokens},
        x,
        out,
        cols);
}

} // namespace atelier::cuda
