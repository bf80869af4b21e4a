// SPDX-License-Identifier: MIT
#include "engine/api/reply_text.h"

#include <algorithm>

namespace atelier {

ReplyText::ReplyText(bool dropLeadingNewline, std::vector<std::string> stopStrings)
    : m_stopStrings(std::move(stopStrings)),
      m_dropNewline(dropLeadingNewline)
{
    std::erase_if(m_stopStrings, [](const std::string& text) { return text.empty(); });
}

std::string ReplyText::push(std::string_view bytes)
{
    if (m_stopped) {
        return {};
    }
    std::string text = m_characters.push(bytes);
    if (m_dropNewline && !text.empty()) {
        m_dropNewline = false;
        if (text.front() == '\n') {
            text.erase(0, 1);
        }
    }
    m_held += text;
    return takeUpToStop();
}

std::string ReplyText::finish()
{
    m_complete = m_characters.finish().empty();
    return m_stopped ? std::string() : std::exchange(m_held, {});
}

std::string ReplyText::takeUpToStop()
{
    size_t stopAt = std::string::npos;
    size_t holdFrom = m_held.size();
    for (const std::string& stop : m_stopStrings) {
        stopAt = std::min(stopAt, m_held.find(stop));
        const size_t longest = std::min(stop.size() - 1, m_held.size());
        for (size_t length = longest; length > 0; --length) {
            if (std::string_view(m_held).ends_with(std::string_view(stop).substr(0, length))) {
                holdFrom = std::min(holdFrom, m_held.size() - length);
                break;
            }
        }
    }
    m_stopped = stopAt != std::string::npos;
    std::string visible = m_held.substr(0, std::min(stopAt, holdFrom));
    m_held.erase(0, m_stopped ? m_held.size() : visible.size());
    return visible;
}

} // namespace atelier
