// SPDX-License-Identifier: MIT
#include "engine/chat/prompt_format.h"

#include "engine/chat/white_space.h"
#include "engine/formats/model_file.h"
#include "tests/engine/chat/golden_renderings.h"
#include "tests/support/vocabulary_file.h"

#include <QTest>

using namespace atelier;
using namespace atelier::test;

namespace {

constexpr const char* kZ1 = "[gMASK]<sop>{% for m in messages %}<|{{ m.role }}|>\n"
                            "{{ m.content.split('</think>')[-1].strip() }}{% endfor %}"
                            "{% if add_generation_prompt %}<|assistant|>\n<think>{% endif %}";

struct Model
{
    std::vector<std::byte> bytes;
    std::shared_ptr<const ModelFile> file;
    std::shared_ptr<const Tokenizer> tokenizer;
    std::unique_ptr<PromptFormat> format;
};

Model modelOf(
    const std::string& architecture, const std::string& chatTemplate, const std::string& name = "")
{
    Model model;
    auto writer = VocabularyFile().writer();
    writer.string("general.architecture", architecture);
    writer.string("general.name", name);
    if (!chatTemplate.empty()) {
        writer.string("tokenizer.chat_template", chatTemplate);
    }
    model.bytes = writer.bytes();
    model.file = parseGguf(model.bytes).take();
    model.tokenizer = Tokenizer::create(*model.file).take();
    model.format = PromptFormat::create(*model.file, *model.tokenizer);
    return model;
}

std::string textOf(const Model& model, const PromptRequest& request)
{
    const auto prompt = model.format->render(request);
    return prompt ? promptText(prompt.value().pieces) : prompt.error().message;
}

ChatFamily familyOf(const std::string& golden)
{
    return golden == "glm-4-0414-chat"          ? ChatFamily::Glm4
           : golden == "glm-z1-0414"            ? ChatFamily::GlmZ1
           : golden == "glm-z1-rumination-0414" ? ChatFamily::GlmRumination
           : golden == "glm-4-9b-chat-2024"     ? ChatFamily::ChatGlm4
                                                : ChatFamily::Other;
}

} // namespace

class TestPromptFormat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void builtInFormatsMatchTheGoldenRenderings_data();
    void builtInFormatsMatchTheGoldenRenderings();
    void templatesAndBuiltInFormatsAgree_data();
    void templatesAndBuiltInFormatsAgree();
    void builtInFormats_data();
    void builtInFormats();
    void usesTheModelsTemplate();
    void fallsBackWithANote_data();
    void fallsBackWithANote();
    void thoughtsAreBegunByThePrompt();
    void repliesGoOn_data();
    void repliesGoOn();
    void onlyRepliesGoOn();
    void stripsLikePython_data();
    void stripsLikePython();
};

void TestPromptFormat::builtInFormatsMatchTheGoldenRenderings_data()
{
    QTest::addColumn<int>("index");
    const auto cases = goldenCases();
    for (size_t i = 0; i < cases.size(); ++i) {
        QTest::newRow(cases[i].name.c_str()) << int(i);
    }
    if (cases.empty()) {
        QTest::newRow("absent") << -1;
    }
}

void TestPromptFormat::builtInFormatsMatchTheGoldenRenderings()
{
    QFETCH(int, index);
    if (index < 0) {
        QSKIP("The reference renderings are not part of the source tree.");
    }
    const GoldenCase golden = goldenCases()[size_t(index)];
    const auto pieces = renderBuiltIn(
        familyOf(golden.format), golden.messages, golden.addGenerationPrompt, golden.tools);
    QCOMPARE(QByteArray::fromStdString(promptText(pieces)), QByteArray::fromStdString(golden.text));
}

void TestPromptFormat::templatesAndBuiltInFormatsAgree_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name :
        {"glm-4-0414-chat", "glm-z1-0414", "glm-z1-rumination-0414", "glm-4-9b-chat-2024"}) {
        QTest::newRow(name) << name;
    }
}

// On more than the goldens have: calls with text, empty messages, thoughts, white space.
void TestPromptFormat::templatesAndBuiltInFormatsAgree()
{
    QFETCH(QString, name);
    const QByteArray source = sharedFile(name.toStdString() + ".jinja");
    if (source.isEmpty() || !JinjaEngine::isAvailable()) {
        QSKIP("Needs the reference templates and the script engine.");
    }
    const auto made = ChatTemplate::create(source.toStdString());
    QVERIFY(made);
    const std::vector<Message> messages{{Role::User, "  u1 \n"},
        {Role::Assistant, "<think>\nthought</think>\n a1 \xE3\x80\x80"},
        {Role::System, " late "},
        {Role::User, "<|user|>"},
        {Role::Assistant, "calling", "", {{"f", "{\"x\": \"</think> \"}"}, {"g", "{}"}}},
        {Role::Observation, "r1"},
        {Role::Observation, ""},
        {Role::Assistant, ""},
        {Role::User, "u3"}};
    const std::vector<Tool> tools{
        Tool::parse(R"({"name": "f", "parameters": {"low": 1.0, "text": "城市 \"q\" \\ /"}})")
            .take()};
    for (const auto& some : {tools, std::vector<Tool>()}) {
        for (size_t count = 0; count <= messages.size(); ++count) {
            for (const bool generate : {true, false}) {
                const auto first = std::span(messages).first(count);
                const auto text = made.value()->render({first, some, generate});
                QVERIFY2(text, text ? "" : text.error().message.c_str());
                const auto builtIn =
                    renderBuiltIn(familyOf(name.toStdString()), first, generate, some);
                QCOMPARE(QString::fromStdString(promptText(builtIn)),
                    QString::fromStdString(text.value()));
            }
        }
    }
}

void TestPromptFormat::builtInFormats_data()
{
    QTest::addColumn<int>("family");
    QTest::addColumn<QString>("text");
    QTest::newRow("0414")
        << int(ChatFamily::Glm4)
        << "[gMASK]<sop><|system|>\n s <|user|>\nu<|assistant|>\n<think>t</think> a"
           "<|assistant|>f \n{}<|observation|>\no<|assistant|>";
    QTest::newRow("Z1") << int(ChatFamily::GlmZ1)
                        << "[gMASK]<sop><|system|>\n s <|user|>\nu<|assistant|>\na"
                           "<|assistant|>f\n{}<|observation|>\no<|assistant|>\n<think>";
    QTest::newRow("2024")
        << int(ChatFamily::ChatGlm4)
        << "[gMASK]<sop><|user|>\nu<|system|>\n s <|assistant|>\n<think>t</think> a"
           "<|assistant|>f\n{}<|observation|>\no<|assistant|>";
    QTest::newRow("base") << int(ChatFamily::Plain)
                          << "[gMASK]<sop>u\n\n s <think>t</think> af\n{}\n\no";
    QTest::newRow("unknown") << int(ChatFamily::Other) << "u\n\n s <think>t</think> af\n{}\n\no";
}

void TestPromptFormat::builtInFormats()
{
    QFETCH(int, family);
    QFETCH(QString, text);
    const std::vector<Message> messages{{Role::User, "u"},
        {Role::System, " s "},
        {Role::Assistant, "<think>t</think> a"},
        {Role::Assistant, "", "", {{"f", "{}"}}},
        {Role::Observation, "o"}};
    QCOMPARE(QString::fromStdString(promptText(renderBuiltIn(ChatFamily(family), messages, true))),
        text);
}

void TestPromptFormat::usesTheModelsTemplate()
{
    if (!JinjaEngine::isAvailable()) {
        QSKIP("This build has no script engine, so templates are not rendered.");
    }
    const Model model = modelOf("glm4", "[gMASK]<sop>own:{{ messages[0].content }}<|assistant|>");
    QVERIFY(model.format->usesTemplate());
    QVERIFY(model.format->note().empty());
    const std::vector<Message> messages{{Role::User, "<|user|>"}};
    const auto prompt = model.format->render({messages});
    QVERIFY(prompt);
    QCOMPARE(
        promptText(prompt.value().pieces), std::string("[gMASK]<sop>own:<|user|><|assistant|>"));
    QCOMPARE(prompt.value().note, std::string());
    const auto ids = encodePrompt(prompt.value().pieces, *model.tokenizer);
    QVERIFY(ids);
    QCOMPARE(int(std::ranges::count_if(
                 ids.value(), [&](int32_t id) { return model.tokenizer->isControl(id); })),
        3);
}

void TestPromptFormat::fallsBackWithANote_data()
{
    QTest::addColumn<QString>("source");
    QTest::newRow("wrong") << "{% if %}<think>";
    QTest::newRow("refuses") << "<think>{{ raise_exception('never') }}";
    QTest::newRow("endless") << "<think>{% for i in range(10**9) %}{% endfor %}";
    QTest::newRow("takes texts apart") << "<think>{{ messages[0].content.replace('~', '') }}";
}

void TestPromptFormat::fallsBackWithANote()
{
    QFETCH(QString, source);
    const Model model = modelOf("glm4", source.toStdString());
    const std::vector<Message> messages{{Role::User, "<|us~er|>"}};
    const auto prompt = model.format->render({messages});
    QVERIFY(prompt);
    QCOMPARE(promptText(prompt.value().pieces),
        std::string("[gMASK]<sop><|user|>\n<|us~er|><|assistant|>\n<think>"));
    const QString note = QString::fromStdString(prompt.value().note);
    QVERIFY2(note.contains("The built-in format (GLM-Z1-0414) is used instead."), qPrintable(note));
}

void TestPromptFormat::thoughtsAreBegunByThePrompt()
{
    const std::vector<Message> messages{{Role::User, "u"}};
    for (const char* source : {kZ1, ""}) { // by template, and built in
        const auto z1 = modelOf("glm4", source, "GLM-Z1-9B-0414");
        QCOMPARE(z1.format->render({messages}).value().begun, std::string("<think>"));
    }
    const auto chat = modelOf("glm4", "", "GLM-4-9B-0414");
    QCOMPARE(chat.format->render({messages}).value().begun, std::string());
}

void TestPromptFormat::repliesGoOn_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("reply");
    QTest::addColumn<QString>("end");
    QTest::newRow("chat") << "GLM-4-9B-0414"
                          << "Once"
                          << "<|assistant|>\nOnce";
    QTest::newRow("thoughts") << "GLM-Z1-9B-0414"
                              << "<think>\nHm, so"
                              << "<|assistant|>\n<think>\nHm, so";
    QTest::newRow("answer behind thoughts") << "GLM-Z1-9B-0414"
                                            << "<think>\nHm.\n</think>\nYes, a"
                                            << "<|assistant|>\n<think>\nHm.\n</think>\nYes, a";
    QTest::newRow("text of a base model") << "GLM-4-32B-Base"
                                          << "Once"
                                          << "[gMASK]<sop>uOnce";
}

void TestPromptFormat::repliesGoOn()
{
    QFETCH(QString, name);
    QFETCH(QString, reply);
    QFETCH(QString, end);
    const auto model = modelOf("glm4", "", name.toStdString());
    const std::vector<Message> messages{{Role::User, "u"}, {Role::Assistant, reply.toStdString()}};
    const auto text = QString::fromStdString(textOf(model, {messages, {}, true}));
    QVERIFY2(text.endsWith(end), qPrintable(text));
    QCOMPARE(text.count(reply), 1);
}

void TestPromptFormat::onlyRepliesGoOn()
{
    const auto model = modelOf("glm4", "");
    const std::vector<Message> messages{{Role::User, "u"}};
    for (const auto some : {std::span(messages), std::span(messages).first(0)}) {
        const auto prompt = model.format->render({some, {}, true});
        QVERIFY(!prompt);
        QCOMPARE(prompt.error().code, ErrorCode::InvalidUse);
    }
}

void TestPromptFormat::stripsLikePython_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("rest");
    QTest::newRow("nothing") << QByteArray() << QByteArray();
    QTest::newRow("only space") << QByteArray(" \t\r\n\xE3\x80\x80") << QByteArray();
    QTest::newRow("both ends") << QByteArray("\x1c\xC2\xA0 a b \xE2\x80\x83\n")
                               << QByteArray("a b");
    QTest::newRow("no space: zero width, byte order mark")
        << QByteArray("\xE2\x80\x8B\xEF\xBB\xBF") << QByteArray("\xE2\x80\x8B\xEF\xBB\xBF");
    QTest::newRow("no UTF-8") << QByteArray(" \x80\xA0 ") << QByteArray("\x80\xA0");
}

void TestPromptFormat::stripsLikePython()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, rest);
    const std::string whole = text.toStdString();
    QCOMPARE(QByteArray::fromStdString(std::string(stripped(whole))), rest);
}

QTEST_APPLESS_MAIN(TestPromptFormat)
#include "tst_prompt_format.moc"
