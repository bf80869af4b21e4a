// SPDX-License-Identifier: MIT
// Penalties for repeating: what was written makes itself less likely.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace atelier {

struct SamplingOptions;

// What a sampler asks about tokens.
struct TokenTexts
{
    std::function<std::string_view(int32_t)> bytes;
    std::function<bool(int32_t)> isControl;
};

// Sources: repetition penalty Keskar et al. 2019 (CTRL), with the sign fix everyone uses; presence
// and frequency penalty as in OpenAI's API; DRY by p-e-w (text-generation-webui, pull request
// 5677).
//
// Threads: one thread at a time; one per reply.
class Penalties
{
public:
    // `options` must be valid. Without `texts`, no token is a control token and DRY has no
    // breakers.
    Penalties(const SamplingOptions& options, TokenTexts texts);

    bool active() const { return m_counting || m_dryMultiplier > 0.0f; }

    // These follow what was there before, prompt or reply.
    void accept(std::span<const int32_t> tokens);

    // logits  [vocab]
    void apply(std::span<float> logits);

private:
    enum class Kind : uint8_t { Plain, Breaker, Control };

    Kind kindOf(int32_t token);
    void applyCounts(std::span<float> logits);
    void applyDry(std::span<float> logits);

    bool m_counting = false;
    float m_repetition;
    float m_presence;
    float m_frequency;
    size_t m_window;
    float m_dryMultiplier;
    float m_dryBase;
    size_t m_dryAllowed;
    size_t m_dryWindow;
    std::vector<std::string> m_breakers;
    TokenTexts m_texts;

    std::vector<int32_t> m_history;
    std::unordered_map<int32_t, Kind> m_kinds;    // of tokens in the history
    std::unordered_map<int32_t, size_t> m_counts; // within the window; control tokens are left out
    std::vector<size_t> m_matches;                // scratch of applyDry()
};

} // namespace atelier
