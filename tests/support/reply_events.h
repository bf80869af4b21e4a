// SPDX-License-Identifier: MIT
// What a reply parser said, as one text: deltas that follow each other are one.
#pragma once

#include "engine/chat/reply_parser.h"

#include <string>
#include <string_view>
#include <vector>

namespace atelier::test {

// "[text]" of the answer, "(text)" of thoughts, "<name|text|end>" of calls, "{3 source}".
class EventText
{
public:
    void add(const std::vector<ReplyEvent>& events)
    {
        for (const ReplyEvent& event : events) {
            std::visit([this](const auto& what) { write(what); }, event);
        }
    }
    std::string take()
    {
        close();
        return std::move(m_text);
    }

private:
    void open(char kind)
    {
        if (m_open != kind) {
            close();
            m_open = kind;
            m_text += kind == 'a' ? "[" : "";
        }
    }
    void close()
    {
        m_text += m_open == 'a' ? "]" : "";
        m_open = 0;
    }
    void write(const AnswerDelta& delta)
    {
        open('a');
        m_text += delta.text;
    }
    void write(const ThinkingBegin&)
    {
        close();
        m_text += "(";
    }
    void write(const ThinkingDelta& delta) { m_text += delta.text; }
    void write(const ThinkingEnd& end)
    {
        close();
        m_text += end.answerWasThought ? "^)" : ")";
    }
    void write(const ToolCallBegin& begin)
    {
        close();
        m_text += "<" + begin.name + "|";
    }
    void write(const ToolCallDelta& delta) { m_text += delta.text; }
    void write(const ToolCallEnd& end)
    {
        m_text += "|" + end.call.name + " " + (end.valid ? "" : "WRONG ") + end.call.arguments;
        m_text += end.note.empty() ? ">" : " # " + end.note + ">";
    }
    void write(const Citation& citation)
    {
        close();
        m_text += "{" + std::to_string(citation.number) + " " + citation.label + "}";
    }

    std::string m_text;
    char m_open = 0;
};

// The events of a reply that is cut into parts of `bytes` bytes.
inline std::string eventsOf(
    const ReplyParserOptions& options, std::string_view text, size_t bytes = std::string_view::npos)
{
    ReplyParser parser(options);
    EventText events;
    while (!text.empty()) {
        events.add(parser.push(text.substr(0, bytes)));
        text.remove_prefix(std::min(bytes, text.size()));
    }
    events.add(parser.finish());
    return events.take();
}

} // namespace atelier::test
