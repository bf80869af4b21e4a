// SPDX-License-Identifier: MIT
#include "engine/base/text.h"
#include "engine/tokenizer/tokenizer.h"

#include <cstdint>

namespace atelier {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD"; // U+FFFD

// Bytes at `at` that begin a valid sequence without completing it: what one U+FFFD replaces, as
// Unicode recommends and browsers do. At least 1. `couldGrow` tells that more bytes may complete
// it.
size_t incompleteLength(std::string_view text, size_t at, bool& couldGrow)
{
    // Continuation bytes that fit: one is enough to know whether a sequence is still alive.
    static constexpr std::string_view kFill[] = {"\x80", "\x90", "\xA0"};
    size_t length = 1;
    for (size_t size = 1; size <= 3 && at + size <= text.size(); ++size) {
        bool alive = false;
        for (const std::string_view fill : kFill) {
            std::string candidate(text.substr(at, size));
            while (candidate.size() < 4 && !alive) {
                candidate += fill;
                alive = utf8SequenceLength(candidate, 0) == candidate.size();
            }
        }
        if (!alive) {
            break;
        }
        length = size;
        couldGrow = at + size == text.size();
    }
    return length;
}

} // namespace

std::string Utf8Stream::push(std::string_view bytes)
{
    const std::string joined = m_pending.append(bytes);
    m_pending.clear();
    std::string out;
    out.reserve(joined.size());
    for (size_t at = 0; at < joined.size();) {
        if (const size_t length = utf8SequenceLength(joined, at); length != 0) {
            out.append(joined, at, length);
            at += length;
            continue;
        }
        bool couldGrow = false;
        const size_t length = incompleteLength(joined, at, couldGrow);
        if (couldGrow) {
            m_pending = joined.substr(at);
            break;
        }
        out += kReplacement;
        at += length;
    }
    return out;
}

std::string Utf8Stream::finish()
{
    const bool hasRest = !m_pending.empty();
    m_pending.clear();
    return std::string(hasRest ? kReplacement : std::string_view());
}

} // namespace atelier
