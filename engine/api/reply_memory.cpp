// SPDX-License-Identifier: MIT
#include "engine/api/reply_memory.h"

#include <utility>

namespace atelier {

namespace {

constexpr size_t kMaxTokens = 1u << 20; // 4 MiB: more than any context holds

} // namespace

void ReplyMemory::remember(const std::string& text, std::vector<int32_t> tokens)
{
    m_total += tokens.size();
    const auto [found, isNew] = m_tokens.try_emplace(text);
    m_total -= found->second.size();
    found->second = std::move(tokens);
    if (isNew) {
        m_order.push_back(text);
    }
    while (m_total > kMaxTokens && m_order.size() > 1) {
        const auto oldest = m_tokens.find(m_order.front());
        m_total -= oldest->second.size();
        m_tokens.erase(oldest);
        m_order.pop_front();
    }
}

const std::vector<int32_t>* ReplyMemory::find(const std::string& text) const
{
    const auto found = m_tokens.find(text);
    return found == m_tokens.end() ? nullptr : &found->second;
}

void ReplyMemory::clear()
{
    m_tokens.clear();
    m_order.clear();
    m_total = 0;
}

} // namespace atelier
