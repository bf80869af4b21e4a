// SPDX-License-Identifier: MIT
#include "app/inference/inference_thread.h"

#include "app/inference/thread_reaper.h"
#include "engine/base/check.h"

#include <mutex>
#include <type_traits>
#include <utility>
#include <variant>

namespace atelier {

namespace {

constexpr int kFrameMs = 16;

struct LoadFailure
{
    Error error;
};

struct GenerationFailure
{
    Error error;
};

using What = std::variant<LoadProgress,
    CurrentModel,
    LoadFailure,
    PromptProgress,
    TextDelta,
    GenerationStats,
    GenerationFailure,
    std::vector<uint32_t>>;

struct Item
{
    RequestId request = 0;
    What what;
};

// Within a frame only the newest progress and the joined text of a request are worth a signal.
bool joined(Item& last, Item& next)
{
    if (last.request != next.request || last.what.index() != next.what.index()) {
        return false;
    }
    if (auto* text = std::get_if<TextDelta>(&last.what)) {
        const auto& more = std::get<TextDelta>(next.what);
        text->text += more.text;
        text->tokens = more.tokens;
        return true;
    }
    if (std::holds_alternative<LoadProgress>(last.what) ||
        std::holds_alternative<PromptProgress>(last.what)) {
        last.what = std::move(next.what);
        return true;
    }
    return false;
}

} // namespace

/// What both sides share. Each member is reached through its own lock only.
class InferenceThread::Border
{
public:
    explicit Border(InferenceThread* owner) : m_owner(owner) {}

    void post(RequestId request, What what)
    {
        const std::scoped_lock lock(m_mutex);
        if (m_owner == nullptr) {
            return;
        }
        Item item{request, std::move(what)};
        if (m_items.empty() || !joined(m_items.back(), item)) {
            m_items.push_back(std::move(item));
        }
        if (!m_woken) {
            m_woken = true;
            QMetaObject::invokeMethod(
                m_owner, [owner = m_owner] { owner->scheduleFlush(); }, Qt::QueuedConnection);
        }
    }

    std::vector<Item> take()
    {
        const std::scoped_lock lock(m_mutex);
        m_woken = false;
        return std::exchange(m_items, {});
    }

    void close()
    {
        const std::scoped_lock lock(m_mutex);
        m_owner = nullptr;
        m_items.clear();
    }

    std::shared_ptr<LoadedEngine> engine()
    {
        const std::scoped_lock lock(m_engineMutex);
        return m_engine;
    }

    void setEngine(std::shared_ptr<LoadedEngine> engine)
    {
        const std::scoped_lock lock(m_engineMutex);
        m_engine.swap(engine); // the old one is released below, outside the lock
    }

private:
    std::mutex m_mutex;
    InferenceThread* m_owner;
    std::vector<Item> m_items;
    bool m_woken = false;

    std::mutex m_engineMutex;
    std::shared_ptr<LoadedEngine> m_engine;
};

InferenceThread::InferenceThread(
    std::shared_ptr<EngineFactory> factory, ThreadReaper& reaper, QObject* parent)
    : QObject(parent),
      m_factory(std::move(factory)),
      m_reaper(reaper),
      m_border(std::make_shared<Border>(this))
{
    check(m_factory != nullptr, "an inference thread needs an engine factory");
    m_frame.setSingleShot(true);
    m_frame.setTimerType(Qt::PreciseTimer);
    connect(&m_frame, &QTimer::timeout, this, &InferenceThread::flush);
}

InferenceThread::~InferenceThread()
{
    m_border->close();
    m_loading.shutDown(m_reaper);
    m_generating.shutDown(m_reaper);
}

RequestId InferenceThread::load(const LoadRequest& request)
{
    const RequestId id = ++m_lastId;
    auto job = [id, request, factory = m_factory, border = m_border](const std::stop_token& stop) {
        const auto onProgress = [&](const LoadProgress& progress) { border->post(id, progress); };
        auto opened =
            factory->open(request.path, request.options, request.session, onProgress, stop);
        if (!opened) {
            border->post(id, LoadFailure{opened.error()});
            return;
        }
        const std::shared_ptr<LoadedEngine> engine = opened.take();
        check(engine && engine->session, "an opened engine has a session");
        const CurrentModel model{
            engine->info, engine->plan, engine->session->contextTokens(), engine->deviceMemory};
        border->setEngine(engine);
        border->post(id, model);
    };
    m_loading.post(id, std::move(job));
    return id;
}

RequestId InferenceThread::generate(const GenerationRequest& request)
{
    const RequestId id = ++m_lastId;
    auto job = [id, request, border = m_border](const std::stop_token& stop) {
        const auto engine = border->engine();
        if (stop.stop_requested()) {
            GenerationStats stats;
            stats.reason = FinishReason::Stopped;
            border->post(id, stats);
            return;
        }
        if (!engine) {
            border->post(id,
                GenerationFailure{
                    {ErrorCode::InvalidUse, "No model is loaded, so nothing can answer."}});
            return;
        }
        const auto onEvent = [&](const Event& event) {
            std::visit(
                [&](const auto& what) {
                    // Nothing shows the other events yet.
                    using T = std::decay_t<decltype(what)>;
                    if constexpr (std::is_same_v<T, PromptProgress> ||
                                  std::is_same_v<T, TextDelta>) {
                        border->post(id, what);
                    }
                },
                event);
        };
        const auto result = engine->session->generate(request, onEvent, stop);
        if (result) {
            border->post(id, result.value());
        } else {
            border->post(id, GenerationFailure{result.error()});
        }
    };
    m_generating.post(id, std::move(job));
    return id;
}

RequestId InferenceThread::countPrompts(std::vector<std::vector<Message>> prompts)
{
    if (m_waitingCount != 0) {
        m_generating.withdraw(m_waitingCount);
    }
    const RequestId id = ++m_lastId;
    m_waitingCount = id;
    m_generating.post(id, [id, prompts = std::move(prompts), border = m_border](std::stop_token) {
        const auto engine = border->engine();
        std::vector<uint32_t> counts;
        for (const auto& messages : prompts) {
            uint32_t tokens = 0; // unknown without a model
            if (engine) {
                const auto count = engine->session->countPrompt(messages);
                tokens = count ? count.value() : 0;
            }
            counts.push_back(tokens);
        }
        border->post(id, std::move(counts));
    });
    return id;
}

void InferenceThread::stop(RequestId request)
{
    m_loading.stop(request);
    m_generating.stop(request);
}

void InferenceThread::scheduleFlush()
{
    const qint64 elapsed = m_sinceFlush.isValid() ? m_sinceFlush.elapsed() : kFrameMs;
    if (elapsed >= kFrameMs) {
        flush();
    } else {
        m_frame.start(int(kFrameMs - elapsed));
    }
}

void InferenceThread::flush()
{
    m_sinceFlush.start();
    for (const Item& item : m_border->take()) {
        const RequestId id = item.request;
        if (const auto* progress = std::get_if<LoadProgress>(&item.what)) {
            Q_EMIT loadProgressed(id, *progress);
        } else if (const auto* model = std::get_if<CurrentModel>(&item.what)) {
            Q_EMIT loaded(id, *model);
        } else if (const auto* load = std::get_if<LoadFailure>(&item.what)) {
            Q_EMIT loadFailed(id, load->error);
        } else if (const auto* read = std::get_if<PromptProgress>(&item.what)) {
            Q_EMIT promptProgressed(id, *read);
        } else if (const auto* text = std::get_if<TextDelta>(&item.what)) {
            Q_EMIT textArrived(id, {QString::fromStdString(text->text), text->tokens});
        } else if (const auto* stats = std::get_if<GenerationStats>(&item.what)) {
            Q_EMIT generationFinished(id, *stats);
        } else if (const auto* failure = std::get_if<GenerationFailure>(&item.what)) {
            Q_EMIT generationFailed(id, failure->error);
        } else if (const auto* counts = std::get_if<std::vector<uint32_t>>(&item.what)) {
            Q_EMIT promptsCounted(id, *counts);
        }
    }
}

} // namespace atelier
