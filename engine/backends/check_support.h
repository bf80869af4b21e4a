// SPDX-License-Identifier: MIT
// What the cases of backend_check.h share: random data, guarded buffers, comparison.
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/backend_check.h"
#include "engine/base/dtype.h"
#include "engine/ops/matrix_view.h"
#include "engine/ops/tensor.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace atelier::checks {

// Half the distance between neighboring F32 numbers, relative: one rounding.
inline constexpr double kRounding = 5.9604644775390625e-8; // 2^-24

// "in 256, out 33": all parts one after the other.
template <class... Parts>
std::string text(const Parts&... parts)
{
    std::ostringstream out;
    (out << ... << parts);
    return out.str();
}

// The same numbers on every platform and in every run (splitmix64).
class Random
{
public:
    explicit Random(uint64_t seed) : m_state(seed) {}

    uint64_t bits();
    float between(float low, float high);
    // Roughly normal, with now and then a value 20 times as large, as real activations have.
    float activation();

private:
    uint64_t m_state;
};

// A [rows, cols] matrix on the backend with a guard before it, after it and between its rows, and
// the host's idea of its contents. Guards are NaN: reading one spoils a result, writing one shows.
class GuardedMatrix
{
public:
    static Result<GuardedMatrix> create(Backend& backend, uint32_t rows, uint32_t cols);

    const Activation& activation() const { return m_activation; }
    MatrixView<float> host();
    MatrixView<const float> host() const;

    void fill(Random& random);
    Status upload(Backend& backend);
    // Replaces the host's contents. A problem when a guard has changed.
    Status download(Backend& backend);

private:
    std::unique_ptr<DeviceBuffer> m_buffer;
    Activation m_activation;
    std::vector<float> m_host;
};

// Random bytes that decode to finite numbers of about one, in the layout of `type`.
std::vector<std::byte> randomRows(DType type, uint32_t rows, uint32_t cols, Random& random);
std::vector<float> decodeRows(
    DType type, std::span<const std::byte> bytes, uint32_t rows, uint32_t cols);

// A weight on the backend whose bytes lie at an odd address, exactly as many as needed, so that the
// address sanitizer sees the first byte too many; and its values.
struct TestWeight
{
    std::unique_ptr<Weight> weight;
    std::vector<float> values;

    MatrixView<const float> view() const
    {
        return {values.data(), weight->rows(), weight->cols(), weight->cols()};
    }
};
Result<TestWeight> makeWeight(
    Backend& backend, DType type, uint32_t rows, uint32_t cols, Random& random);

// `tolerance` is asked per element.
template <class Tolerance>
CheckOutcome compare(
    MatrixView<const float> actual, MatrixView<const float> expected, Tolerance tolerance)
{
    CheckOutcome outcome;
    for (size_t t = 0; t < expected.rows; ++t) {
        for (size_t i = 0; i < expected.cols; ++i) {
            const double difference = double(actual.row(t)[i]) - double(expected.row(t)[i]);
            const double error = difference < 0 ? -difference : difference;
            const double ratio = error / tolerance(t, i);
            if (!(ratio <= outcome.worst)) { // also when it is not a number
                outcome.worst = ratio == ratio ? ratio : 1e30;
                if (!(ratio <= 1.0)) {
                    outcome.problem = text('[',
                        t,
                        ", ",
                        i,
                        "] is ",
                        actual.row(t)[i],
                        " instead of ",
                        expected.row(t)[i]);
                }
            }
        }
    }
    return outcome;
}

CheckOutcome failed(const Error& error);

// Runs one op with what it writes in `out`, and fetches the result.
CheckOutcome runAndDownload(Backend& backend, const Op& op, GuardedMatrix& out);

// The cases of each file, appended to `cases`.
void addRowCases(std::vector<CheckCase>& cases);       // embed, rms_norm, add, swiglu, rope
void addProductCases(std::vector<CheckCase>& cases);   // mat_mul
void addAttentionCases(std::vector<CheckCase>& cases); // kv_write, attention

} // namespace atelier::checks
