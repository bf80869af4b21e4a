// SPDX-License-Identifier: MIT
// The kernels themselves, compiled for the host.
#include "engine/backends/cuda/kernels_float_products.cu"
