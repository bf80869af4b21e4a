// SPDX-License-Identifier: MIT
// An engine that says what a test wrote down, at the pace the test sets.
#pragma once

#include "app/inference/engine_factory.h"

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace atelier::test {

struct ScriptedReply
{
    std::vector<std::string> chunks; // one token each
    FinishReason reason = FinishReason::EndOfTurn;
    bool paced = false;           // each chunk waits for release(); so does the end
    uint32_t promptSteps = 0;     // progress reports before the first chunk; paced ones wait too
    std::optional<Error> error{}; // instead of an ending
};

struct ScriptedModel
{
    std::string name = "Scripted";
    uint32_t contextTokens = 2048;
    uint32_t layers = 4;
    bool paced = false; // each progress report waits for release()
    std::optional<Error> error{};
};

/// Threads: thread-safe. Shared between a test and the engine it scripts.
class Script
{
public:
    void addModel(const std::filesystem::path& path, ScriptedModel model);
    void addReply(ScriptedReply reply);
    void breakDevice(const std::string& device); // loading on it fails from now on
    void release(int steps);                     // lets paced steps go
    int pending() const;                         // released and not yet taken

    std::vector<GenerationRequest> requests() const; // generations asked for so far
    std::vector<std::string> devices() const; // that models were loaded on, as LoadOptions::backend
    std::vector<std::filesystem::path> cacheFolders() const; // LoadOptions::cacheFolder of each
    int openEngines() const;                                 // loaded and not yet freed

private:
    friend class ScriptedSession;
    friend class ScriptedEngineFactory;

    bool step(bool paced, std::stop_token stop); // false: stopped
    ScriptedReply nextReply(const GenerationRequest& request);

    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::map<std::filesystem::path, ScriptedModel> m_models;
    std::deque<ScriptedReply> m_replies;
    std::vector<GenerationRequest> m_requests;
    std::vector<std::string> m_devices;
    std::vector<std::filesystem::path> m_cacheFolders;
    std::optional<std::string> m_brokenDevice;
    int m_released = 0;
    int m_openEngines = 0;
};

class ScriptedEngineFactory final : public EngineFactory
{
public:
    explicit ScriptedEngineFactory(std::shared_ptr<Script> script) : m_script(std::move(script)) {}

    Result<std::unique_ptr<LoadedEngine>> open(const std::filesystem::path& path,
        const LoadOptions& load,
        const SessionOptions& session,
        const std::function<void(const LoadProgress&)>& onProgress,
        std::stop_token stop) override;

private:
    std::shared_ptr<Script> m_script;
};

} // namespace atelier::test
