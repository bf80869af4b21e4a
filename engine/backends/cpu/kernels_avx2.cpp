// SPDX-License-Identifier: MIT
#include "engine/backends/cpu/kernels_inl.h"
#include "engine/backends/cpu/simd_avx2.h"

namespace atelier {

const CpuKernels& avx2Kernels()
{
    return kKernelsOf<SimdAvx2>;
}

} // namespace atelier
