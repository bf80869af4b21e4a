// SPDX-License-Identifier: MIT
// Sessions write prompts the way their model wants them: by its template, with tools, with thoughts
// that the prompt opens, and with a note where the template cannot be used.
#include "engine/chat/jinja_engine.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/support/tiny_engine.h"

#include <QTest>

using namespace atelier;
using namespace atelier::test;

namespace {

// As GLM-Z1 has it.
constexpr const char* kThinking = "[gMASK]<sop>{% for m in messages %}<|{{ m.role }}|>\n"
                                  "{{ m.content.split('</think>')[-1].strip() }}{% endfor %}"
                                  "{% if add_generation_prompt %}<|assistant|>\n<think>{% endif %}";

struct Chat
{
    // Says "Hm." behind <think> and behind <|assistant|>.
    explicit Chat(const char* chatTemplate, uint32_t context = 1024)
    {
        TinyShape shape;
        shape.context = context;
        auto next = script("Hm.");
        next['>'] = 'H';
        auto writer = scriptedModel(next, shape);
        if (chatTemplate != nullptr) {
            writer.string("tokenizer.chat_template", chatTemplate);
        }
        model = loadTiny(writer, hooks).take();
        session = Session::create(model, {}).take();
    }
    // The prompt of the last request, and the reply.
    QString read() const
    {
        return QString::fromStdString(model->tokenizer().decode(session->tokens()));
    }

    BackendHooks hooks;
    std::shared_ptr<Model> model;
    std::unique_ptr<Session> session;
};

} // namespace

class TestSessionPrompt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thoughtsBeginWithTheirTag_data();
    void thoughtsBeginWithTheirTag();
    void cutThoughtsGoOn();
    void earlierThoughtsAreLeftOut();
    void toolsAreDescribed();
    void templatesThatFailAreNoted();
};

void TestSessionPrompt::thoughtsBeginWithTheirTag_data()
{
    QTest::addColumn<bool>("thinks");
    QTest::newRow("thinking") << true;
    QTest::newRow("not thinking") << false;
}

void TestSessionPrompt::thoughtsBeginWithTheirTag()
{
    QFETCH(bool, thinks);
    if (thinks && !JinjaEngine::isAvailable()) {
        QSKIP("This build has no script engine, so templates are not rendered.");
    }
    Chat chat(thinks ? kThinking : nullptr);
    const Written written = write(*chat.session, ask("u"));
    QVERIFY(bool(written.stats));
    QCOMPARE(written.text, std::string(thinks ? "<think>Hm." : "Hm."));
    QVERIFY(written.stats.value().promptNote.empty());
    QCOMPARE(written.stats.value().generatedTokens, 3u); // the tag is the prompt's
    QVERIFY2(chat.read().startsWith(thinks ? "[gMASK]<sop><|user|>\nu<|assistant|>\n<think>Hm."
                                           : "[gMASK]<sop><|user|>\nu<|assistant|>Hm."),
        qPrintable(chat.read()));
}

void TestSessionPrompt::cutThoughtsGoOn()
{
    if (!JinjaEngine::isAvailable()) {
        QSKIP("This build has no script engine, so templates are not rendered.");
    }
    Chat chat(kThinking);
    GenerationRequest request = ask("u");
    request.messages.push_back({Role::Assistant, "<think>H"});
    request.continueLast = true;
    const Written written = write(*chat.session, request);
    QVERIFY(bool(written.stats));
    QCOMPARE(written.text, std::string("m."));
    QCOMPARE(chat.read().count("<think>"), 1);
    QVERIFY2(chat.read().contains("<|assistant|>\n<think>Hm."), qPrintable(chat.read()));
}

void TestSessionPrompt::earlierThoughtsAreLeftOut()
{
    if (!JinjaEngine::isAvailable()) {
        QSKIP("This build has no script engine, so templates are not rendered.");
    }
    Chat chat(kThinking);
    const Written first = write(*chat.session, ask("u"));
    GenerationRequest request = ask("u");
    request.messages.push_back({Role::Assistant, first.text + "</think>Yes"});
    request.messages.push_back({Role::User, "v"});
    QVERIFY(bool(write(*chat.session, request).stats));
    QVERIFY2(chat.read().startsWith(
                 "[gMASK]<sop><|user|>\nu<|assistant|>\nYes<|user|>\nv<|assistant|>\n<think>"),
        qPrintable(chat.read()));
}

void TestSessionPrompt::toolsAreDescribed()
{
    Chat chat(nullptr);
    GenerationRequest request = ask("u");
    request.tools.push_back(Tool::parse(R"({"name": "search"})").take());
    QVERIFY(bool(write(*chat.session, request).stats));
    QVERIFY2(chat.read().startsWith("[gMASK]<sop><|system|>\n# 可用工具\n\n## search\n"),
        qPrintable(chat.read()));
}

void TestSessionPrompt::templatesThatFailAreNoted()
{
    Chat chat("{% if %}");
    QVERIFY(!chat.model->info().promptNote.empty());
    const Written written = write(*chat.session, ask("u"));
    QVERIFY(bool(written.stats));
    QCOMPARE(written.stats.value().promptNote, chat.model->info().promptNote);
    QCOMPARE(written.text, std::string("Hm."));
    QCOMPARE(chat.model->info().promptFormat, std::string("GLM-4-0414"));
}

QTEST_APPLESS_MAIN(TestSessionPrompt)
#include "tst_session_prompt.moc"
