// SPDX-License-Identifier: MIT
#include "engine/ops/embed.h"

#include <algorithm>

namespace atelier {

void embedReference(
    MatrixView<const float> table, std::span<const int32_t> tokens, MatrixView<float> out)
{
    for (size_t t = 0; t < tokens.size(); ++t) {
        const float* row = table.row(size_t(tokens[t]));
        std::copy(row, row + table.cols, out.row(t));
    }
}

} // namespace atelier
