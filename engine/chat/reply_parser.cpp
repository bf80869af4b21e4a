// SPDX-License-Identifier: MIT
// Byte by byte, so that it cannot matter how the text was cut. Each state keeps what it cannot
// decide yet; when that turns out to be nothing special, it goes on to the next stage:
//
//   Start -> Thinking -> Text: line start (a call?) -> inline (a tag? a citation?) -> answer
//                         ^                |
//                         +-- AfterCall <- Arguments
#include "engine/chat/reply_parser.h"

#include "engine/chat/json_repair.h"

#include <algorithm>
#include <utility>

namespace atelier {

namespace {

constexpr std::string_view kThink = "<think>";
constexpr std::string_view kThinkEnd = "</think>";
constexpr std::string_view kSeparator = "<|assistant|>";
constexpr std::string_view kFence = "```";
constexpr std::string_view kCitationBegin = "【";
constexpr std::string_view kCitationMiddle = "†";
constexpr std::string_view kCitationEnd = "】";

constexpr size_t kMaxSpace = 64;  // between a tool's name and its arguments; before <think>
constexpr size_t kMaxLabel = 256; // of a citation, bytes

enum class Fit : uint8_t { No, Prefix, Whole };

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

Fit fitWord(std::string_view held, std::string_view word)
{
    return held == word ? Fit::Whole : word.starts_with(held) ? Fit::Prefix : Fit::No;
}

// What may stand between a tool's name and the arguments: the end of the line, and perhaps the
// start of a code block. Whole once the first bracket is there.
Fit fitBehindName(std::string_view held, bool& isFenced)
{
    isFenced = false;
    if (held.size() > kMaxSpace) {
        return Fit::No;
    }
    bool inLine = true; // the name's
    for (size_t at = 0; at < held.size(); ++at) {
        const char c = held[at];
        if (c == '\n') {
            inLine = false;
        } else if (c == '{' && !inLine) {
            return Fit::Whole;
        } else if (c == '`' && !inLine && !isFenced) {
            const size_t end = std::min(held.find('\n', at), held.size());
            const std::string_view line = held.substr(at, end - at);
            const bool isFence = kFence.starts_with(line.substr(0, kFence.size()));
            const std::string_view language = line.substr(std::min(line.size(), kFence.size()));
            if (!isFence || !std::ranges::all_of(language, [](char letter) {
                    return (letter >= 'a' && letter <= 'z') || letter == '\r' || letter == ' ';
                })) {
                return Fit::No;
            }
            isFenced = true;
            at = end - 1;
            inLine = true;
        } else if (!isSpace(c)) {
            return Fit::No;
        }
    }
    return Fit::Prefix;
}

// 【{number}†{label}】
Fit fitCitation(std::string_view held, Citation* citation)
{
    if (held.size() <= kCitationBegin.size()) {
        return kCitationBegin.starts_with(held) ? Fit::Prefix : Fit::No;
    }
    if (!held.starts_with(kCitationBegin)) {
        return Fit::No;
    }
    std::string_view rest = held.substr(kCitationBegin.size());
    uint32_t number = 0;
    size_t digits = 0;
    while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') {
        number = number * 10 + uint32_t(rest[digits] - '0');
        if (++digits > 9) {
            return Fit::No;
        }
    }
    rest.remove_prefix(digits);
    if (digits == 0) {
        return Fit::No;
    }
    if (rest.size() <= kCitationMiddle.size()) {
        return kCitationMiddle.starts_with(rest) ? Fit::Prefix : Fit::No;
    }
    if (!rest.starts_with(kCitationMiddle)) {
        return Fit::No;
    }
    rest.remove_prefix(kCitationMiddle.size());
    if (rest.size() > kMaxLabel || rest.find('\n') != std::string_view::npos) {
        return Fit::No;
    }
    if (!rest.ends_with(kCitationEnd)) {
        return Fit::Prefix;
    }
    rest.remove_suffix(kCitationEnd.size());
    if (rest.empty()) {
        return Fit::No;
    }
    if (citation) {
        *citation = {number, std::string(rest)};
    }
    return Fit::Whole;
}

std::string joined(const std::vector<std::string>& notes)
{
    std::string text;
    for (const std::string& note : notes) {
        text += (text.empty() ? "" : "; ") + note;
    }
    return text;
}

} // namespace

ReplyParser::ReplyParser(ReplyParserOptions options) : m_options(std::move(options))
{
    std::erase_if(m_options.tools, [](const std::string& name) {
        return name.empty() || name.find('\n') != std::string::npos;
    });
    m_hasThought = m_options.startsThinking;
}

std::vector<ReplyEvent> ReplyParser::push(std::string_view text)
{
    for (const char c : text) {
        feed(c);
    }
    return std::exchange(m_events, {});
}

std::vector<ReplyEvent> ReplyParser::finish()
{
    if (m_state == State::Start && !m_held.empty()) {
        leaveStart();
    }
    if (m_state == State::Thinking) {
        think(std::exchange(m_held, {}));
        m_events.emplace_back(ThinkingEnd{});
    } else if (m_state == State::Text) {
        m_options.tools.clear(); // what is held becomes no call any more
        releaseLine();
        say(std::exchange(m_inline, {}));
    } else if (m_state == State::Arguments) {
        for (const char c : std::exchange(m_held, {})) {
            takeArgument(c);
        }
        endCall();
    } else if (m_state == State::AfterCall) {
        say(std::exchange(m_held, {}));
    }
    m_state = State::Start;
    return std::exchange(m_events, {});
}

void ReplyParser::feed(char c)
{
    switch (m_state) {
    case State::Start:
        return feedStart(c);
    case State::Thinking:
        return feedThinking(c);
    case State::Text:
        return feedLine(c);
    case State::Arguments:
        return feedArguments(c);
    case State::AfterCall:
        return feedAfterCall(c);
    }
}

// --- Start and Thinking --------------------------------------------------------------------------

void ReplyParser::feedStart(char c)
{
    m_held += c;
    const size_t ink = std::min(m_held.find_first_not_of(" \n\r\t"), m_held.size());
    const Fit fit = fitWord(std::string_view(m_held).substr(ink), kThink);
    if (fit == Fit::Whole) {
        m_held.clear();
        m_events.emplace_back(ThinkingBegin{});
        m_hasThought = true;
        m_dropNewlines = true;
        m_state = State::Thinking;
    } else if (fit == Fit::No || ink > kMaxSpace) {
        leaveStart();
    }
}

// There is no tag at the start: what was held is the first of the thoughts, or of the answer.
void ReplyParser::leaveStart()
{
    const std::string held = std::exchange(m_held, {});
    if (m_options.startsThinking) {
        m_events.emplace_back(ThinkingBegin{});
        m_dropNewlines = true;
        m_state = State::Thinking;
    } else {
        m_state = State::Text;
        startLine();
    }
    for (const char c : held) {
        feed(c);
    }
}

void ReplyParser::feedThinking(char c)
{
    if (m_dropNewlines && (c == '\n' || c == '\r')) {
        return;
    }
    m_dropNewlines = false;
    m_held += c;
    while (!kThinkEnd.starts_with(m_held)) {
        think(std::string_view(m_held).substr(0, 1));
        m_held.erase(0, 1);
    }
    if (m_held == kThinkEnd) {
        m_held.clear();
        m_events.emplace_back(ThinkingEnd{});
        m_dropNewlines = true;
        m_state = State::Text;
        startLine();
    }
}

// --- Text ----------------------------------------------------------------------------------------

void ReplyParser::startLine()
{
    m_held.clear();
    m_isLineHeld = !m_options.tools.empty() && !m_inFence && m_calls < kMaxCalls;
}

void ReplyParser::feedLine(char c)
{
    if (m_dropNewlines && (c == '\n' || c == '\r')) {
        return;
    }
    m_dropNewlines = false;
    if (!m_isLineHeld) {
        feedInline(c);
        return;
    }
    m_held += c;
    bool mayFit = false;
    for (const std::string& name : m_options.tools) {
        if (m_held.size() <= name.size()) {
            mayFit = mayFit || name.starts_with(m_held);
        } else if (m_held.starts_with(name)) {
            bool isFenced = false;
            const Fit fit = fitBehindName(std::string_view(m_held).substr(name.size()), isFenced);
            if (fit == Fit::Whole) {
                beginCall(name, isFenced);
                return;
            }
            mayFit = mayFit || fit == Fit::Prefix;
        }
    }
    if (!mayFit) {
        releaseLine();
    }
}

// The line is no call. What was held may reach into the next line, which may be one.
void ReplyParser::releaseLine()
{
    const std::string held = std::exchange(m_held, {});
    m_isLineHeld = false;
    for (const char c : held) {
        feedLine(c);
    }
}

void ReplyParser::followFences(char c)
{
    if (c == '\n') {
        m_lineStart.clear();
    } else if (m_lineStart.size() < kFence.size() && !(m_lineStart.empty() && c == ' ')) {
        m_lineStart += c;
        m_inFence = m_inFence != (m_lineStart == kFence);
    }
}

void ReplyParser::feedInline(char c)
{
    followFences(c);
    m_inline += c;
    decideInline();
    if (c == '\n') { // part of no tag, so it has been said
        startLine();
    }
}

void ReplyParser::decideInline()
{
    const bool mayEndThoughts = !m_hasThought && m_calls == 0 && !m_inFence;
    while (!m_inline.empty()) {
        const Fit separator = fitWord(m_inline, kSeparator);
        const Fit thinkEnd = mayEndThoughts ? fitWord(m_inline, kThinkEnd) : Fit::No;
        Citation citation;
        const Fit cited = m_inFence ? Fit::No : fitCitation(m_inline, &citation);
        if (separator == Fit::Whole) { // another part of the turn, as on a line of its own
            m_inline.clear();
            m_inFence = false;
            m_lineStart.clear();
            say("\n");
            startLine();
        } else if (thinkEnd == Fit::Whole) {
            m_inline.clear();
            m_lineStart.clear();
            m_events.emplace_back(ThinkingEnd{true});
            m_hasThought = true;
            m_dropNewlines = true;
            startLine();
        } else if (cited == Fit::Whole) {
            m_inline.clear();
            m_events.emplace_back(std::move(citation));
        } else if (separator == Fit::Prefix || thinkEnd == Fit::Prefix || cited == Fit::Prefix) {
            return;
        } else {
            say(std::string_view(m_inline).substr(0, 1));
            m_inline.erase(0, 1);
        }
    }
}

// --- Calls ---------------------------------------------------------------------------------------

void ReplyParser::beginCall(std::string_view name, bool isFenced)
{
    say(std::exchange(m_inline, {}));
    m_call = {std::string(name), {}};
    m_isFenced = isFenced;
    m_held.clear();
    m_open.clear();
    m_quote = 0;
    m_isEscaped = false;
    m_lastInk = 0;
    m_lineStart.clear();
    m_events.emplace_back(ToolCallBegin{m_call.name});
    m_state = State::Arguments;
    takeArgument('{');
}

void ReplyParser::feedArguments(char c)
{
    if (m_quote != 0 || (m_held.empty() && c != kSeparator.front())) {
        takeArgument(c);
        return;
    }
    m_held += c;
    const Fit fit = fitWord(m_held, kSeparator);
    if (fit == Fit::Whole) { // the call was cut, the next part begins
        endCall();
    } else if (fit == Fit::No) {
        const std::string held = std::exchange(m_held, {});
        for (const char waiting : held) {
            // Only the last byte can end the call.
            takeArgument(waiting);
        }
    }
}

void ReplyParser::takeArgument(char c)
{
    m_call.arguments += c;
    if (m_events.empty() || !std::holds_alternative<ToolCallDelta>(m_events.back())) {
        m_events.emplace_back(ToolCallDelta{});
    }
    std::get<ToolCallDelta>(m_events.back()).text += c;
    if (scanArgument(c) || m_open.size() > kMaxArgumentDepth ||
        m_call.arguments.size() >= kMaxArgumentBytes) {
        endCall();
    }
}

bool ReplyParser::scanArgument(char c)
{
    if (m_quote != 0) {
        if (m_isEscaped) {
            m_isEscaped = false;
        } else if (c == '\\') {
            m_isEscaped = true;
        } else if (c == m_quote) {
            m_quote = 0;
        }
        return false;
    }
    constexpr std::string_view kBeforeText = "{[,:"; // an apostrophe elsewhere is just that
    if (c == '"' || (c == '\'' && kBeforeText.find(m_lastInk) != std::string_view::npos)) {
        m_quote = c;
    } else if (c == '{' || c == '[') {
        m_open += c;
    } else if ((c == '}' || c == ']') && !m_open.empty()) {
        m_open.pop_back();
    }
    m_lastInk = isSpace(c) ? m_lastInk : c;
    return m_open.empty();
}

void ReplyParser::endCall()
{
    ToolCallEnd end;
    end.call = std::exchange(m_call, {});
    RepairedJson json;
    if (end.call.arguments.size() < kMaxArgumentBytes) {
        json = repairJsonObject(end.call.arguments);
    }
    end.valid = !json.text.empty();
    if (end.valid) {
        end.call.arguments = std::move(json.text);
        end.note =
            json.notes.empty() ? "" : "The arguments were repaired: " + joined(json.notes) + ".";
    } else {
        end.note = "The arguments are not JSON that can be read.";
    }
    m_events.emplace_back(std::move(end));
    ++m_calls;
    m_held.clear();
    m_state = State::AfterCall;
}

void ReplyParser::feedAfterCall(char c)
{
    if (m_held.empty() && isSpace(c)) {
        return;
    }
    m_held += c;
    const Fit separator = fitWord(m_held, kSeparator);
    const Fit fence = m_isFenced ? fitWord(m_held, kFence) : Fit::No;
    if (separator == Fit::Whole || fence == Fit::Whole) {
        m_isFenced = m_isFenced && fence != Fit::Whole;
        m_held.clear();
    } else if (separator == Fit::No && fence == Fit::No) {
        m_state = State::Text;
        const std::string held = std::exchange(m_held, {});
        startLine();
        for (const char waiting : held) {
            feed(waiting);
        }
    }
}

// --- Events --------------------------------------------------------------------------------------

void ReplyParser::say(std::string_view answer)
{
    if (answer.empty()) {
        return;
    }
    if (m_events.empty() || !std::holds_alternative<AnswerDelta>(m_events.back())) {
        m_events.emplace_back(AnswerDelta{});
    }
    std::get<AnswerDelta>(m_events.back()).text += answer;
}

void ReplyParser::think(std::string_view thought)
{
    if (thought.empty()) {
        return;
    }
    if (m_events.empty() || !std::holds_alternative<ThinkingDelta>(m_events.back())) {
        m_events.emplace_back(ThinkingDelta{});
    }
    std::get<ThinkingDelta>(m_events.back()).text += thought;
}

} // namespace atelier
