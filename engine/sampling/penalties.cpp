// SPDX-License-Identifier: MIT
#include "engine/sampling/penalties.h"

#include "engine/api/generation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace atelier {

Penalties::Penalties(const SamplingOptions& options, TokenTexts texts)
    : m_repetition(options.repetitionPenalty),
      m_presence(options.presencePenalty),
      m_frequency(options.frequencyPenalty),
      m_window(options.penaltyWindow),
      m_dryMultiplier(options.dry.multiplier),
      m_dryBase(options.dry.base),
      m_dryAllowed(options.dry.allowedLength),
      m_dryWindow(options.dry.window),
      m_breakers(options.dry.breakers),
      m_texts(std::move(texts))
{
    m_counting = m_repetition != 1.0f || m_presence != 0.0f || m_frequency != 0.0f;
    std::erase_if(m_breakers, [](const std::string& text) { return text.empty(); });
}

Penalties::Kind Penalties::kindOf(int32_t token)
{
    const auto [found, isNew] = m_kinds.try_emplace(token, Kind::Plain);
    if (isNew) {
        if (m_texts.isControl && m_texts.isControl(token)) {
            found->second = Kind::Control;
        } else if (m_texts.bytes) {
            const std::string_view text = m_texts.bytes(token);
            const bool breaks = std::any_of(m_breakers.begin(),
                m_breakers.end(),
                [&](const std::string& breaker) { return text.find(breaker) != text.npos; });
            found->second = breaks ? Kind::Breaker : Kind::Plain;
        }
    }
    return found->second;
}

void Penalties::accept(std::span<const int32_t> tokens)
{
    if (!active()) {
        return;
    }
    for (const int32_t token : tokens) {
        m_history.push_back(token);
        if (!m_counting) {
            continue;
        }
        if (kindOf(token) != Kind::Control) {
            ++m_counts[token];
        }
        if (m_window == 0 || m_history.size() <= m_window) {
            continue;
        }
        const auto gone = m_counts.find(m_history[m_history.size() - 1 - m_window]);
        if (gone != m_counts.end() && --gone->second == 0) {
            m_counts.erase(gone);
        }
    }
}

void Penalties::apply(std::span<float> logits)
{
    if (m_counting) {
        applyCounts(logits);
    }
    if (m_dryMultiplier > 0.0f) {
        applyDry(logits);
    }
}

void Penalties::applyCounts(std::span<float> logits)
{
    for (const auto& [token, count] : m_counts) {
        if (size_t(token) >= logits.size()) {
            continue;
        }
        float& logit = logits[size_t(token)];
        logit = logit > 0.0f ? logit / m_repetition : logit * m_repetition;
        logit -= m_presence + m_frequency * float(count);
    }
}

// For each place in the history, how many tokens before it are the same as the last ones: the Z
// function of the history read backwards, in one pass. The token that came next there would
// continue the repetition.
void Penalties::applyDry(std::span<float> logits)
{
    const size_t window =
        m_dryWindow == 0 ? m_history.size() : std::min(m_dryWindow, m_history.size());
    const auto back = [&](size_t i) { return m_history[m_history.size() - 1 - i]; };
    size_t longest = 0; // a run reaches back to the last breaker at most
    while (longest < window && kindOf(back(longest)) == Kind::Plain) {
        ++longest;
    }
    const size_t least = std::max<size_t>(m_dryAllowed, 1);
    if (longest < least) {
        return;
    }
    std::unordered_map<int32_t, size_t> runs; // longest one that each token would continue
    m_matches.assign(window, 0);
    size_t left = 0; // [left, right) equals [0, right - left)
    size_t right = 0;
    for (size_t i = 1; i < window; ++i) {
        size_t length = i < right ? std::min(right - i, m_matches[i - left]) : 0;
        while (i + length < window && back(length) == back(i + length)) {
            ++length;
        }
        if (i + length > right) {
            left = i;
            right = i + length;
        }
        m_matches[i] = length;
        const size_t run = std::min(length, longest);
        if (run >= least && kindOf(back(i - 1)) != Kind::Control) {
            size_t& known = runs[back(i - 1)];
            known = std::max(known, run);
        }
    }
    // Enough to rule a token out, and far from infinity.
    constexpr double kMost = 1e6;
    for (const auto& [token, run] : runs) {
        if (size_t(token) < logits.size()) {
            const double penalty =
                m_dryMultiplier * std::pow(double(m_dryBase), double(run - m_dryAllowed));
            logits[size_t(token)] -= float(std::min(penalty, kMost));
        }
    }
}

} // namespace atelier
