// SPDX-License-Identifier: MIT
// SimdPortable: the vocabulary of the kernels in plain C++, for processors without a faster one.
//
// Every Simd* policy has the same members: 16 lanes of F32 (F) or int32 (I), and 64 bytes (B), so
// that one text of each kernel serves all of them. This one follows the AVX-512-VNNI policy where
// the two choices differ (kSignedBias), so that its logic is tested on every machine.
#pragma once

#include "engine/base/half.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace atelier {
namespace { // Internal linkage: each instruction set compiles a copy of its own.

struct SimdPortable
{
    static constexpr const char* kName = "portable";
    static constexpr int kQuantTile = 2; // tokens of one tile of the quantized product
    static constexpr int kFloatTile = 4; // rows of one tile of the F32 product
    // Up to four tokens in one pass over the weights. Not worth four times the code here.
    static constexpr bool kStreamsTokensTogether = false;
    // What is added to signed weights to make them unsigned for the byte product. The kernels take
    // kSignedBias * scale * (sum of the activations) off again.
    static constexpr int kSignedBias = 128;

    struct F
    {
        float v[16];
    };
    struct I
    {
        int32_t v[16];
    };
    struct B
    {
        uint8_t v[64];
    };
    using N = I; // accumulates byte products: narrowDot(), then narrowSum()
    using W = B; // signed weights, prepared for signedDot()

    template <class Make>
    static F makeF(Make make)
    {
        F r;
        for (int i = 0; i < 16; ++i) {
            r.v[i] = make(i);
        }
        return r;
    }
    template <class Make>
    static I makeI(Make make)
    {
        I r;
        for (int i = 0; i < 16; ++i) {
            r.v[i] = make(i);
        }
        return r;
    }
    template <class Make>
    static B makeB(Make make)
    {
        B r;
        for (int i = 0; i < 64; ++i) {
            r.v[i] = uint8_t(make(i));
        }
        return r;
    }

    // 16 lanes of F32
    static F zero() { return F{}; }
    static F set(float x)
    {
        return makeF([&](int) { return x; });
    }
    static F load(const void* p)
    {
        F r;
        std::memcpy(r.v, p, sizeof(r.v));
        return r;
    }
    static void store(float* p, F x) { std::memcpy(p, x.v, sizeof(x.v)); }
    static F loadHalf(const void* p)
    {
        uint16_t bits[16];
        std::memcpy(bits, p, sizeof(bits));
        return makeF([&](int i) { return halfToFloat(bits[i]); });
    }
    static void storeHalf(void* p, F x)
    {
        uint16_t bits[16];
        for (int i = 0; i < 16; ++i) {
            bits[i] = floatToHalf(x.v[i]);
        }
        std::memcpy(p, bits, sizeof(bits));
    }
    static F loadBf16(const void* p)
    {
        uint16_t bits[16];
        std::memcpy(bits, p, sizeof(bits));
        return makeF([&](int i) { return bf16ToFloat(bits[i]); });
    }
    static float half(uint16_t bits) { return halfToFloat(bits); }
    static F add(F a, F b)
    {
        return makeF([&](int i) { return a.v[i] + b.v[i]; });
    }
    static F sub(F a, F b)
    {
        return makeF([&](int i) { return a.v[i] - b.v[i]; });
    }
    static F mul(F a, F b)
    {
        return makeF([&](int i) { return a.v[i] * b.v[i]; });
    }
    static F div(F a, F b)
    {
        return makeF([&](int i) { return a.v[i] / b.v[i]; });
    }
    static F max(F a, F b)
    {
        return makeF([&](int i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; });
    }
    static F min(F a, F b)
    {
        return makeF([&](int i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
    }
    static F abs(F a)
    {
        return makeF([&](int i) { return std::fabs(a.v[i]); });
    }
    // a * b + c; rounds once or twice.
    static F fma(F a, F b, F c)
    {
        return makeF([&](int i) { return a.v[i] * b.v[i] + c.v[i]; });
    }
    static float sum(F a)
    {
        for (int width = 8; width > 0; width /= 2) {
            for (int i = 0; i < width; ++i) {
                a.v[i] += a.v[i + width];
            }
        }
        return a.v[0];
    }
    static float maximum(F a)
    {
        for (int width = 8; width > 0; width /= 2) {
            for (int i = 0; i < width; ++i) {
                a.v[i] = a.v[i] > a.v[i + width] ? a.v[i] : a.v[i + width];
            }
        }
        return a.v[0];
    }
    // s[0] in lanes 0..3, s[1] in lanes 4..7, ...
    static F quads(const float* s)
    {
        return makeF([&](int i) { return s[i / 4]; });
    }
    // The eight F16 numbers at p, p + stride, ...: number i in lanes 2i and 2i + 1.
    static F halvesTwice(const uint8_t* p, size_t stride)
    {
        return makeF([&](int i) {
            uint16_t bits;
            std::memcpy(&bits, p + size_t(i / 2) * stride, sizeof(bits));
            return halfToFloat(bits);
        });
    }

    // 16 lanes of int32
    static I toInt(F a) // to nearest, ties to even
    {
        return makeI([&](int i) {
            // Out of range is undefined in C++; the vector units give the smallest integer.
            const float x = std::nearbyint(a.v[i]);
            return x >= -2147483648.0f && x < 2147483648.0f ? int32_t(x) : INT32_MIN;
        });
    }
    static F toFloat(I a)
    {
        return makeF([&](int i) { return float(a.v[i]); });
    }
    static F powerOfTwo(I n) // 2^n for -126 <= n <= 127
    {
        return makeF([&](int i) { return std::bit_cast<float>(uint32_t(n.v[i] + 127) << 23); });
    }
    static int32_t sumInt(I a)
    {
        uint32_t r = 0; // wraps, as the other instruction sets do
        for (const int32_t x : a.v) {
            r += uint32_t(x);
        }
        return int32_t(r);
    }
    static I widen(const uint8_t* p) // 16 bytes
    {
        return makeI([&](int i) { return int32_t(p[i]); });
    }
    static I widenSigned(const uint8_t* p)
    {
        return makeI([&](int i) { return int32_t(int8_t(p[i])); });
    }
    // Byte i of the 8 bytes in lanes 2i and 2i + 1.
    static I widenTwice(uint64_t bytes)
    {
        return makeI([&](int i) { return int32_t(bytes >> (i / 2 * 8) & 0xff); });
    }
    static void storeInt8(int8_t* p, I a) // saturating
    {
        for (int i = 0; i < 16; ++i) {
            p[i] = int8_t(a.v[i] < -128 ? -128 : a.v[i] > 127 ? 127 : a.v[i]);
        }
    }

    // 64 bytes
    static B loadBytes(const void* p)
    {
        B r;
        std::memcpy(r.v, p, sizeof(r.v));
        return r;
    }
    static void storeBytes(void* p, B x) { std::memcpy(p, x.v, sizeof(x.v)); }
    static B join(const uint8_t* a, const uint8_t* b) // 32 bytes of each
    {
        return makeB([&](int i) { return i < 32 ? a[i] : b[i - 32]; });
    }
    static B twice(const uint8_t* p) { return join(p, p); }
    // Low nibbles of 32 bytes, then their high nibbles.
    static B nibbles(const uint8_t* p)
    {
        return makeB([&](int i) { return i < 32 ? p[i] & 15 : p[i - 32] >> 4; });
    }
    // Low nibbles of 16 bytes at a, their high nibbles, then the same of b.
    static B nibblePairs(const uint8_t* a, const uint8_t* b)
    {
        return makeB([&](int i) {
            const uint8_t byte = i < 32 ? a[i % 16] : b[i % 16];
            return i / 16 % 2 == 0 ? byte & 15 : byte >> 4;
        });
    }
    // (byte >> low) & mask in the first 32 bytes, (byte >> high) & mask in the others
    template <int kLow, int kHigh>
    static B shiftRight(B a, int mask)
    {
        return makeB([&](int i) { return a.v[i] >> (i < 32 ? kLow : kHigh) & mask; });
    }
    template <int kCount>
    static B shiftLeft(B a) // no bit may leave its byte
    {
        return makeB([&](int i) { return a.v[i] << kCount; });
    }
    static B bitAnd(B a, int mask)
    {
        return makeB([&](int i) { return a.v[i] & mask; });
    }
    static B bitOr(B a, B b)
    {
        return makeB([&](int i) { return a.v[i] | b.v[i]; });
    }
    // 16 in byte i when bit i is set; a for the first 32 bytes, b for the others
    static B sixteens(uint32_t a, uint32_t b)
    {
        return makeB([&](int i) { return ((i < 32 ? a : b) >> (i % 32) & 1) << 4; });
    }
    static B lookUp(const int8_t* table16, B index)
    {
        return makeB([&](int i) { return uint8_t(table16[index.v[i]]); });
    }
    static B broadcastQuad(const int8_t* p)
    {
        return makeB([&](int i) { return uint8_t(p[i % 4]); });
    }

    // Products of bytes, four neighbors summed into each lane. Unsigned weights u <= 63, signed
    // activations >= -127.
    static I dot(B u, B s)
    {
        return makeI([&](int i) {
            int32_t r = 0;
            for (int j = 4 * i; j < 4 * i + 4; ++j) {
                r += int32_t(u.v[j]) * int8_t(s.v[j]);
            }
            return r;
        });
    }
    static N narrowZero() { return N{}; }
    static N narrowDot(N n, B u, B s)
    {
        const I d = dot(u, s);
        return makeI([&](int i) { return n.v[i] + d.v[i]; });
    }
    static I narrowSum(N n) { return n; }
    static I addInt(I a, I b)
    {
        return makeI([&](int i) { return a.v[i] + b.v[i]; });
    }
    static I zeroInt() { return I{}; }
    // Signed weights: signedDot(x, signedWeights(w), s) is x + (w + kSignedBias) . s
    static W signedWeights(B w)
    {
        return makeB([&](int i) { return w.v[i] ^ 128; });
    }
    static I signedDot(I x, W w, B s) { return addInt(x, dot(w, s)); }

    // [16 rows] of 16 lanes of 32 bits -> column i at out + 64 * i
    static void transpose(const uint8_t* in, size_t stride, uint8_t* out)
    {
        for (size_t row = 0; row < 16; ++row) {
            for (size_t col = 0; col < 16; ++col) {
                std::memcpy(out + col * 64 + row * 4, in + row * stride + col * 4, 4);
            }
        }
    }

    static void prefetch(const void*) {}
};

} // namespace
} // namespace atelier
