// SPDX-License-Identifier: MIT
#include "engine/chat/chat_family.h"

#include <QTest>

using namespace atelier;

class TestChatFamily : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isDetected_data();
    void isDetected();
    void hasAName();
};

void TestChatFamily::isDetected_data()
{
    QTest::addColumn<QString>("architecture");
    QTest::addColumn<QString>("chatTemplate");
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("family");
    const auto row = [](const char* tag,
                         const char* architecture,
                         const char* chatTemplate,
                         const char* name,
                         ChatFamily family) {
        QTest::newRow(tag) << QString(architecture) << QString::fromUtf8(chatTemplate)
                           << QString(name) << int(family);
    };
    row("0414 chat",
        "glm4",
        "[gMASK]<sop>{%- if tools -%}<|system|>",
        "GLM 4 9B 0414",
        ChatFamily::Glm4);
    row("0414 without template", "glm4", "", "GLM-4-9B-0414", ChatFamily::Glm4);
    row("Z1", "glm4", "... <|assistant|>\n<think>{% endif %}", "renamed", ChatFamily::GlmZ1);
    row("Z1 without template", "glm4", "", "GLM-Z1-9B-0414", ChatFamily::GlmZ1);
    row("history without thoughts is no thinking",
        "glm4",
        "content.split('</think>')",
        "x",
        ChatFamily::Glm4);
    row("Rumination", "glm4", "你是一个专业的深度研究助手 <think>", "x", ChatFamily::GlmRumination);
    row("Rumination without template",
        "glm4",
        "",
        "GLM-Z1-Rumination-32B",
        ChatFamily::GlmRumination);
    row("base 32B", "glm4", "", "GLM-4-32B-Base-0414", ChatFamily::Plain);
    row("2024 chat", "chatglm", "[gMASK]<sop>{% for item in messages %}", "", ChatFamily::ChatGlm4);
    row("2024 chat without template", "chatglm", "", "glm-4-9b-chat-1m", ChatFamily::ChatGlm4);
    row("2024 base", "chatglm", "", "glm-4-9b", ChatFamily::Plain);
    row("4V", "chatglm", "", "glm-4v-9b", ChatFamily::ChatGlm4);
    row("another family", "qwen2", "{{ x }}", "Qwen", ChatFamily::Other);
}

void TestChatFamily::isDetected()
{
    QFETCH(QString, architecture);
    QFETCH(QString, chatTemplate);
    QFETCH(QString, name);
    QFETCH(int, family);
    QCOMPARE(int(detectChatFamily(
                 architecture.toStdString(), chatTemplate.toStdString(), name.toStdString())),
        family);
}

void TestChatFamily::hasAName()
{
    for (int i = 0; i <= int(ChatFamily::Other); ++i) {
        QVERIFY(!chatFamilyName(ChatFamily(i)).empty());
    }
}

QTEST_APPLESS_MAIN(TestChatFamily)
#include "tst_chat_family.moc"
