// SPDX-License-Identifier: MIT
// The only border between the GUI thread and the engine: values in, batched values out.
#pragma once

#include "app/inference/engine_factory.h"
#include "app/inference/inference_lane.h"
#include "engine/api/generation.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace atelier {

class ThreadReaper;

using RequestId = uint64_t; // never 0, never used twice

struct LoadRequest
{
    std::filesystem::path path;
    LoadOptions options;
    SessionOptions session;
};

/// What the GUI keeps of a model that has become the current one.
struct CurrentModel
{
    ModelInfo info;
    MemoryPlan plan;
    uint32_t contextTokens = 0;
    std::function<DeviceMemory()> deviceMemory = {}; // any thread; may be empty
};

/// The text of one frame.
struct TextBatch
{
    QString text;
    uint32_t tokens = 0; // generated so far in this reply
};

/// Loads on one thread and generates on another, so that a reply goes on while the next model
/// loads. The current model is replaced only once the new one is ready; a reply keeps the model it
/// began with.
///
/// Threads:  call every method on the thread that owns this object; every signal is emitted there,
///           in the order in which the engine reported, at most once per kind and 16 ms frame. No
///           method waits for the engine.
/// Errors:   every request ends with exactly one of its ending signals. A stopped reply ends with
///           generationFinished(Stopped), a stopped load with loadFailed(Cancelled).
/// Lifetime: destruction asks everything to stop and returns at once; the threads end in the
/// reaper.
class InferenceThread final : public QObject
{
    Q_OBJECT

public:
    InferenceThread(
        std::shared_ptr<EngineFactory> factory, ThreadReaper& reaper, QObject* parent = nullptr);
    ~InferenceThread() override;

    RequestId load(const LoadRequest& request);
    RequestId generate(const GenerationRequest& request);

    /// How many tokens each of these conversations takes as a prompt. Waits for a running reply;
    /// a newer request replaces one that still waits, which then never ends.
    RequestId countPrompts(std::vector<std::vector<Message>> prompts);

    /// Takes effect within 50 ms. Requests that have ended, and unknown ones, are ignored.
    void stop(RequestId request);

Q_SIGNALS:
    void loadProgressed(atelier::RequestId request, const atelier::LoadProgress& progress);
    void loaded(atelier::RequestId request, const atelier::CurrentModel& model);
    void loadFailed(atelier::RequestId request, const atelier::Error& error);

    void promptProgressed(atelier::RequestId request, const atelier::PromptProgress& progress);
    void textArrived(atelier::RequestId request, const atelier::TextBatch& batch);
    void generationFinished(atelier::RequestId request, const atelier::GenerationStats& stats);
    void generationFailed(atelier::RequestId request, const atelier::Error& error);

    void promptsCounted(atelier::RequestId request, const std::vector<uint32_t>& tokens);

private:
    class Border; // shared with the threads, which may outlive this object

    void scheduleFlush();
    void flush();

    std::shared_ptr<EngineFactory> m_factory;
    ThreadReaper& m_reaper;
    std::shared_ptr<Border> m_border;
    InferenceLane m_loading;
    InferenceLane m_generating;
    RequestId m_lastId = 0;
    RequestId m_waitingCount = 0;
    QElapsedTimer m_sinceFlush;
    QTimer m_frame;
};

} // namespace atelier
