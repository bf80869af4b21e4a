// SPDX-License-Identifier: MIT
#include "engine/chat/json_repair.h"

#include "engine/chat/white_space.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace atelier {

namespace {

using Json = nlohmann::ordered_json;

bool isObject(std::string_view text)
{
    bool isTooDeep = false;
    const Json::parser_callback_t checkDepth = [&isTooDeep](int depth, Json::parse_event_t, Json&) {
        isTooDeep = isTooDeep || depth > int(kMaxArgumentDepth);
        return !isTooDeep;
    };
    const Json parsed = Json::parse(text, checkDepth, /*allow_exceptions=*/false);
    return !isTooDeep && parsed.is_object();
}

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool isBare(char c) // part of a number, a word, or a key without quotes
{
    const bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || uint8_t(c) >= 0x80;
    return isLetter || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+' || c == '.' ||
           c == '$';
}

// Copies what is right, writes what is missing. Gives up at what it does not understand; whether
// the result is JSON is checked afterwards by a real parser.
class Repairer
{
public:
    explicit Repairer(std::string_view text) : m_text(text) {}

    RepairedJson run()
    {
        while (!m_failed && m_at < m_text.size() && !m_ended) {
            step(m_text[m_at]);
        }
        if (m_failed || (m_ended && !stripped(m_text.substr(m_at)).empty())) {
            return {};
        }
        if (!m_open.empty()) {
            note("it was not closed");
            while (!m_open.empty()) {
                close();
            }
        }
        return {std::move(m_out), std::move(m_notes)};
    }

private:
    void step(char c)
    {
        if (isSpace(c)) {
            m_out += c;
            ++m_at;
        } else if (c == '{' || c == '[') {
            open(c);
        } else if (c == '}' || c == ']') {
            m_failed = m_open.empty() || m_open.back() != (c == '}' ? '{' : '[');
            ++m_at;
            if (!m_failed) {
                close();
            }
        } else if (c == ',' || c == ':') {
            m_out += c;
            m_last = c;
            ++m_at;
        } else if (c == '"' || c == '\'') {
            quoted(c);
        } else if (isBare(c)) {
            bare();
        } else {
            m_failed = true;
        }
        m_failed = m_failed || m_open.size() > kMaxArgumentDepth;
    }

    void open(char c)
    {
        m_out += c;
        m_open += c;
        m_last = c;
        ++m_at;
    }

    void close()
    {
        dropDangling();
        m_out += m_open.back() == '{' ? '}' : ']';
        m_last = m_out.back();
        m_open.pop_back();
        m_ended = m_open.empty();
    }

    // A comma, or a key without a value, in front of a closing bracket.
    void dropDangling()
    {
        if (m_last == ':' || (m_last == 'k' && m_open.back() == '{')) {
            m_out.resize(m_keyStart);
            note("a key had no value");
            m_last = m_keyLast;
        }
        if (m_last == ',') {
            m_out.erase(m_out.rfind(','), 1);
            while (isSpace(m_out.back())) {
                m_out.pop_back();
            }
            note("a comma was left at the end");
        }
    }

    bool expectsKey() const
    {
        return !m_open.empty() && m_open.back() == '{' && (m_last == '{' || m_last == ',');
    }

    void beginValue()
    {
        if (expectsKey()) {
            m_keyStart = m_out.size();
            m_keyLast = m_last;
            m_last = 'k';
        } else {
            m_last = 'v';
        }
    }

    void quoted(char quote)
    {
        beginValue();
        if (quote == '\'') {
            note("texts were in single quotes");
        }
        m_out += '"';
        ++m_at;
        while (m_at < m_text.size() && m_text[m_at] != quote) {
            const char c = m_text[m_at++];
            if (c == '\\') {
                escape();
            } else if (c == '"') {
                m_out += "\\\"";
            } else if (uint8_t(c) < 0x20) {
                rawControl(c);
            } else {
                m_out += c;
            }
        }
        if (m_at == m_text.size()) {
            note("a text was not closed");
        } else {
            ++m_at;
        }
        m_out += '"';
    }

    void escape()
    {
        if (m_at == m_text.size()) {
            return; // a lone backslash at the end
        }
        const char c = m_text[m_at++];
        constexpr std::string_view kKnown = "\"\\/bfnrtu";
        if (kKnown.find(c) != std::string_view::npos) {
            m_out += '\\';
            m_out += c;
        } else if (c == '\'') {
            m_out += c;
        } else {
            note("a backslash stood alone");
            m_out += "\\\\";
            --m_at; // the character itself is read next, as any other
        }
    }

    void rawControl(char c)
    {
        note("a text had raw line breaks");
        char code[8];
        std::snprintf(code, sizeof(code), "\\u%04x", unsigned(uint8_t(c)));
        m_out += c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : code;
    }

    void bare()
    {
        const bool isKey = expectsKey();
        beginValue();
        const size_t begin = m_at;
        while (m_at < m_text.size() && isBare(m_text[m_at])) {
            ++m_at;
        }
        const std::string_view word = m_text.substr(begin, m_at - begin);
        if (isKey) {
            note("keys had no quotes");
            m_out += '"';
            m_out += word;
            m_out += '"';
        } else if (word == "True" || word == "False" || word == "None") {
            note("values were Python's");
            m_out += word == "True" ? "true" : word == "False" ? "false" : "null";
        } else {
            m_out += word;
        }
    }

    void note(const char* text)
    {
        if (std::ranges::find(m_notes, text) == m_notes.end()) {
            m_notes.emplace_back(text);
        }
    }

    std::string_view m_text;
    size_t m_at = 0;
    std::string m_out;
    std::string m_open; // brackets
    char m_last = 0;    // last of what is not white space; 'k' a key, 'v' a value
    size_t m_keyStart = 0;
    char m_keyLast = 0; // m_last in front of that key
    bool m_ended = false;
    bool m_failed = false;
    std::vector<std::string> m_notes;
};

} // namespace

RepairedJson repairJsonObject(std::string_view text)
{
    text = stripped(text);
    if (isObject(text)) {
        return {std::string(text), {}};
    }
    if (!text.starts_with('{')) {
        return {};
    }
    RepairedJson repaired = Repairer(text).run();
    return isObject(repaired.text) ? repaired : RepairedJson{};
}

} // namespace atelier
