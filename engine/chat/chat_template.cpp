// SPDX-License-Identifier: MIT
#include "engine/chat/chat_template.h"

#include "engine/base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string_view>
#include <utility>

namespace atelier {

namespace {

using Json = nlohmann::ordered_json;

// Letters and digits only, so that templates carry them through unchanged.
std::string unguessableMark()
{
    std::random_device source;
    std::string mark = "q";
    for (int i = 0; i < 4; ++i) {
        for (uint32_t bits = source(), digit = 0; digit < 8; ++digit, bits >>= 4) {
            mark += "0123456789abcdef"[bits & 15u];
        }
    }
    return mark;
}

// Finds names of control tokens in texts.
class ControlNames
{
public:
    explicit ControlNames(std::span<const std::string> names) : m_names(names.begin(), names.end())
    {
        std::erase_if(m_names, [](const std::string& name) { return name.empty(); });
        // The longest first, as a tokenizer matches them.
        std::ranges::stable_sort(m_names, std::ranges::greater(), &std::string::size);
        for (const std::string& name : m_names) {
            m_starts[uint8_t(name.front())] = true;
        }
    }

    const std::string& name(size_t index) const { return m_names[index]; }
    size_t count() const { return m_names.size(); }

    // The name that begins at `at`.
    std::optional<size_t> find(std::string_view text, size_t at) const
    {
        if (!m_starts[uint8_t(text[at])]) {
            return std::nullopt;
        }
        for (size_t i = 0; i < m_names.size(); ++i) {
            if (text.substr(at).starts_with(m_names[i])) {
                return i;
            }
        }
        return std::nullopt;
    }

    // A name may be put together from `text` and others: it has the start of one.
    bool hasStart(std::string_view text) const
    {
        for (const std::string& name : m_names) {
            if (text.find(std::string_view(name).substr(0, 2)) != std::string_view::npos) {
                return true;
            }
        }
        return false;
    }

private:
    std::vector<std::string> m_names;
    std::array<bool, 256> m_starts = {};
};

// The marks of one rendering.
class Marks
{
public:
    explicit Marks(const ControlNames& names) : m_names(names), m_mark(unguessableMark()) {}

    std::string hideNames(std::string_view text) const
    {
        std::string out;
        for (size_t at = 0; at < text.size();) {
            if (const auto name = m_names.find(text, at)) {
                out += m_mark + "c" + std::to_string(*name) + "z";
                at += m_names.name(*name).size();
            } else {
                out += text[at++];
            }
        }
        return out;
    }
    std::string message(size_t index) const { return m_mark + "m" + std::to_string(index) + "z"; }
    std::string number() const { return m_mark + "n"; }

    // Names come back, as text; marks of numbers go.
    std::string showNames(std::string_view text) const
    {
        std::string out;
        for (size_t at = 0; at < text.size();) {
            const size_t next = std::min(text.find(m_mark, at), text.size());
            out += text.substr(at, next - at);
            at = next;
            if (at < text.size()) {
                const Mark mark = read(text, at);
                if (mark.kind == 'c' && mark.index < m_names.count()) {
                    out += m_names.name(mark.index);
                }
                at = mark.end;
            }
        }
        return out;
    }

    // The one message that `text` shows. Nothing when there is none or are several.
    std::optional<size_t> messageIn(std::string_view text) const
    {
        std::optional<size_t> found;
        for (size_t at = text.find(m_mark); at < text.size(); at = text.find(m_mark, at)) {
            const Mark mark = read(text, at);
            if (mark.kind == 'm') {
                if (found && *found != mark.index) {
                    return std::nullopt;
                }
                found = mark.index;
            }
            at = mark.end;
        }
        return found;
    }

private:
    struct Mark
    {
        char kind = 0;
        size_t index = 0;
        size_t end = 0;
    };
    Mark read(std::string_view text, size_t at) const
    {
        Mark mark;
        at += m_mark.size();
        mark.kind = at < text.size() ? text[at++] : '\0';
        while (mark.kind != 'n' && at < text.size() && text[at] >= '0' && text[at] <= '9' &&
               mark.index < size_t(1) << 40) {
            mark.index = mark.index * 10 + size_t(text[at++] - '0');
        }
        mark.end = mark.kind != 'n' && at < text.size() && text[at] == 'z' ? at + 1 : at;
        return mark;
    }

    const ControlNames& m_names;
    std::string m_mark;
};

std::vector<PromptPiece> split(std::string_view text, const ControlNames& names)
{
    std::vector<PromptPiece> pieces;
    for (size_t at = 0; at < text.size();) {
        if (const auto name = names.find(text, at)) {
            pieces.push_back({names.name(*name), true, -1});
            at += names.name(*name).size();
            continue;
        }
        if (pieces.empty() || pieces.back().control) {
            pieces.push_back({});
        }
        pieces.back().text += text[at++];
    }
    return pieces;
}

bool haveSameControls(std::span<const PromptPiece> a, std::span<const PromptPiece> b)
{
    const auto controls = [](std::span<const PromptPiece> pieces) {
        std::vector<std::string_view> list;
        for (const PromptPiece& piece : pieces) {
            if (piece.control) {
                list.push_back(piece.text);
            }
        }
        return list;
    };
    return controls(a) == controls(b);
}

// Says whose texts the pieces are: those between the same two control tokens of `opaque`.
void attribute(
    std::span<PromptPiece> pieces, std::span<const PromptPiece> opaque, const Marks& marks)
{
    size_t other = 0;
    for (PromptPiece& piece : pieces) {
        if (piece.control) {
            while (other < opaque.size() && !opaque[other].control) {
                ++other;
            }
            ++other;
        } else if (other < opaque.size() && !opaque[other].control) {
            const auto message = marks.messageIn(opaque[other].text);
            piece.message = message ? int32_t(*message) : -1;
        }
    }
}

// A message's piece may begin with what the generation prompt would end with ("assistant\n"): that
// is not part of what was written.
std::vector<PromptPiece> withoutOpenings(std::vector<PromptPiece> pieces, bool hasGenerationPrompt)
{
    if (!hasGenerationPrompt || pieces.empty() || pieces.back().control ||
        pieces.back().message >= 0) {
        return pieces;
    }
    const std::string opening = pieces.back().text;
    std::vector<PromptPiece> out;
    for (PromptPiece& piece : pieces) {
        if (piece.message >= 0 && piece.text.starts_with(opening)) {
            out.push_back({opening, false, -1});
            piece.text.erase(0, opening.size());
        }
        out.push_back(std::move(piece));
    }
    return out;
}

// Seconds, several times what the templates of this family take.
double allowance(const TemplateInput& input)
{
    constexpr double kSecondsPerMessage = 0.005;
    constexpr double kSecondsPerMebibyte = 2.0;
    size_t bytes = 0;
    for (const Message& message : input.messages) {
        bytes += message.content.size();
    }
    return kSecondsPerMessage * double(input.messages.size()) +
           kSecondsPerMebibyte * double(bytes) / double(1 << 20);
}

bool hasReply(std::span<const Message> messages)
{
    return std::ranges::any_of(
        messages, [](const Message& message) { return message.role == Role::Assistant; });
}

// Whether a control token could be put together from what is said.
bool isSuspicious(const TemplateInput& input, const ControlNames& names)
{
    return std::ranges::any_of(input.messages,
               [&](const Message& message) { return names.hasStart(shownText(message)); }) ||
           std::ranges::any_of(
               input.tools, [&](const Tool& tool) { return names.hasStart(tool.definition); });
}

} // namespace

Result<std::unique_ptr<ChatTemplate>> ChatTemplate::create(
    std::string source, const JinjaLimits& limits)
{
    const TemplateDialect dialect = detectDialect(source);
    auto engine = JinjaEngine::create(std::move(source), limits);
    if (!engine) {
        return engine.error();
    }
    return std::unique_ptr<ChatTemplate>(new ChatTemplate(engine.take(), dialect));
}

Result<std::string> ChatTemplate::renderMarked(const TemplateInput& input, const TextMarks& marks)
{
    Json variables =
        conversationJson(input.messages, input.tools, input.addGenerationPrompt, m_dialect, marks);
    for (const auto& [name, value] : input.variables) {
        variables[name] = Json::parse(value, nullptr, /*allow_exceptions=*/false);
        if (variables[name].is_discarded()) {
            return Error{ErrorCode::InvalidUse,
                "The template variable " + shownName(name) + " is not JSON: " + shownName(value) +
                    "."};
        }
    }
    // Bytes that are not UTF-8 become U+FFFD.
    const std::string json = variables.dump(-1, ' ', false, Json::error_handler_t::replace);
    const std::lock_guard lock(m_mutex);
    return m_engine->render(json, marks.number, allowance(input));
}

Result<std::string> ChatTemplate::render(const TemplateInput& input)
{
    const ControlNames none({});
    const Marks marks(none);
    auto text = renderMarked(input, {{}, {}, marks.number()});
    return text ? Result<std::string>(marks.showNames(text.value())) : text.error();
}

Result<std::vector<PromptPiece>> ChatTemplate::renderPieces(
    const TemplateInput& input, std::span<const std::string> controlTokens)
{
    const ControlNames names(controlTokens);
    const Marks marks(names);
    const auto hide = [&marks](std::string_view text) { return marks.hideNames(text); };
    const auto text = renderMarked(input, {hide, {}, marks.number()});
    if (!text) {
        return text.error();
    }
    auto pieces = split(text.value(), names);
    const bool suspicious = isSuspicious(input, names);
    if (suspicious || hasReply(input.messages)) {
        const auto opaque = renderMarked(
            input, {hide, [&marks](size_t index) { return marks.message(index); }, marks.number()});
        if (!opaque) {
            return opaque.error();
        }
        const auto opaquePieces = split(opaque.value(), names);
        if (haveSameControls(pieces, opaquePieces)) {
            attribute(pieces, opaquePieces, marks);
        } else if (suspicious) {
            return Error{ErrorCode::InvalidFormat,
                "The chat template takes the texts of messages apart, so that its control tokens "
                "cannot be told from what was typed."};
        }
    }
    pieces = withoutOpenings(std::move(pieces), input.addGenerationPrompt);
    for (PromptPiece& piece : pieces) {
        if (!piece.control) {
            piece.text = marks.showNames(piece.text);
        }
    }
    return pieces;
}

} // namespace atelier
