// SPDX-License-Identifier: MIT
// Encoders of one block each. Used by quantize*.cpp only.
//
//   x      [valuesPerBlock of the type]
//   block  bytesPerBlock of the type
#pragma once

#include <cstdint>

namespace atelier::quantize {

// Blocks of 256 values (quantize_k.cpp).
void encodeQ2_K(const float* x, uint8_t* block);
void encodeQ3_K(const float* x, uint8_t* block);
void encodeQ4_K(const float* x, uint8_t* block);
void encodeQ5_K(const float* x, uint8_t* block);
void encodeQ6_K(const float* x, uint8_t* block);
void encodeIq4Xs(const float* x, uint8_t* block);

inline void putU16(uint8_t* bytes, uint16_t value)
{
    bytes[0] = uint8_t(value);
    bytes[1] = uint8_t(value >> 8);
}

} // namespace atelier::quantize
