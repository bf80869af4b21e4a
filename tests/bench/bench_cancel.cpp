// SPDX-License-Identifier: MIT
// How soon a request to stop takes effect: while a model is loaded, reads a prompt, writes, and is
// quantized. Built with the tests, never run by ctest.
//   bench_cancel MODEL [TRIES] [THREADS] [QUANTIZED FILE]
#include "engine/api/model.h"
#include "engine/base/process_memory.h"
#include "engine/formats/model_file.h"
#include "engine/quantize/quantize_model.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace atelier;

namespace {

using Clock = std::chrono::steady_clock;
using Work = std::function<void(std::stop_token)>;

double seconds(Clock::duration duration)
{
    return std::chrono::duration<double>(duration).count();
}

// Stops `work` after growing delays, and prints how long it went on: by the clock, and in processor
// time of the whole program, which other programs lengthen less.
void measure(const char* name, int tries, double firstDelay, double lastDelay, const Work& work)
{
    std::vector<double> wall;
    std::vector<double> processor;
    int finished = 0;
    for (int i = 0; i < tries; ++i) {
        const double delay = firstDelay + (lastDelay - firstDelay) * i / std::max(1, tries - 1);
        std::stop_source stop;
        Clock::time_point asked;
        std::clock_t askedAt = 0;
        std::thread stopper([&] {
            std::this_thread::sleep_for(std::chrono::duration<double>(delay));
            askedAt = std::clock();
            asked = Clock::now();
            stop.request_stop();
        });
        work(stop.get_token());
        const auto ended = Clock::now();
        const std::clock_t endedAt = std::clock();
        stopper.join();
        if (asked >= ended) {
            ++finished;
            continue;
        }
        wall.push_back(seconds(ended - asked) * 1e3);
        processor.push_back(double(endedAt - askedAt) / CLOCKS_PER_SEC * 1e3);
    }
    std::sort(wall.begin(), wall.end());
    std::sort(processor.begin(), processor.end());
    if (wall.empty()) {
        std::printf("%-10s finished before it was stopped\n", name);
        return;
    }
    std::printf("%-10s %zu tries: median %.1f ms, longest %.1f ms; processor %.1f, %.1f ms\n",
        name,
        wall.size(),
        wall[wall.size() / 2],
        wall.back(),
        processor[processor.size() / 2],
        processor.back());
    std::fflush(stdout);
}

GenerationRequest request(size_t words, uint32_t tokens)
{
    GenerationRequest asked;
    for (size_t i = 0; i < words; ++i) {
        asked.rawPrompt += i % 7 == 0 ? " red" : " and";
    }
    asked.sampling.temperature = 0.0f;
    asked.maxTokens = tokens;
    return asked;
}

} // namespace

int main(int count, char** words)
{
    if (count < 2) {
        std::fputs("bench_cancel MODEL [TRIES] [THREADS] [QUANTIZED FILE]\n", stderr);
        return 2;
    }
    const std::filesystem::path path = words[1];
    const int tries = count > 2 ? std::atoi(words[2]) : 20;
    LoadOptions load;
    load.backend = "cpu";
    load.threads = count > 3 ? uint32_t(std::atoi(words[3])) : 0;
    auto start = Clock::now();
    const auto model = Model::load(path, load, nullptr, {});
    if (!model) {
        std::fprintf(stderr, "%s\n", model.error().message.c_str());
        return 1;
    }
    std::printf("loads in %.3f s", seconds(Clock::now() - start));
    start = Clock::now();
    static_cast<void>(Model::load(path, load, nullptr, {}));
    const double loadSeconds = seconds(Clock::now() - start);
    std::printf(", then in %.3f s\n", loadSeconds);
    measure("load", tries, 0.0, loadSeconds * 0.9, [&](std::stop_token stop) {
        static_cast<void>(Model::load(path, load, nullptr, std::move(stop)));
    });
    SessionOptions options;
    options.contextTokens = 2048;
    const MemoryPlan plan = model.value()->plan(options);
    const auto session = Session::create(model.value(), options);
    if (!session) {
        std::fprintf(stderr, "%s\n", session.error().message.c_str());
        return 1;
    }
    const auto generate = [&](const GenerationRequest& asked, std::stop_token stop) {
        const auto stats = session.value()->generate(asked, nullptr, std::move(stop));
        if (!stats) {
            std::fprintf(stderr, "%s\n", stats.error().message.c_str());
        }
    };
    measure("prompt", tries, 0.2, 2.0, [&](std::stop_token stop) {
        session.value()->clear();
        generate(request(350, 1), std::move(stop));
    });
    session.value()->clear();
    generate(request(2, 1), {});
    measure("writing", tries, 0.2, 1.0, [&](std::stop_token stop) {
        generate(request(2, 1000), std::move(stop));
    });
    std::printf(
        "plan: %.1f MiB mapped, %.1f allocated weights, %.1f cache, %.1f work; resident %.1f MiB\n",
        double(plan.mappedWeights) / (1 << 20),
        double(plan.allocatedWeights) / (1 << 20),
        double(plan.cache) / (1 << 20),
        double(plan.compute) / (1 << 20),
        double(readProcessMemory().residentBytes) / (1 << 20));
    if (count > 4) {
        const auto file = openModel(path);
        measure("quantize", tries, 0.1, 2.0, [&](std::stop_token stop) {
            static_cast<void>(quantizeModel(
                file.value(), words[4], {"Q4_K_M", load.threads, true}, nullptr, std::move(stop)));
        });
    }
    return 0;
}
