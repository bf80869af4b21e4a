// SPDX-License-Identifier: MIT
// Models in memory behind the engine's public interface, and what a reply was made of.
#pragma once

#include "engine/api/loaded_model.h"
#include "tests/support/tiny_model.h"
#include "tests/support/wrapped_backend.h"

#include <memory>
#include <string>
#include <vector>

namespace atelier::test {

// Loads what `writer` wrote. The bytes live as long as the file that refers to them.
inline Result<std::shared_ptr<Model>> loadTiny(const GgufWriter& writer,
    BackendHooks& hooks,
    uint64_t freeBytes = 0,
    const std::function<void(const LoadProgress&)>& onProgress = nullptr,
    std::stop_token stop = {})
{
    auto bytes = std::make_shared<std::vector<std::byte>>(writer.bytes());
    auto parsed = parseGguf(*bytes);
    if (!parsed) {
        return parsed.error();
    }
    auto file = parsed.take();
    const ModelFile* raw = file.get();
    LoadParts parts;
    parts.file = std::shared_ptr<const ModelFile>(
        raw, [bytes, owner = std::move(file)](const ModelFile*) mutable { owner.reset(); });
    parts.backend = wrappedCpu(hooks);
    parts.freeMemory = [freeBytes] { return freeBytes; };
    return LoadedModel::load(std::move(parts), onProgress, std::move(stop));
}

// What generate() reported and returned.
struct Written
{
    std::string text;
    std::vector<TextDelta> deltas;
    std::vector<PromptProgress> progress;
    std::vector<Event> others;
    bool progressAfterText = false;
    Result<GenerationStats> stats = GenerationStats{};
};

inline Written write(Session& session,
    const GenerationRequest& request,
    std::stop_token stop = {},
    const std::function<void(const Event&)>& alsoCall = nullptr)
{
    Written written;
    written.stats = session.generate(
        request,
        [&](const Event& event) {
            if (const auto* delta = std::get_if<TextDelta>(&event)) {
                written.text += delta->text;
                written.deltas.push_back(*delta);
            } else if (const auto* progress = std::get_if<PromptProgress>(&event)) {
                written.progress.push_back(*progress);
                written.progressAfterText = !written.deltas.empty();
            } else {
                written.others.push_back(event);
            }
            if (alsoCall) {
                alsoCall(event);
            }
        },
        std::move(stop));
    return written;
}

// The first event of a kind that is neither text nor progress; null without one.
template <class T>
const T* first(const Written& written)
{
    for (const Event& event : written.others) {
        if (const auto* found = std::get_if<T>(&event)) {
            return found;
        }
    }
    return nullptr;
}

inline GenerationRequest ask(const std::string& text, uint32_t maxTokens = 64)
{
    GenerationRequest request;
    request.messages = {{Role::User, text, {}}};
    request.sampling.temperature = 0.0f;
    request.maxTokens = maxTokens;
    return request;
}

} // namespace atelier::test
