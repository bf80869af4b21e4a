// SPDX-License-Identifier: MIT
// atelier-cli check: every operation of a backend against the plain reference.
#include "engine/backends/backend_check.h"
#include "engine/backends/backend_list.h"
#include "engine/tools/cli.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <string>
#include <vector>

namespace atelier::cli {

namespace {

// What the table shows of one operation: its worst case.
struct Row
{
    std::string operation;
    size_t cases = 0;
    double worst = 0.0;
    std::string worstCase;
    std::vector<std::string> failures;
};

Result<IsaCap> isaFromName(const std::string& name)
{
    constexpr std::array kNames{"portable", "avx2", "avx512", "amx"};
    const auto* found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end()) {
        std::string message("--isa knows portable, avx2, avx512 and amx, not ");
        message += name + ".";
        return Error{ErrorCode::InvalidUse, message};
    }
    return IsaCap(std::distance(kNames.begin(), found));
}

Result<BackendOptions> optionsOf(const Arguments& arguments)
{
    BackendOptions options;
    const auto threads = arguments.integer("--threads", 0, 0, 512);
    if (!threads) {
        return threads.error();
    }
    options.threads = uint32_t(threads.value());
    if (const auto isa = arguments.value("--isa")) {
        const auto cap = isaFromName(*isa);
        if (!cap) {
            return cap.error();
        }
        options.isa = cap.value();
    }
    return options;
}

std::vector<Row> runCases(Backend& backend)
{
    std::vector<Row> rows;
    for (const CheckCase& check : backendCheckCases()) {
        auto row = std::find_if(
            rows.begin(), rows.end(), [&](const Row& r) { return r.operation == check.operation; });
        if (row == rows.end()) {
            rows.push_back({check.operation, 0, 0.0, {}, {}});
            row = std::prev(rows.end());
        }
        const CheckOutcome outcome = check.run(backend);
        ++row->cases;
        if (outcome.worst >= row->worst) {
            row->worst = outcome.worst;
            row->worstCase = check.name;
        }
        if (!outcome.problem.empty()) {
            row->failures.push_back(check.name + ": " + outcome.problem);
        }
    }
    return rows;
}

} // namespace

int runCheck(std::span<char* const> words)
{
    constexpr std::array<std::string_view, 3> kValues{"--backend", "--isa", "--threads"};
    const auto arguments = Arguments::parse(words, {kValues, {}});
    if (!arguments) {
        return usage(arguments.error().message);
    }
    const auto options = optionsOf(arguments.value());
    if (!options) {
        return usage(options.error().message);
    }
    auto backend =
        createBackend(arguments.value().value("--backend").value_or("cpu"), options.value());
    if (!backend) {
        return fail(backend.error());
    }
    const Capabilities& device = backend.value()->capabilities();
    std::printf("%s: %s, %s kernels, %u threads\n\n",
        std::string(backend.value()->name()).c_str(),
        device.deviceName.c_str(),
        device.kernels.c_str(),
        device.threads);
    std::printf("%-22s %6s  %-9s  %s\n", "Operation", "Cases", "Error", "Worst case");

    const auto start = std::chrono::steady_clock::now();
    const std::vector<Row> rows = runCases(*backend.value());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    size_t cases = 0;
    size_t failures = 0;
    for (const Row& row : rows) {
        cases += row.cases;
        failures += row.failures.size();
        std::printf("%-22s %6zu  %-9.3g  %s\n",
            row.operation.c_str(),
            row.cases,
            row.worst,
            row.worstCase.c_str());
        for (const std::string& failure : row.failures) {
            std::printf("    FAILED %s\n", failure.c_str());
        }
    }
    std::printf("\nError is the largest difference from the reference, as a part of what the types "
                "allow.\n%zu cases in %.1f s, %zu failed\n",
        cases,
        seconds.count(),
        failures);
    if (failures > 0) {
        return fail(Error{ErrorCode::InvalidFormat,
            std::to_string(failures) + " checks failed on the backend " +
                std::string(backend.value()->name()) + "."});
    }
    return kSuccess;
}

} // namespace atelier::cli
