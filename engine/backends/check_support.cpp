// SPDX-License-Identifier: MIT
#include "engine/backends/check_support.h"

#include "engine/base/half.h"
#include "engine/ops/dequantize.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace atelier::checks {

namespace {

constexpr size_t kGuard = 19;   // floats before and after
constexpr size_t kRowGuard = 5; // floats between rows; odd, so that rows are unaligned

bool isGuard(float value)
{
    return std::isnan(value);
}

// Where the F16 numbers of a block are. A random one could be infinite.
std::vector<size_t> halvesOf(DType type)
{
    switch (type) {
    case DType::Q4_0:
    case DType::Q5_0:
    case DType::Q8_0:
    case DType::IQ4_NL:
    case DType::IQ4_XS:
        return {0};
    case DType::Q4_1:
    case DType::Q5_1:
    case DType::Q4_K:
    case DType::Q5_K:
        return {0, 2};
    case DType::Q2_K:
        return {80, 82};
    case DType::Q3_K:
        return {108};
    case DType::Q6_K:
        return {208};
    default:
        return {};
    }
}

} // namespace

uint64_t Random::bits()
{
    m_state += 0x9e3779b97f4a7c15u;
    uint64_t z = m_state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

float Random::between(float low, float high)
{
    return low + (high - low) * (float(bits() >> 40) * 0x1p-24f);
}

float Random::activation()
{
    float sum = 0.0f;
    for (int i = 0; i < 4; ++i) {
        sum += between(-1.0f, 1.0f);
    }
    return bits() % 97 == 0 ? 20.0f * sum : sum;
}

Result<GuardedMatrix> GuardedMatrix::create(Backend& backend, uint32_t rows, uint32_t cols)
{
    GuardedMatrix matrix;
    const size_t stride = cols + kRowGuard;
    matrix.m_host.assign(2 * kGuard + rows * stride, std::numeric_limits<float>::quiet_NaN());
    auto buffer = backend.allocate(
        matrix.m_host.size() * sizeof(float), StorageMode::HostVisible, "A checked matrix");
    if (!buffer) {
        return buffer.error();
    }
    matrix.m_buffer = buffer.take();
    matrix.m_activation = {matrix.m_buffer.get(), kGuard, rows, cols, stride};
    for (uint32_t r = 0; r < rows; ++r) {
        std::fill_n(matrix.host().row(r), cols, 0.0f);
    }
    if (auto uploaded = matrix.upload(backend); !uploaded) {
        return uploaded.error();
    }
    return matrix;
}

MatrixView<float> GuardedMatrix::host()
{
    return {m_host.data() + m_activation.offset,
        m_activation.rows,
        m_activation.cols,
        m_activation.stride};
}

MatrixView<const float> GuardedMatrix::host() const
{
    return {m_host.data() + m_activation.offset,
        m_activation.rows,
        m_activation.cols,
        m_activation.stride};
}

void GuardedMatrix::fill(Random& random)
{
    for (size_t r = 0; r < m_activation.rows; ++r) {
        for (size_t c = 0; c < m_activation.cols; ++c) {
            host().row(r)[c] = random.activation();
        }
    }
}

Status GuardedMatrix::upload(Backend& backend)
{
    return backend.write(*m_buffer, 0, std::as_bytes(std::span(m_host)));
}

Status GuardedMatrix::download(Backend& backend)
{
    auto status = backend.read(*m_buffer, 0, std::as_writable_bytes(std::span(m_host)));
    if (!status) {
        return status;
    }
    for (size_t i = 0; i < m_host.size(); ++i) {
        const size_t inside = i - m_activation.offset; // wraps before the matrix
        const bool element = i >= m_activation.offset &&
                             inside < m_activation.rows * m_activation.stride &&
                             inside % m_activation.stride < m_activation.cols;
        if (!element && !isGuard(m_host[i])) {
            return Error{
                ErrorCode::InvalidFormat, text("memory outside the matrix was written, float ", i)};
        }
    }
    return Done{};
}

std::vector<std::byte> randomRows(DType type, uint32_t rows, uint32_t cols, Random& random)
{
    const DTypeInfo& info = dtypeInfo(type);
    const size_t blocks = size_t(rows) * cols / info.valuesPerBlock;
    std::vector<std::byte> bytes(blocks * info.bytesPerBlock);
    const auto put = [&](size_t at, auto value) {
        std::memcpy(bytes.data() + at, &value, sizeof(value));
    };
    for (size_t block = 0; block < blocks; ++block) {
        const size_t at = block * info.bytesPerBlock;
        switch (type) {
        case DType::F32:
            put(at, random.between(-1.0f, 1.0f));
            continue;
        case DType::F16:
            put(at, floatToHalf(random.between(-1.0f, 1.0f)));
            continue;
        case DType::BF16:
            put(at, floatToBf16(random.between(-1.0f, 1.0f)));
            continue;
        default:
            break;
        }
        for (size_t i = 0; i < info.bytesPerBlock; ++i) {
            bytes[at + i] = std::byte(random.bits());
        }
        for (const size_t half : halvesOf(type)) {
            put(at + half, floatToHalf(random.between(-0.02f, 0.02f)));
        }
    }
    return bytes;
}

std::vector<float> decodeRows(
    DType type, std::span<const std::byte> bytes, uint32_t rows, uint32_t cols)
{
    std::vector<float> values(size_t(rows) * cols);
    const size_t bytesOfRow = rowBytes(type, cols);
    for (size_t r = 0; r < rows; ++r) {
        dequantizeRow(type,
            bytes.subspan(r * bytesOfRow, bytesOfRow),
            std::span(values).subspan(r * cols, cols));
    }
    return values;
}

Result<TestWeight> makeWeight(
    Backend& backend, DType type, uint32_t rows, uint32_t cols, Random& random)
{
    const std::vector<std::byte> bytes = randomRows(type, rows, cols, random);
    const auto storage = std::make_shared<std::vector<std::byte>>(bytes.size() + 1);
    std::copy(bytes.begin(), bytes.end(), storage->begin() + 1);
    WeightSource source;
    source.name = "checked.weight";
    source.type = type;
    source.rows = rows;
    source.cols = cols;
    source.bytes = std::span<const std::byte>(*storage).subspan(1);
    source.keepAlive = storage;
    auto weight = backend.prepareWeight(std::move(source), {});
    if (!weight) {
        return weight.error();
    }
    return TestWeight{weight.take(), decodeRows(type, bytes, rows, cols)};
}

CheckOutcome failed(const Error& error)
{
    return {1e30, error.message};
}

CheckOutcome runAndDownload(Backend& backend, const Op& op, GuardedMatrix& out)
{
    if (!backend.supports(op)) {
        return {1e30, "the backend does not support it"};
    }
    if (auto status = backend.run({&op, 1}, {}); !status) {
        return failed(status.error());
    }
    if (auto status = out.download(backend); !status) {
        return failed(status.error());
    }
    return {};
}

} // namespace atelier::checks

namespace atelier {

std::vector<CheckCase> backendCheckCases()
{
    std::vector<CheckCase> cases;
    checks::addRowCases(cases);
    checks::addProductCases(cases);
    checks::addAttentionCases(cases);
    return cases;
}

} // namespace atelier
