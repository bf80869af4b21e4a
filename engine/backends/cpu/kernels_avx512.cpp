// SPDX-License-Identifier: MIT
#include "engine/backends/cpu/kernels_inl.h"
#include "engine/backends/cpu/simd_avx512.h"

namespace atelier {

const CpuKernels& avx512Kernels()
{
    return kKernelsOf<SimdAvx512>;
}

} // namespace atelier
