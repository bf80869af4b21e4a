// SPDX-License-Identifier: MIT
// Speed of single operations of the CPU backend. Built with the tests, never run by ctest.
//   bench_cpu_ops [THREADS] [ISA: portable|avx2|avx512] [OPERATION]
#include "engine/backends/backend_list.h"
#include "engine/backends/check_support.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

using namespace atelier;

namespace {

// Seconds of the fastest of several runs. With one thread its processor time is counted, so that
// what else the machine does matters less.
template <class Run>
double bestSeconds(const Backend& backend, Run run)
{
    using Clock = std::chrono::steady_clock;
    const bool alone = backend.capabilities().threads == 1;
    run(); // warm
    double best = 1e30;
    double total = 0.0;
    for (int runs = 0; total < 0.5 || runs < 5; ++runs) {
        const auto start = Clock::now();
        const std::clock_t startOfProcess = std::clock();
        run();
        const double ofProcess = double(std::clock() - startOfProcess) / CLOCKS_PER_SEC;
        const double wall = std::chrono::duration<double>(Clock::now() - start).count();
        best = std::min(best, alone ? ofProcess : wall);
        total += wall;
    }
    return best;
}

void must(bool holds, const char* what)
{
    if (!holds) {
        std::fprintf(stderr, "%s\n", what);
        std::exit(1);
    }
}

Activation matrix(Backend& backend,
    std::vector<std::unique_ptr<DeviceBuffer>>& owners,
    uint32_t rows,
    uint32_t cols)
{
    auto buffer = backend.allocate(
        size_t(rows) * cols * sizeof(float), StorageMode::HostVisible, "Bench matrix");
    must(bool(buffer), "no memory");
    checks::Random random(rows + cols);
    std::vector<float> values(size_t(rows) * cols);
    for (float& value : values) {
        value = random.activation();
    }
    must(bool(backend.write(*buffer.value(), 0, std::as_bytes(std::span(values)))), "write");
    owners.push_back(buffer.take());
    return {owners.back().get(), 0, rows, cols, cols};
}

void benchProduct(Backend& backend, DType type, uint32_t in, uint32_t out, uint32_t tokens)
{
    // One token streams weights from memory: enough copies that no cache holds them.
    const size_t bytes = size_t(out) * rowBytes(type, in);
    const size_t copies = tokens == 1 ? std::max<size_t>(1, (size_t(256) << 20) / bytes) : 1;
    checks::Random random(1);
    std::vector<checks::TestWeight> weights;
    for (size_t i = 0; i < copies; ++i) {
        auto weight = checks::makeWeight(backend, type, out, in, random);
        must(bool(weight), "weight");
        weights.push_back(weight.take());
        weights.back().values = {};
    }
    std::vector<std::unique_ptr<DeviceBuffer>> owners;
    const Activation x = matrix(backend, owners, tokens, in);
    const Activation y = matrix(backend, owners, tokens, out);
    Program program;
    for (const auto& weight : weights) {
        program.push_back(MatMulOp{x, weight.weight.get(), nullptr, y, false});
    }
    const double seconds =
        bestSeconds(backend, [&] { must(bool(backend.run(program, {})), "run"); });
    const double each = seconds / double(copies);
    std::printf("mat_mul %-7s [%u, %u] x %4u tokens: %9.3f ms  %7.2f GB/s  %8.2f GFLOP/s\n",
        std::string(dtypeInfo(type).name).c_str(),
        out,
        in,
        tokens,
        each * 1e3,
        double(bytes) / each * 1e-9,
        2.0 * in * out * tokens / each * 1e-9);
}

void benchAttention(Backend& backend, KvType type, uint32_t slots, uint32_t tokens)
{
    constexpr uint32_t kHeads = 32;
    constexpr uint32_t kKvHeads = 2;
    constexpr uint32_t kDim = 128;
    auto kv = backend.createKv({1, kKvHeads, kDim, slots, type});
    must(bool(kv), "kv");
    std::vector<std::unique_ptr<DeviceBuffer>> owners;
    const Activation k = matrix(backend, owners, slots, kKvHeads * kDim);
    const Activation q = matrix(backend, owners, tokens, kHeads * kDim);
    const Activation out = matrix(backend, owners, tokens, kHeads * kDim);
    const Op write = KvWriteOp{k, k, kv.value().get(), 0, 0};
    must(bool(backend.run({&write, 1}, {})), "write");
    const Op op = AttentionOp{
        q, kv.value().get(), 0, kHeads, slots - tokens, 1.0f / std::sqrt(float(kDim)), out};
    const double seconds = bestSeconds(backend, [&] {
        must(bool(backend.run({&op, 1}, {})), "run");
    });
    const double pairs = tokens * (double(slots) - tokens / 2.0);
    std::printf("attention KV %d, %6u slots x %4u tokens: %9.3f ms  %8.2f GFLOP/s\n",
        int(type),
        slots,
        tokens,
        seconds * 1e3,
        4.0 * pairs * kHeads * kDim / seconds * 1e-9);
}

void benchRows(Backend& backend, uint32_t tokens)
{
    std::vector<std::unique_ptr<DeviceBuffer>> owners;
    constexpr uint32_t kCols = 4096;
    constexpr uint32_t kFfn = 13696;
    checks::Random random(1);
    auto weight = checks::makeWeight(backend, DType::F32, 1, kCols, random);
    const Activation x = matrix(backend, owners, tokens, kCols);
    const Activation y = matrix(backend, owners, tokens, kCols);
    const Activation gateUp = matrix(backend, owners, tokens, 2 * kFfn);
    const Activation gated = matrix(backend, owners, tokens, kFfn);
    const Op norm = RmsNormOp{x, weight.value().weight.get(), 1e-5f, y, false};
    const Op swiGlu = SwiGluOp{gateUp, gated};
    for (const auto& [name, op] : {std::pair("rms_norm", &norm), std::pair("swiglu", &swiGlu)}) {
        const double seconds = bestSeconds(backend, [&] {
            must(bool(backend.run({op, 1}, {})), "run");
        });
        std::printf("%-9s x %4u tokens: %9.2f us\n", name, tokens, seconds * 1e6);
    }
}

} // namespace

int main(int argc, char** argv)
{
    BackendOptions options;
    options.threads = argc > 1 ? uint32_t(std::atoi(argv[1])) : 0;
    if (argc > 2) {
        const std::string_view isa = argv[2];
        options.isa = isa == "portable" ? IsaCap::Portable
                      : isa == "avx2"   ? IsaCap::Avx2
                                        : IsaCap::None;
    }
    const std::string_view only = argc > 3 ? argv[3] : "";
    auto backend = createBackend("cpu", options);
    must(bool(backend), "no backend");
    std::printf("%s, %u threads\n",
        backend.value()->capabilities().kernels.c_str(),
        backend.value()->capabilities().threads);
    if (only.empty() || only == "mat_mul") {
        for (const DType type : {DType::Q4_K,
                 DType::Q6_K,
                 DType::Q8_0,
                 DType::Q5_K,
                 DType::Q4_0,
                 DType::Q5_0,
                 DType::Q5_1,
                 DType::IQ4_XS,
                 DType::F16,
                 DType::BF16,
                 DType::F32}) {
            for (const uint32_t tokens : {1u, 4u, 8u, 64u, 512u}) {
                benchProduct(*backend.value(), type, 4096, 2048, tokens);
            }
        }
    }
    if (only.empty() || only == "attention") {
        for (const KvType type : {KvType::F32, KvType::F16, KvType::Q8_0}) {
            benchAttention(*backend.value(), type, 4096, 1);
            benchAttention(*backend.value(), type, 32768, 1);
            benchAttention(*backend.value(), type, 2048, 512);
        }
    }
    if (only.empty() || only == "rows") {
        benchRows(*backend.value(), 1);
        benchRows(*backend.value(), 512);
    }
    return 0;
}
