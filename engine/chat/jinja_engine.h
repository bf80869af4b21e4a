// SPDX-License-Identifier: MIT
// Runs one Jinja template in a sandbox: it sees the variables it is given, and is stopped when it
// takes too much time, memory or depth.
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace atelier {

// A template comes out of a model file and may be hostile.
struct JinjaLimits
{
    size_t templateBytes = size_t(256) << 10;
    size_t heapBytes = size_t(96) << 20;
    size_t stackBytes = size_t(160) << 10; // of the calling thread
    double seconds = 0.4;                  // of processor time, for one call
};

// Threads: one thread at a time.
class JinjaEngine
{
public:
    virtual ~JinjaEngine() = default;

    // Whether this build can render templates at all.
    static bool isAvailable();

    // Compiles. InvalidFormat when the template is wrong or beyond a limit, Unsupported when
    // templates cannot be rendered by this build.
    static Result<std::unique_ptr<JinjaEngine>> create(
        std::string source, const JinjaLimits& limits = {});

    // `extraSeconds` comes on top of the limit: long conversations take their time.
    //
    // `variables` is a JSON object. A text in it that begins with `numberMark` stands for a number
    // and is written as JSON the way it is behind the mark: scripts cannot tell 1.0 from 1. The
    // answer is UTF-8. InvalidFormat when the template fails, with its own message.
    virtual Result<std::string> render(
        const std::string& variables, const std::string& numberMark, double extraSeconds) = 0;
};

} // namespace atelier
