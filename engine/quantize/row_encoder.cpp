// SPDX-License-Identifier: MIT
#include "engine/quantize/row_encoder.h"

#include "engine/base/check.h"
#include "engine/base/cpu_features.h"
#include "engine/base/text.h"
#include "engine/ops/dequantize.h"
#include "engine/quantize/quantize_row.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

namespace atelier {

namespace {

constexpr float kLargestHalf = 65504.0f;

bool canEncode(const std::vector<float>& values, DType to)
{
    const float limit = to == DType::F16 ? kLargestHalf : std::numeric_limits<float>::max();
    return std::ranges::all_of(
        values, [limit](float value) { return std::abs(value) <= limit; }); // not so for NaN
}

} // namespace

RowEncoder::RowEncoder(uint32_t threads)
    : m_pool(threads > 0 ? threads : usablePhysicalCores()),
      m_values(m_pool.threads())
{
}

Status RowEncoder::encode(const TensorInfo& tensor,
    uint64_t first,
    uint64_t rows,
    DType to,
    std::span<std::byte> out,
    const std::stop_token& stop)
{
    const size_t cols = size_t(tensor.cols);
    const size_t inBytes = rowBytes(tensor.type, cols);
    const size_t outBytes = rowBytes(to, cols);
    check(out.size() == rows * outBytes, "there must be room for the rows and nothing else");
    const auto in = tensor.bytes.subspan(size_t(first) * inBytes, size_t(rows) * inBytes);
    for (auto& values : m_values) {
        values.resize(cols);
    }
    std::atomic<size_t> next = 0;
    std::atomic<size_t> bad = size_t(rows);
    m_pool.run([&](uint32_t thread) {
        std::vector<float>& values = m_values[thread];
        for (size_t row = next++; row < rows; row = next++) {
            if (stop.stop_requested()) {
                return;
            }
            dequantizeRow(tensor.type, in.subspan(row * inBytes, inBytes), values);
            if (!canEncode(values, to)) {
                bad = row;
                return;
            }
            quantizeRow(to, values, out.subspan(row * outBytes, outBytes));
        }
    });
    if (bad < rows) {
        return Error{ErrorCode::InvalidFormat,
            "The tensor " + shownName(tensor.name) + " holds a number in row " +
                grouped(first + bad + 1) + " that is not finite or too large for " +
                std::string(dtypeInfo(to).name) + ". The file may be damaged" +
                (to == DType::F16 ? "; BF16 holds larger numbers." : ".")};
    }
    if (stop.stop_requested()) {
        return Error{ErrorCode::Cancelled, "Quantizing was stopped."};
    }
    return Done{};
}

} // namespace atelier
