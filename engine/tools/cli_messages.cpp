// SPDX-License-Identifier: MIT
#include "engine/tools/cli_messages.h"

#include "engine/base/text.h"
#include "engine/tools/cli.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace atelier::cli {

namespace {

// Keeps the order of keys, which prompts show.
using Json = nlohmann::ordered_json;

const Json* member(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found == object.end() ? nullptr : &*found;
}

std::optional<std::string> textOf(const Json& object, const char* key)
{
    const Json* text = member(object, key);
    return text && text->is_string() ? std::optional(text->get<std::string>()) : std::nullopt;
}

std::optional<Role> roleFromName(std::string_view name)
{
    if (name == "system") {
        return Role::System;
    }
    if (name == "user") {
        return Role::User;
    }
    if (name == "assistant") {
        return Role::Assistant;
    }
    if (name == "observation" || name == "tool") {
        return Role::Observation;
    }
    return std::nullopt;
}

// {"function": {"name": ..., "arguments": a text with JSON, or JSON}}, or what is in it alone.
std::optional<ToolCall> callFrom(const Json& item)
{
    const Json* inner = member(item, "function");
    const Json& function = inner ? *inner : item;
    const auto name = textOf(function, "name");
    const Json* arguments = member(function, "arguments");
    if (!name || name->empty() || !arguments) {
        return std::nullopt;
    }
    return ToolCall{*name,
        arguments->is_string() ? arguments->get<std::string>()
                               : arguments->dump(-1, ' ', false, Json::error_handler_t::replace)};
}

std::optional<Message> messageFrom(const Json& item)
{
    const auto role = roleFromName(textOf(item, "role").value_or(""));
    if (!role) {
        return std::nullopt;
    }
    Message message{
        *role, textOf(item, "content").value_or(""), textOf(item, "metadata").value_or("")};
    const Json* calls = member(item, "tool_calls");
    if (calls && calls->is_array() && *role == Role::Assistant) {
        for (const Json& call : *calls) {
            auto read = callFrom(call);
            if (!read) {
                return std::nullopt;
            }
            message.toolCalls.push_back(std::move(*read));
        }
    }
    const bool hasContent = textOf(item, "content").has_value();
    return hasContent || !message.toolCalls.empty() ? std::optional(message) : std::nullopt;
}

Error wrong(const std::string& what)
{
    return Error{ErrorCode::InvalidFormat, what};
}

// Discarded when it is no JSON, or too deep: reading and writing JSON recurses.
Json parseShallow(std::string_view text)
{
    constexpr int kMaxDepth = 100;
    bool isTooDeep = false;
    const Json::parser_callback_t checkDepth = [&isTooDeep](int depth, Json::parse_event_t, Json&) {
        isTooDeep = isTooDeep || depth > kMaxDepth;
        return !isTooDeep;
    };
    Json json = Json::parse(text, checkDepth, /*allow_exceptions=*/false);
    return isTooDeep ? Json(Json::value_t::discarded) : json;
}

Result<std::vector<Tool>> toolsFrom(const Json& list, const std::string& name)
{
    if (!list.is_array()) {
        return wrong("\"tools\" of " + name + " is not a list.");
    }
    std::vector<Tool> tools;
    for (const Json& item : list) {
        auto tool = Tool::parse(item.dump(-1, ' ', false, Json::error_handler_t::replace));
        if (!tool) {
            return wrong("Tool " + std::to_string(tools.size() + 1) + " of " + name + ": " +
                         tool.error().message);
        }
        tools.push_back(tool.take());
    }
    return tools;
}

} // namespace

Result<Conversation> parseConversation(std::string_view text, const std::string& name)
{
    const Json json = parseShallow(text);
    const Json* inner = member(json, "messages");
    const Json& list = inner ? *inner : json;
    if (!list.is_array() || list.empty()) {
        return wrong(name + " is not JSON with a list of messages.");
    }
    Conversation conversation;
    for (const Json& item : list) {
        auto message = messageFrom(item);
        if (!message) {
            return wrong("Message " + std::to_string(conversation.messages.size() + 1) + " of " +
                         name +
                         " needs a role (system, user, assistant, observation) and a content.");
        }
        conversation.messages.push_back(std::move(*message));
    }
    if (const Json* tools = member(json, "tools"); tools && !tools->is_null()) {
        auto read = toolsFrom(*tools, name);
        if (!read) {
            return read.error();
        }
        conversation.tools = read.take();
    }
    if (const Json* add = member(json, "add_generation_prompt"); add && add->is_boolean()) {
        conversation.addGenerationPrompt = add->get<bool>();
    }
    return conversation;
}

Result<Conversation> readConversation(const std::string& path)
{
    const auto text = readTextFile(path);
    return text ? parseConversation(text.value(), path) : text.error();
}

Result<std::vector<Tool>> readTools(const std::string& path)
{
    const auto text = readTextFile(path);
    if (!text) {
        return text.error();
    }
    const Json json = parseShallow(text.value());
    if (json.is_discarded()) {
        return wrong(path + " is not JSON with a list of tools.");
    }
    const Json* inner = member(json, "tools");
    return toolsFrom(inner ? *inner : json, path);
}

} // namespace atelier::cli
