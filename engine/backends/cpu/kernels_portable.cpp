// SPDX-License-Identifier: MIT
#include "engine/backends/cpu/kernels_inl.h"
#include "engine/backends/cpu/simd_portable.h"

namespace atelier {

const CpuKernels& portableKernels()
{
    return kKernelsOf<SimdPortable>;
}

} // namespace atelier
