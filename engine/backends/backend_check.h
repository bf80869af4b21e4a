// SPDX-License-Identifier: MIT
// Every operation of a backend against its plain reference, at awkward sizes. What `atelier-cli
// check` prints and what the tests of backends run.
#pragma once

#include "engine/backends/backend.h"

#include <functional>
#include <string>
#include <vector>

namespace atelier {

struct CheckOutcome
{
    // The largest |actual - expected| divided by what the types involved allow at that element.
    // 1 and below is right.
    double worst = 0.0;
    std::string problem; // empty, or what went wrong in a sentence
};

// One operation at one size. `run` allocates what it needs on the backend.
struct CheckCase
{
    std::string operation; // "mat_mul Q4_K"
    std::string name;      // "in 256, out 33, 5 tokens, bias"
    std::function<CheckOutcome(Backend&)> run;
};

std::vector<CheckCase> backendCheckCases();

} // namespace atelier
