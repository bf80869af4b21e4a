// SPDX-License-Identifier: MIT
// Tokens per second over the last two seconds.
#pragma once

#include <QList>

#include <algorithm>

namespace atelier {

/// Times are milliseconds of any clock that does not run backwards.
class RateMeter
{
public:
    static constexpr qint64 kWindowMs = 2000;

    void reset() { m_samples.clear(); }

    /// `tokens` so far, in all.
    void add(qint64 now, qint64 tokens)
    {
        m_samples.append({now, tokens});
        // One sample from before the window stays: it is where the window's first token counts
        // from.
        while (m_samples.size() > 2 && m_samples[1].time <= now - kWindowMs) {
            m_samples.removeFirst();
        }
    }

    /// 0 until two samples are apart.
    double perSecond(qint64 now) const
    {
        if (m_samples.size() < 2) {
            return 0;
        }
        const Sample& first = m_samples.first();
        const qint64 span = std::max(now, m_samples.last().time) - first.time;
        return span > 0 ? double(m_samples.last().tokens - first.tokens) * 1000.0 / double(span)
                        : 0;
    }

private:
    struct Sample
    {
        qint64 time;
        qint64 tokens;
    };
    QList<Sample> m_samples;
};

} // namespace atelier
