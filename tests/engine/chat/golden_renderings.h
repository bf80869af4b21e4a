// SPDX-License-Identifier: MIT
// The reference renderings of the GLM-4 family's templates, which are not part of the source tree.
#pragma once

#include "engine/chat/message.h"
#include "engine/chat/tool.h"

#include <QByteArray>
#include <QFile>

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace atelier::test {

struct GoldenCase
{
    std::string name; // "glm-z1-0414, user_only"
    std::string format;
    std::vector<Message> messages;
    std::vector<Tool> tools;
    bool addGenerationPrompt = true;
    std::string text;
};

inline QByteArray sharedFile(const std::string& name)
{
    QFile file(QString::fromStdString(ATELIER_SHARED "/glm4-templates/" + name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline Role roleNamed(const std::string& name)
{
    return name == "system"      ? Role::System
           : name == "user"      ? Role::User
           : name == "assistant" ? Role::Assistant
                                 : Role::Observation;
}

// Empty when the reference material is absent.
inline std::vector<GoldenCase> goldenCases()
{
    const QByteArray bytes = sharedFile("golden-renderings.json");
    if (bytes.isEmpty()) {
        return {};
    }
    std::vector<GoldenCase> cases;
    // Keeps the order of keys, which the tools' text shows.
    const auto golden = nlohmann::ordered_json::parse(bytes.toStdString());
    for (const auto& [format, outputs] : golden["output"].items()) {
        for (const auto& [name, output] : outputs.items()) {
            const auto& input = golden["input_cases"][name];
            GoldenCase one{
                format + ", " + name, format, {}, {}, input["add_generation_prompt"], {}};
            for (const auto& message : input["messages"]) {
                one.messages.push_back({roleNamed(message["role"]),
                    message["content"],
                    message.value("metadata", std::string())});
            }
            for (const auto& tool : input["tools"]) {
                one.tools.push_back(Tool::parse(tool.dump()).take());
            }
            one.text = output["hf_trim"];
            cases.push_back(std::move(one));
        }
    }
    return cases;
}

} // namespace atelier::test
