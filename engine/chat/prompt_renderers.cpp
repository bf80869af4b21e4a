// SPDX-License-Identifier: MIT
// The built-in prompt formats of the GLM-4 family. Their Chinese wording is what the models were
// trained on.
#include "engine/chat/flat_messages.h"
#include "engine/chat/prompt.h"
#include "engine/chat/white_space.h"

#include <string_view>

namespace atelier {

namespace {

constexpr std::string_view kRuminationSystem =
    "\n"
    "你是一个专业的深度研究助手，通过提供的工具与模拟浏览器交互，"
    "来帮助用户完成深度信息调研和报告撰写任务。今年是 2025 年。\n"
    "\n"
    "<核心要求>\n"
    "- 首先分解用户请求，得到包含多个子要求的列表\n"
    "- 制定初始研究计划\n"
    "- 进行多轮迭代搜索和页面浏览（at least 10 function calls）：\n"
    "    * 根据已获得的信息调整研究计划和关键词\n"
    "    * 打开页面阅读，从发现的内容中识别新的关键概念/名词\n"
    "    * 从搜索结果中提取新的关键词继续搜索\n"
    "    * 访问并仔细阅读相关页面，识别新的关键概念/名词\n"
    "\n"
    "<重要配置>\n"
    "- 采用语言\n"
    "    * 搜索关键词：英语\n"
    "    * 思考：英语\n"
    "\n"
    "<可调用的工具列表>\n"
    "\n"
    R"j([{"name": "search", "description": "Execute a search query and return search )j"
    R"j(results. Use this function when you need to find information about a specific )j"
    R"j(topic.", "parameters": {"type": "object", "properties": {"query": {"type": )j"
    R"j("string", "description": "Search query string, use English words unless it is a )j"
    R"j(proper name in Chinese"}}, "required": ["query"], "additionalProperties": )j"
    R"j(false}}, {"name": "click", "description": "Click a link in the search results and )j"
    R"j(navigate to the corresponding page. Use this function when you need to view )j"
    R"j(detailed content of a specific search result.", "parameters": {"type": "object", )j"
    R"j("properties": {"link_id": {"type": "integer", "description": "The link ID to )j"
    R"j(click (from the sequence number in search results)"}}, "required": ["link_id"], )j"
    R"j("additionalProperties": false}}, {"name": "open", "description": "Open a specific )j"
    R"j(website. Get content from any website with its URL.", "parameters": {"type": )j"
    R"j("object", "properties": {"url": {"type": "string", "description": "The target )j"
    R"j(website URL or domain"}}, "required": ["url"], "additionalProperties": false}}, )j"
    R"j({"name": "finish", "description": "Finish the task. Use this function when you )j"
    R"j(have found the information you need.", "parameters": {"type": "object", )j"
    R"j("properties": {}, "additionalProperties": false}}])j";

constexpr std::string_view kZ1Introduction =
    "你是一个名为 ChatGLM 的人工智能助手。你是基于智谱 AI 公司训练的语言模型 GLM-4 模型开发的，"
    "你的任务是针对用户的问题和要求提供适当的答复和支持。\n\n";
constexpr std::string_view k2024Introduction =
    "你是一个名为 ChatGLM 的人工智能助手。你是基于智谱AI训练的语言模型 GLM-4 模型开发的，"
    "你的任务是针对用户的问题和要求提供适当的答复和支持。\n\n";

// How the formats differ.
struct Rules
{
    bool systemFirst = true;              // system messages move before all others
    bool dropsThoughts = false;           // and white space around texts that are not a system's
    bool dropsEmpty = false;              // messages without text are left out
    std::string_view callEnd = " \n";     // between a tool's name and its arguments
    std::string_view fixedSystem = {};    // in place of all system messages and the tools
    std::string_view introduction = {};   // of the tools
    std::string_view firstToolStart = {}; // before the first tool's heading
    std::string_view opening = {};        // text that the generation prompt ends with
};

Rules rulesOf(ChatFamily family)
{
    Rules rules;
    rules.firstToolStart = "\n";
    if (family == ChatFamily::GlmZ1) {
        rules.dropsThoughts = true;
        rules.callEnd = "\n";
        rules.introduction = kZ1Introduction;
        rules.firstToolStart = "";
        rules.opening = "\n<think>";
    } else if (family == ChatFamily::GlmRumination) {
        rules.dropsThoughts = true;
        rules.fixedSystem = kRuminationSystem;
    } else if (family == ChatFamily::ChatGlm4) {
        rules.systemFirst = false;
        rules.dropsEmpty = true;
        rules.callEnd = "\n";
        rules.introduction = k2024Introduction;
        rules.firstToolStart = "";
    }
    return rules;
}

PromptPiece controlPiece(std::string_view name)
{
    return {std::string(name), true, -1};
}

std::string_view roleToken(Role role)
{
    switch (role) {
    case Role::System:
        return "<|system|>";
    case Role::User:
        return "<|user|>";
    case Role::Assistant:
        return "<|assistant|>";
    case Role::Observation:
        return "<|observation|>";
    }
    return {};
}

void appendMessage(const FlatMessage& message, const Rules& rules, std::vector<PromptPiece>& pieces)
{
    std::string_view content = message.content;
    if (rules.dropsThoughts && message.role != Role::System) {
        constexpr std::string_view kThoughtEnd = "</think>";
        if (const size_t end = content.rfind(kThoughtEnd); end != std::string_view::npos) {
            content.remove_prefix(end + kThoughtEnd.size());
        }
        content = stripped(content);
    }
    if (rules.dropsEmpty && content.empty()) {
        return;
    }
    pieces.push_back(controlPiece(roleToken(message.role)));
    std::string text(message.metadata);
    text += message.metadata.empty() ? std::string_view("\n") : rules.callEnd;
    text += content;
    pieces.push_back({std::move(text), false, int32_t(message.index)});
}

std::string describeTools(std::span<const Tool> tools, const Rules& rules)
{
    std::string text = "\n";
    text += rules.introduction;
    text += "# 可用工具";
    text += rules.firstToolStart;
    for (const Tool& tool : tools) {
        text += "\n## " + tool.name + "\n\n" + tool.definition +
                "\n在调用上述函数时，请使用 Json 格式表示调用的参数。";
    }
    return text;
}

std::vector<PromptPiece> renderPlain(std::span<const Message> messages, bool isGlm)
{
    std::vector<PromptPiece> pieces;
    if (isGlm) {
        pieces = {controlPiece("[gMASK]"), controlPiece("<sop>")};
    }
    for (size_t i = 0; i < messages.size(); ++i) {
        // What the model wrote came right behind the text before it.
        if (i > 0 && messages[i].role != Role::Assistant) {
            pieces.push_back({"\n\n", false, -1});
        }
        pieces.push_back({shownText(messages[i]), false, int32_t(i)});
    }
    return pieces;
}

} // namespace

std::vector<PromptPiece> renderBuiltIn(ChatFamily family,
    std::span<const Message> messages,
    bool addGenerationPrompt,
    std::span<const Tool> tools)
{
    if (family == ChatFamily::Plain || family == ChatFamily::Other) {
        return renderPlain(messages, family == ChatFamily::Plain);
    }
    const Rules rules = rulesOf(family);
    std::vector<PromptPiece> pieces{controlPiece("[gMASK]"), controlPiece("<sop>")};
    if (!rules.fixedSystem.empty()) {
        pieces.push_back(controlPiece(roleToken(Role::System)));
        pieces.push_back({std::string(rules.fixedSystem), false, -1});
    } else if (!tools.empty()) {
        pieces.push_back(controlPiece(roleToken(Role::System)));
        pieces.push_back({describeTools(tools, rules), false, -1});
    }
    const auto flat = flatMessages(messages);
    if (rules.systemFirst && rules.fixedSystem.empty()) {
        for (const FlatMessage& message : flat) {
            if (message.role == Role::System) {
                appendMessage(message, rules, pieces);
            }
        }
    }
    for (const FlatMessage& message : flat) {
        if (!rules.systemFirst || message.role != Role::System) {
            appendMessage(message, rules, pieces);
        }
    }
    if (addGenerationPrompt) {
        pieces.push_back(controlPiece(roleToken(Role::Assistant)));
        if (!rules.opening.empty()) {
            pieces.push_back({std::string(rules.opening), false, -1});
        }
    }
    return pieces;
}

} // namespace atelier
