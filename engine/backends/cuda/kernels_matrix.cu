// SPDX-License-Identifier: MIT
// Products of many tokens on int8 tensor cores: blocks of 64 rows of weights by 64 tokens. Weights
// are decoded into the memory of the block, 64 input features at a time, while the piece before is
// multiplied. Rounding and decoding are those of kernels_products.cu.
#include "engine/backends/cuda/formats.cuh"
#include "engine/backends/cuda/kernels_cuda.h"

namespace atelier::cuda {

namespace {

constexpr uint32_t kThreads = 128;
constexpr uint32_t kTile = 64;       // rows, and tokens, of a block of threads
constexpr uint32_t kTileBlocks = 2;  // blocks of 32 values at a time; kTile of each make kThreads
constexpr uint32_t kPitchWords = 20; // 64 bytes and 16: the 32 words of a fragment in 32 banks
constexpr uint32_t kHalves = kTileBlocks * 2;
static_assert(kTile * kTileBlocks == kThreads);

uint32_t divideUp(uint32_t a, uint32_t b)
{
    return (a + b - 1) / b;
}

struct Tiles
{
    uint32_t weights[kTile * kPitchWords];
    uint32_t activations[kTile * kPitchWords];
    float weightScales[kTile * kHalves];
    float weightOffsets[kTile * kHalves];
    float activationScales[kTile * kHalves];
    float activationSums[kTile * kHalves]; // times the scale
};

// What one thread brings to the tiles: a block of one row of weights and one of one token.
struct Piece
{
    DecodedBlock weight;
    uint32_t q[8];
    float scale[2];
    float sum[2];
};

template <Stored S>
__device__ __forceinline__ void fetch(Piece& piece,
    const ProductCall& call,
    const RoundedRows& x,
    uint32_t row,
    uint32_t token,
    uint32_t block)
{
    const uint32_t blocks = call.weight.blocks;
    piece = Piece{}; // zeros beyond the last row, token and block
    if (row < call.weight.rows && block < blocks) {
        piece.weight = decodeBlock<S>(call.weight, size_t(row) * blocks + block);
    }
    if (token < call.tokens && block < blocks) {
        const size_t at = size_t(token) * blocks + block;
        const uint4 first = load16(x.q + at * 32);
        const uint4 second = load16(x.q + at * 32 + 16);
        piece.q[0] = first.x;
        piece.q[1] = first.y;
        piece.q[2] = first.z;
        piece.q[3] = first.w;
        piece.q[4] = second.x;
        piece.q[5] = second.y;
        piece.q[6] = second.z;
        piece.q[7] = second.w;
        const uint4 meta = load16(x.blocks + at);
        piece.scale[0] = bitsToFloat(meta.x);
        piece.scale[1] = bitsToFloat(meta.y);
        piece.sum[0] = piece.scale[0] * float(int16_t(meta.z & 0xffffu));
        piece.sum[1] = piece.scale[1] * float(int16_t(meta.z >> 16));
    }
}

// `line`: the row and the token within the tiles; `part`: which of their blocks.
__device__ __forceinline__ void store(
    Tiles& tiles, const Piece& piece, uint32_t line, uint32_t part)
{
#pragma unroll
    for (uint32_t j = 0; j < 8; ++j) {
        tiles.weights[line * kPitchWords + part * 8 + j] = piece.weight.q[j];
        tiles.activations[line * kPitchWords + part * 8 + j] = piece.q[j];
    }
#pragma unroll
    for (uint32_t half = 0; half < 2; ++half) {
        const uint32_t at = line * kHalves + part * 2 + half;
        tiles.weightScales[at] = piece.weight.scale[half];
        tiles.weightOffsets[at] = piece.weight.offset[half];
        tiles.activationScales[at] = piece.scale[half];
        tiles.activationSums[at] = piece.sum[half];
    }
}

// Each warp has 32 rows by 32 tokens of the block: two by four tiles of 16 by 8. Adds 16 input
// features, which share a scale.
template <Stored S>
__device__ __forceinline__ void multiplyHalf(const Tiles& tiles,
    uint32_t half,
    uint32_t firstRow,
    uint32_t firstToken,
    float (&sums)[2][4][4])
{
    const uint32_t g = threadIdx.x % 32 / 4;
    const uint32_t t = threadIdx.x % 4;
#pragma unroll
    for (uint32_t m = 0; m < 2; ++m) {
        const uint32_t row = firstRow + m * 16 + g;
        const uint32_t a0 = tiles.weights[row * kPitchWords + half * 4 + t];
        const uint32_t a1 = tiles.weights[(row + 8) * kPitchWords + half * 4 + t];
        const float scales[2] = {tiles.weightScales[row * kHalves + half],
            tiles.weightScales[(row + 8) * kHalves + half]};
        const float offsets[2] = {tiles.weightOffsets[row * kHalves + half],
            tiles.weightOffsets[(row + 8) * kHalves + half]};
#pragma unroll
        for (uint32_t n = 0; n < 4; ++n) {
            const uint32_t column = firstToken + n * 8;
            const uint32_t b = tiles.activations[(column + g) * kPitchWords + half * 4 + t];
            int dots[4] = {};
            multiplyTiles(dots, a0, a1, b);
#pragma unroll
            for (uint32_t i = 0; i < 4; ++i) {
                const uint32_t token = column + t * 2 + i % 2;
                const float scale = scales[i / 2] * tiles.activationScales[token * kHalves + half];
                sums[m][n][i] = fmaf(scale, float(dots[i]), sums[m][n][i]);
                if constexpr (kHasOffset<S>) {
                    const float sum = tiles.activationSums[token * kHalves + half];
                    sums[m][n][i] = fmaf(offsets[i / 2], sum, sums[m][n][i]);
                }
            }
        }
    }
}

template <Stored S>
__global__ void __launch_bounds__(kThreads) matrixProductKernel(ProductCall call, RoundedRows x)
{
    ATELIER_BLOCK_VARIABLE(Tiles, tiles);
    const uint32_t line = threadIdx.x / kTileBlocks;
    const uint32_t part = threadIdx.x % kTileBlocks;
    const uint32_t row = blockIdx.x * kTile + line;
    const uint32_t token = blockIdx.y * kTile + line;
    const uint32_t warp = threadIdx.x / 32;
    const uint32_t warpRow = warp % 2 * 32;
    const uint32_t warpToken = warp / 2 * 32;

    float sums[2][4][4] = {};
    Piece piece;
    fetch<S>(piece, call, x, row, token, part);
    for (uint32_t block = 0; block < call.weight.blocks; block += kTileBlocks) {
        blockBarrier(); // the tiles' last readers are done
        store(tiles, piece, line, part);
        blockBarrier();
        fetch<S>(piece, call, x, row, token, block + kTileBlocks + part);
#pragma unroll
        for (uint32_t half = 0; half < kHalves; ++half) {
            multiplyHalf<S>(tiles, half, warpRow, warpToken, sums);
        }
    }

    const uint32_t g = threadIdx.x % 32 / 4;
    const uint32_t t = threadIdx.x % 4;
#pragma unroll
    for (uint32_t m = 0; m < 2; ++m) {
#pragma unroll
        for (uint32_t n = 0; n < 4; ++n) {
#pragma unroll
            for (uint32_t i = 0; i < 4; ++i) {
                const uint32_t toRow = blockIdx.x * kTile + warpRow + m * 16 + g + i / 2 * 8;
                const uint32_t toToken = blockIdx.y * kTile + warpToken + n * 8 + t * 2 + i % 2;
                if (toRow < call.weight.rows && toToken < call.tokens) {
                    const float bias = call.bias != nullptr ? call.bias[toRow] : 0.0f;
                    call.out.data[toToken * call.out.stride + toRow] = sums[m][n][i] + bias;
                }
            }
        }
    }
}

template <Stored S>
struct MatrixProduct
{
    static void run(LaunchList& list, const ProductCall& call, const RoundedRows& x)
    {
        if constexpr (isQuantized(S)) {
            const double work = 2.0 * call.weight.rows * call.weight.blocks * 32.0 * call.tokens;
            const LaunchShape shape{
                divideUp(call.weight.rows, kTile), divideUp(call.tokens, kTile), kThreads, 0, work};
            list.add(matrixProductKernel<S>, shape, call, x);
        }
    }
};

} // namespace

void addMatrixProduct(
    LaunchList& list, Stored stored, const ProductCall& call, const RoundedRows& x)
{
    forStored<MatrixProduct>(stored, list, call, x);
}

} // namespace atelier::cuda
