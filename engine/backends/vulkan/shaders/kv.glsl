// SPDX-License-Identifier: MIT
// The cache: for each layer and slot a row of words for the keys, then one for the values.
//   KV_TYPE 0, F32:   [heads][headDim] floats
//   KV_TYPE 1, F16:   [heads][headDim / 2] words of two halves
//   KV_TYPE 2, Q8_0:  [heads][blocks] of a float, which a half can hold, and 32 int8 in eight words
uint kvRowWords(uint heads, uint headDim)
{
#if KV_TYPE == 0
    return heads * headDim;
#elif KV_TYPE == 1
    return heads * headDim / 2u;
#else
    return heads * ((headDim + 31u) / 32u) * 9u;
#endif
}
