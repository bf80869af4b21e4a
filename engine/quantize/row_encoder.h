// SPDX-License-Identifier: MIT
// RowEncoder: rows of a tensor in another format, on all threads.
#pragma once

#include "engine/base/result.h"
#include "engine/base/thread_pool.h"
#include "engine/formats/model_file.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace atelier {

// Threads: one at a time.
class RowEncoder
{
public:
    explicit RowEncoder(uint32_t threads); // 0: physical cores

    // Rows [first, first + rows) of `tensor`, whose bytes must have been loaded, as `to`. Asks
    // `stop` after every row.
    //
    //   out  [rows, rowBytes(to, tensor.cols)]
    //
    // Errors: Cancelled; InvalidFormat for a number that is not finite or too large for `to`, with
    //         the tensor and the row.
    Status encode(const TensorInfo& tensor,
        uint64_t first,
        uint64_t rows,
        DType to,
        std::span<std::byte> out,
        const std::stop_token& stop);

private:
    ThreadPool m_pool;
    std::vector<std::vector<float>> m_values; // of one row, for each thread
};

} // namespace atelier
