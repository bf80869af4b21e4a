// SPDX-License-Identifier: MIT
#include "engine/chat/conversation_json.h"

#include "engine/chat/flat_messages.h"
#include "engine/chat/white_space.h"

#include <utility>

namespace atelier {

namespace {

using Json = nlohmann::ordered_json;

bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

const char* roleName(Role role, const TemplateDialect& dialect)
{
    switch (role) {
    case Role::System:
        return "system";
    case Role::User:
        return "user";
    case Role::Assistant:
        return "assistant";
    case Role::Observation:
        return dialect.glm ? "observation" : "tool";
    }
    return "";
}

std::string markedText(std::string_view text, const TextMarks& marks)
{
    return marks.text ? marks.text(text) : std::string(text);
}

std::string markedContent(std::string_view content, size_t index, const TextMarks& marks)
{
    if (marks.content && !stripped(content).empty()) {
        return marks.content(index);
    }
    return markedText(content, marks);
}

// Scripts know one kind of number, exact to 2^53.
bool survivesScripts(const Json& number)
{
    constexpr int64_t kExact = int64_t(1) << 53;
    if (number.is_number_unsigned()) {
        return number.get<uint64_t>() <= uint64_t(kExact);
    }
    return number.is_number_integer() && number.get<int64_t>() >= -kExact;
}

// Recursion is bounded: Tool::parse() and argumentsJson() limit the depth of what they read.
Json markedJson(const Json& value, const TextMarks& marks)
{
    if (value.is_string()) {
        return markedText(value.get_ref<const std::string&>(), marks);
    }
    if (value.is_number() && !survivesScripts(value) && !marks.number.empty()) {
        return marks.number + value.dump();
    }
    if (value.is_array()) {
        Json out = Json::array();
        for (const Json& item : value) {
            out.push_back(markedJson(item, marks));
        }
        return out;
    }
    if (value.is_object()) {
        Json out = Json::object();
        for (const auto& [key, item] : value.items()) {
            out[markedText(key, marks)] = markedJson(item, marks);
        }
        return out;
    }
    return value;
}

// The arguments of a call as an object; as text when they are no JSON, or nested without end.
Json argumentsJson(std::string_view text)
{
    bool isTooDeep = false;
    const Json::parser_callback_t checkDepth = [&isTooDeep](int depth, Json::parse_event_t, Json&) {
        isTooDeep = isTooDeep || depth > Tool::kMaxDepth;
        return !isTooDeep;
    };
    Json parsed = Json::parse(text, checkDepth, /*allow_exceptions=*/false);
    return isTooDeep || !parsed.is_object() ? Json(std::string(text)) : parsed;
}

Json callJson(
    std::string_view name, std::string_view arguments, size_t index, const TextMarks& marks)
{
    Json function = Json::object();
    function["name"] = markedText(name, marks);
    if (marks.content) {
        function["arguments"] = Json{{"arguments", marks.content(index)}};
    } else {
        function["arguments"] = markedJson(argumentsJson(arguments), marks);
    }
    return Json{{"type", "function"}, {"function", std::move(function)}};
}

Json glmMessages(
    std::span<const Message> messages, const TemplateDialect& dialect, const TextMarks& marks)
{
    Json list = Json::array();
    for (const FlatMessage& message : flatMessages(messages)) {
        Json item = Json::object();
        item["role"] = roleName(message.role, dialect);
        if (!message.metadata.empty()) {
            item["metadata"] = markedText(message.metadata, marks);
        }
        item["content"] = markedContent(message.content, message.index, marks);
        list.push_back(std::move(item));
    }
    return list;
}

Json openAiMessages(
    std::span<const Message> messages, const TemplateDialect& dialect, const TextMarks& marks)
{
    Json list = Json::array();
    for (size_t i = 0; i < messages.size(); ++i) {
        const Message& message = messages[i];
        const bool isAssistant = message.role == Role::Assistant;
        const bool isCall = isAssistant && !message.metadata.empty();
        Json item = Json::object();
        item["role"] = roleName(message.role, dialect);
        item["content"] = isCall ? std::string() : markedContent(message.content, i, marks);
        Json calls = Json::array();
        if (isCall) {
            calls.push_back(callJson(message.metadata, message.content, i, marks));
        }
        if (isAssistant) {
            for (const ToolCall& call : message.toolCalls) {
                calls.push_back(callJson(call.name, call.arguments, i, marks));
            }
        }
        if (!calls.empty()) {
            item["tool_calls"] = std::move(calls);
        }
        list.push_back(std::move(item));
    }
    return list;
}

Json toolsJson(std::span<const Tool> tools, const TextMarks& marks)
{
    Json list = Json::array();
    for (const Tool& tool : tools) {
        const Json function = Json::parse(tool.definition, nullptr, /*allow_exceptions=*/false);
        list.push_back(Json{{"type", "function"}, {"function", markedJson(function, marks)}});
    }
    return list;
}

} // namespace

TemplateDialect detectDialect(std::string_view chatTemplate)
{
    TemplateDialect dialect;
    dialect.glm = has(chatTemplate, "metadata") || has(chatTemplate, "observation");
    dialect.toolsInMessage = has(chatTemplate, "['tools'] is defined") ||
                             has(chatTemplate, "[\"tools\"] is defined") ||
                             has(chatTemplate, ".tools is defined");
    return dialect;
}

Json conversationJson(std::span<const Message> messages,
    std::span<const Tool> tools,
    bool addGenerationPrompt,
    const TemplateDialect& dialect,
    const TextMarks& marks)
{
    Json variables = Json::object();
    Json list = dialect.glm ? glmMessages(messages, dialect, marks)
                            : openAiMessages(messages, dialect, marks);
    Json described = tools.empty() ? Json(nullptr) : toolsJson(tools, marks);
    if (dialect.toolsInMessage && !tools.empty()) {
        Json first = Json::object();
        first["role"] = "system";
        first["content"] = "";
        first["tools"] = described;
        list.insert(list.begin(), std::move(first));
    }
    variables["messages"] = std::move(list);
    variables["tools"] = std::move(described);
    variables["documents"] = nullptr;
    variables["add_generation_prompt"] = addGenerationPrompt;
    return variables;
}

} // namespace atelier
