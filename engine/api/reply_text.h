// SPDX-License-Identifier: MIT
// Token bytes to the text of a reply, as people see it.
#pragma once

#include "engine/tokenizer/tokenizer.h"

#include <string>
#include <string_view>
#include <vector>

namespace atelier {

// Whole UTF-8 characters, without the newline that chat models write first, ended by the first
// stop string; what could still become one is held back.
//
// Threads: one thread at a time; one per reply.
class ReplyText
{
public:
    ReplyText(bool dropLeadingNewline, std::vector<std::string> stopStrings);

    // What these bytes make visible. Nothing any more once stopped().
    std::string push(std::string_view bytes);
    // What was held back as a possible stop string, when there is no more to come. An incomplete
    // character is dropped.
    std::string finish();

    bool stopped() const { return m_stopped; } // a stop string was met
    // All that was pushed is visible, but for the leading newline.
    bool complete() const { return m_complete && !m_stopped; }

private:
    std::string takeUpToStop();

    std::vector<std::string> m_stopStrings; // none empty
    Utf8Stream m_characters;
    std::string m_held; // a proper prefix of a stop string, after each call
    bool m_dropNewline;
    bool m_stopped = false;
    bool m_complete = true;
};

} // namespace atelier
