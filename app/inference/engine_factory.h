// SPDX-License-Identifier: MIT
// What the inference thread needs of an engine: a way to open a model. Tests hand in a scripted
// one.
#pragma once

#include "engine/api/model.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>

namespace atelier {

/// A model that is ready to answer, with the one session it answers in.
struct LoadedEngine
{
    ModelInfo info;
    MemoryPlan plan;
    std::unique_ptr<Session> session;
    std::function<DeviceMemory()> deviceMemory; // any thread; outlives the model harmlessly
};

/// Threads: open() is called on a loading thread, one call at a time.
class EngineFactory
{
public:
    virtual ~EngineFactory() = default;

    // Blocks. Ends with Cancelled soon after `stop` was asked to stop.
    virtual Result<std::unique_ptr<LoadedEngine>> open(const std::filesystem::path& path,
        const LoadOptions& load,
        const SessionOptions& session,
        const std::function<void(const LoadProgress&)>& onProgress,
        std::stop_token stop) = 0;
};

/// Atelier's own engine.
class NativeEngineFactory final : public EngineFactory
{
public:
    Result<std::unique_ptr<LoadedEngine>> open(const std::filesystem::path& path,
        const LoadOptions& load,
        const SessionOptions& session,
        const std::function<void(const LoadProgress&)>& onProgress,
        std::stop_token stop) override;
};

} // namespace atelier
