// SPDX-License-Identifier: MIT
// The text of a reply to what it means: thoughts, an answer with its sources, calls of tools.
// Formats: glm-facts 4 and 5.
#pragma once

#include "engine/chat/message.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace atelier {

struct AnswerDelta
{
    std::string text;
};

struct ThinkingBegin
{
};

struct ThinkingDelta
{
    std::string text;
};

struct ThinkingEnd
{
    // The thoughts were never opened: all that came as an answer so far was thought.
    bool answerWasThought = false;
};

struct ToolCallBegin
{
    std::string name; // one of the tools offered
};

struct ToolCallDelta
{
    std::string text; // of the arguments, as the model writes them
};

struct ToolCallEnd
{
    ToolCall call;     // arguments: a JSON object when `valid`, else what the model wrote
    bool valid = true; // a call that is not must not be made
    std::string note;  // what was repaired, or what is wrong; empty when all is well
};

// 【3†source】 in an answer. Not part of AnswerDelta.
struct Citation
{
    uint32_t number = 0;
    std::string label; // "source"
};

using ReplyEvent = std::variant<AnswerDelta,
    ThinkingBegin,
    ThinkingDelta,
    ThinkingEnd,
    ToolCallBegin,
    ToolCallDelta,
    ToolCallEnd,
    Citation>;

struct ReplyParserOptions
{
    std::vector<std::string> tools; // names offered; no others are called
    bool startsThinking = false;    // the prompt has opened the thoughts
};

// Fed as the reply is written. The events do not depend on how the text is cut, but for the length
// of deltas. A call is a line with the name of a tool, at the start of the reply or of any line
// outside code blocks, and arguments behind it; several calls are separated by white space or
// <|assistant|>. What looks like one and is not stays text.
//
// Holds back what could become something else: a few hundred bytes. A call's arguments are kept
// until they end, at most kMaxArgumentBytes.
//
// Threads: one thread at a time; one parser for each reply.
class ReplyParser
{
public:
    static constexpr size_t kMaxArgumentBytes = size_t(1) << 20;
    static constexpr size_t kMaxCalls = 64; // in a reply; further ones stay text

    explicit ReplyParser(ReplyParserOptions options);

    std::vector<ReplyEvent> push(std::string_view text);
    // There is no more to come. Ends what is open; a call that was cut is repaired if it can be.
    std::vector<ReplyEvent> finish();

    // Whether text that comes next may make a call of what is held, or be one from its start.
    bool mayBeginCall() const
    {
        return m_state == State::Start || m_state == State::AfterCall ||
               (m_state == State::Text && m_isLineHeld);
    }
    // A tool's name has its line, and only the first bracket of its arguments is missing.
    bool awaitsArguments() const
    {
        return m_state == State::Text && m_isLineHeld && m_held.find('\n') != std::string::npos;
    }

private:
    enum class State : uint8_t { Start, Thinking, Text, Arguments, AfterCall };

    void feed(char c);
    void feedStart(char c);
    void feedThinking(char c);
    void feedLine(char c);   // text, from the start of a line on
    void feedInline(char c); // text that is no call
    void feedArguments(char c);
    void feedAfterCall(char c);

    void leaveStart();
    void startLine();
    void releaseLine();
    void followFences(char c);
    void decideInline();
    void beginCall(std::string_view name, bool isFenced);
    void takeArgument(char c);
    bool scanArgument(char c); // true once the arguments are whole
    void endCall();

    void say(std::string_view answer);
    void think(std::string_view thought);

    ReplyParserOptions m_options;
    std::vector<ReplyEvent> m_events;
    State m_state = State::Start;
    std::string m_held;       // undecided
    bool m_isLineHeld = true; // in Text: m_held is the start of a line that may become a call
    std::string m_inline;     // in Text: the start of a tag or a citation
    bool m_inFence = false;   // in Text: in a code block
    std::string m_lineStart;  // in Text: the first three bytes of the line, for code blocks
    bool m_hasThought = false;
    bool m_dropNewlines = false; // behind a tag
    size_t m_calls = 0;

    // The call that is being written.
    ToolCall m_call;
    bool m_isFenced = false; // its arguments are in a code block
    std::string m_open;      // brackets
    char m_quote = 0;        // of the text that the scan is in
    bool m_isEscaped = false;
    char m_lastInk = 0; // last byte that is not white space, outside texts
};

} // namespace atelier
