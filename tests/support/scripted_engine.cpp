// SPDX-License-Identifier: MIT
#include "tests/support/scripted_engine.h"

#include <utility>

namespace atelier::test {

void Script::addModel(const std::filesystem::path& path, ScriptedModel model)
{
    const std::scoped_lock lock(m_mutex);
    m_models[path] = std::move(model);
}

void Script::addReply(ScriptedReply reply)
{
    const std::scoped_lock lock(m_mutex);
    m_replies.push_back(std::move(reply));
}

void Script::breakDevice(const std::string& device)
{
    const std::scoped_lock lock(m_mutex);
    m_brokenDevice = device;
}

std::vector<std::string> Script::devices() const
{
    const std::scoped_lock lock(m_mutex);
    return m_devices;
}

std::vector<std::filesystem::path> Script::cacheFolders() const
{
    const std::scoped_lock lock(m_mutex);
    return m_cacheFolders;
}

void Script::release(int steps)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_released += steps;
    }
    m_changed.notify_all();
}

int Script::pending() const
{
    const std::scoped_lock lock(m_mutex);
    return m_released;
}

std::vector<GenerationRequest> Script::requests() const
{
    const std::scoped_lock lock(m_mutex);
    return m_requests;
}

int Script::openEngines() const
{
    const std::scoped_lock lock(m_mutex);
    return m_openEngines;
}

bool Script::step(bool paced, std::stop_token stop)
{
    if (!paced) {
        return !stop.stop_requested();
    }
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait(lock, stop, [this] { return m_released > 0; })) {
        return false;
    }
    --m_released;
    return true;
}

ScriptedReply Script::nextReply(const GenerationRequest& request)
{
    const std::scoped_lock lock(m_mutex);
    m_requests.push_back(request);
    if (m_replies.empty()) {
        return {{"No reply was scripted."}};
    }
    ScriptedReply reply = std::move(m_replies.front());
    m_replies.pop_front();
    return reply;
}

class ScriptedSession final : public Session
{
public:
    ScriptedSession(std::shared_ptr<Script> script, ScriptedModel model)
        : m_script(std::move(script)),
          m_model(std::move(model))
    {
        const std::scoped_lock lock(m_script->m_mutex);
        ++m_script->m_openEngines;
    }

    ~ScriptedSession() override
    {
        const std::scoped_lock lock(m_script->m_mutex);
        --m_script->m_openEngines;
    }

    Result<GenerationStats> generate(const GenerationRequest& request,
        const std::function<void(const Event&)>& onEvent,
        std::stop_token stop) override
    {
        const ScriptedReply reply = m_script->nextReply(request);
        GenerationStats stats;
        stats.promptTokens = countPrompt(request.messages).value();
        stats.promptSeconds = 0.1;
        stats.reason = FinishReason::Stopped;
        for (uint32_t step = 0; step < reply.promptSteps; ++step) {
            if (!m_script->step(reply.paced, stop)) {
                return stats;
            }
            onEvent(PromptProgress{step + 1, reply.promptSteps, 0});
        }
        for (const std::string& chunk : reply.chunks) {
            if (!m_script->step(reply.paced, stop)) {
                return stats;
            }
            ++stats.generatedTokens;
            stats.decodeSeconds += 0.01;
            onEvent(TextDelta{chunk, stats.generatedTokens});
        }
        if (!m_script->step(reply.paced, stop)) {
            return stats;
        }
        if (reply.error) {
            return *reply.error;
        }
        stats.reason = reply.reason;
        return stats;
    }

    Result<std::vector<float>> logits(std::span<const int32_t>, std::stop_token) override
    {
        return Error{ErrorCode::Unsupported, "A script has no logits."};
    }

    uint32_t contextTokens() const override { return m_model.contextTokens; }
    uint32_t cachedTokens() const override { return 0; }
    std::span<const int32_t> tokens() const override { return {}; }
    double yarnFactor() const override { return 1.0; }

    Result<uint32_t> countPrompt(std::span<const Message> messages) const override
    {
        uint32_t bytes = 2; // one token per byte, and one for the role, is all a script needs
        for (const Message& message : messages) {
            bytes += uint32_t(message.content.size()) + 1;
        }
        return bytes;
    }

    void clear() override {}

    Status save(const std::filesystem::path&, std::stop_token) override { return Done{}; }
    Status restore(const std::filesystem::path&, std::stop_token) override
    {
        return Error{ErrorCode::Io, "A script saves nothing."};
    }
    Result<std::unique_ptr<Session>> fork(uint32_t, std::stop_token) override
    {
        return Error{ErrorCode::Unsupported, "A script has one branch."};
    }

private:
    std::shared_ptr<Script> m_script;
    ScriptedModel m_model;
};

Result<std::unique_ptr<LoadedEngine>> ScriptedEngineFactory::open(const std::filesystem::path& path,
    const LoadOptions& load,
    const SessionOptions&,
    const std::function<void(const LoadProgress&)>& onProgress,
    std::stop_token stop)
{
    ScriptedModel model;
    {
        const std::scoped_lock lock(m_script->m_mutex);
        const auto found = m_script->m_models.find(path);
        if (found == m_script->m_models.end()) {
            return Error{ErrorCode::Io, "Cannot open \"" + path.string() + "\"."};
        }
        model = found->second;
        m_script->m_devices.push_back(load.backend);
        m_script->m_cacheFolders.push_back(load.cacheFolder);
        if (load.backend == m_script->m_brokenDevice) {
            return Error{ErrorCode::NoDevice, "There is no device \"" + load.backend + "\"."};
        }
    }
    for (uint32_t layer = 1; layer <= model.layers; ++layer) {
        if (!m_script->step(model.paced, stop)) {
            return Error{ErrorCode::Cancelled, "Loading was cancelled."};
        }
        onProgress({"Preparing layer",
            LoadProgress::Kind::Layer,
            layer,
            model.layers,
            double(layer) / model.layers});
    }
    if (model.error) {
        return *model.error;
    }
    auto engine = std::make_unique<LoadedEngine>();
    engine->info.path = path.string();
    engine->info.name = model.name;
    engine->info.architecture = "glm4";
    engine->info.quantization = "Q8_0";
    engine->info.backend = load.backend.empty() ? "cpu" : load.backend;
    engine->info.deviceName = "Device " + engine->info.backend;
    engine->deviceMemory = [] { return DeviceMemory{1000, 250}; };
    engine->info.layers = model.layers;
    engine->info.contextLength = model.contextTokens;
    engine->session = std::make_unique<ScriptedSession>(m_script, model);
    return engine;
}

} // namespace atelier::test
