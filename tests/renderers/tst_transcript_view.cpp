// SPDX-License-Identifier: MIT
// The conversation's page: text that cannot run, blocks that stay, a view that keeps its place.
#include "renderers/transcript_view.h"

#include "tests/renderers/transcript_test.h"

#include <QClipboard>
#include <QRegularExpression>
#include <QSignalSpy>
#include <memory>

using namespace atelier;
using namespace atelier::test;

class TestTranscriptView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsAConversation();
    void keepsMarkdownHarmless_data();
    void keepsMarkdownHarmless();
    void finishedBlocksStay();
    void streamsLikeAWhole();
    void openFenceGrowsByLines();
    void opensOnlyGoodLinks_data();
    void opensOnlyGoodLinks();
    void showsTheStates_data();
    void showsTheStates();
    void showsArtifactCards();
    void reportsActions();
    void believesNoForgedMessage();
    void copiesCode();
    void sendingPutsTheMessageAtTheTop();
    void aShortChatDoesNotScroll();
    void followsUntilTheReaderMoves();
    void opensAtTheEnd();
    void retryRemovesWhatFollows();
    void changesTheTheme();
    void startsInTheRightTheme();
    void speaksChinese();
    void survivesItsProcess();
    void staysWithinTheFrameBudget();
    void init();
    void cleanupTestCase() { m_page.reset(); }

private:
    TranscriptView& page();

    QByteArray m_test;
    std::unique_ptr<TranscriptView> m_page; // of the rows of one test
};

void TestTranscriptView::init()
{
    if (m_test != QTest::currentTestFunction())
        m_page.reset();
    m_test = QTest::currentTestFunction();
}

// One page for all rows of a test, each of which sets the messages anew.
TranscriptView& TestTranscriptView::page()
{
    if (!m_page) {
        m_page = std::make_unique<TranscriptView>();
        open(*m_page);
    }
    return *m_page;
}

void TestTranscriptView::showsAConversation()
{
    TranscriptView view;
    QSignalSpy ready(&view, &TranscriptView::ready);
    open(view);
    TranscriptMessage answer =
        reply("2", MessageState::Done, "Some **bold** words.\n\n- one\n- two");
    answer.tokens = 1906;
    answer.tokensPerSecond = 38.42;
    answer.seconds = 61.6;
    answer.branches = 2;
    answer.branch = 1;
    view.setMessages({question("1", "Draw <b>this</b>\nplease"), answer});
    QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 1, kPageTimeout);
    const QString text = shownText(view);
    QVERIFY2(text.contains("Draw <b>this</b>\nplease"), qPrintable(text));
    QVERIFY2(text.contains("Some bold words."), qPrintable(text));
    QVERIFY2(text.contains("2 / 2"), qPrintable(text));
    QVERIFY2(text.contains("1,906 tokens · 38.4 tok/s · 61.6 s"), qPrintable(text));
    QCOMPARE(evaluate(view, "document.querySelectorAll('strong, li').length").toInt(), 3);
    QCOMPARE(
        evaluate(view, "[...document.querySelectorAll('article')].map(a => a.ariaLabel).join()")
            .toString(),
        "You,Reply, 1,906 tokens");
}

void TestTranscriptView::keepsMarkdownHarmless_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("script") << "<script>window.hurt = 1</script>";
    QTest::newRow("handler") << "<img src=x onerror='window.hurt = 1'>";
    QTest::newRow("javascript link") << "[x](javascript:window.hurt=1)";
    QTest::newRow("javascript link in disguise")
        << "[x](JaVaScript&#58;window.hurt=1) <jav\tascript:x>";
    QTest::newRow("javascript in a definition") << "[x]\n\n[x]: javascript:window.hurt=1";
    QTest::newRow("data link") << "[x](data:text/html,<script>1</script>)";
    QTest::newRow("vbscript autolink") << "<vbscript:x> <file:///etc/passwd>";
    QTest::newRow("picture from the network") << "![p](https://example.org/p.png)";
    QTest::newRow("svg picture") << "![p](data:image/svg+xml;base64,PHN2Zy8+)";
    QTest::newRow("frame") << "<iframe srcdoc='<script>parent.hurt=1</script>'></iframe>";
    QTest::newRow("style") << "<style>body{display:none}</style>";
    QTest::newRow("info of a fence") << "```\"><img src=x onerror=window.hurt=1>\nx\n```";
    QTest::newRow("title of a link") << "[x](http://a.b '\" onclick=\"window.hurt=1')";
    QTest::newRow("code") << "`<img src=x onerror=window.hurt=1>`";
    QTest::newRow("table") << "|a|\n|:-:|\n|<img src=x onerror=window.hurt=1>|";
}

void TestTranscriptView::keepsMarkdownHarmless()
{
    QFETCH(QString, text);
    TranscriptView& view = page();
    evaluate(view, "delete window.hurt");
    view.setMessages({reply("1", MessageState::Done, text)});
    view.appendMessage(reply("2", MessageState::Writing));
    view.appendMarkdown("2", text); // and while it grows
    shownText(view);
    const QString script = QStringLiteral(
        "(() => { const bad = [];"
        "for (const e of document.querySelectorAll('.a *')) {"
        "  if (/^(script|iframe|style|object|embed|form)$/i.test(e.tagName)) bad.push(e.tagName);"
        "  if (e.tagName === 'IMG' && !e.src.startsWith('data:image/png')) bad.push(e.src);"
        "  for (const a of e.attributes) {"
        "    if (/^on|^style$/i.test(a.name)) bad.push(a.name);"
        "    if (a.name === 'href' && !/^(https?:|mailto:|$)/.test(a.value)) bad.push(a.value); } }"
        "if (window.hurt) bad.push('hurt');"
        "return document.querySelectorAll('article').length + bad.join(); })()");
    QCOMPARE(evaluate(view, script).toString(), "2");
}

void TestTranscriptView::finishedBlocksStay()
{
    TranscriptView view;
    open(view);
    view.setMessages({question("1", "q")});
    view.appendMessage(reply("2", MessageState::Writing));
    view.appendMarkdown("2", "# Title\n\nFirst *paragraph*.\n\n```js\nlet a = 1;\n```\n\nSecond");
    settled(view, "document.querySelectorAll('.blk').forEach((b, i) => { b.mine = i; })");
    QCOMPARE(evaluate(view, "document.querySelectorAll('.blk').length").toInt(), 4);
    const QString before = settled(
        view, "[...document.querySelectorAll('.blk')].slice(0, 3).map(b => b.innerHTML).join()")
                               .toString();
    for (int i = 0; i < 20; ++i)
        view.appendMarkdown("2", QStringLiteral(" more\n\n- item %1\n\n").arg(i));
    shownText(view);
    QCOMPARE(evaluate(view,
                 "[...document.querySelectorAll('.blk')].slice(0, 3).map(b => b.innerHTML).join()")
                 .toString(),
        before);
    QCOMPARE(
        evaluate(view, "[...document.querySelectorAll('.blk')].slice(0, 4).map(b => b.mine).join()")
            .toString(),
        "0,1,2,3");
    // Coloring came once, with the closing fence.
    QVERIFY(before.contains("hljs-keyword"));
}

void TestTranscriptView::streamsLikeAWhole()
{
    const QString text = QStringLiteral(
        "# One\n\nA paragraph\nof two lines\n***not a rule*** here\n\n* a\n* b\n\n  more of "
        "b\n\n1. x\n"
        "2. y\n   ```c\n   int z;\n   ```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n> "
        "quote\n> on\n\n"
        "Setext\n---\n\n~~~\nplain\n~~~\n[ref] and `code`\n\n[ref]: http://example.org\n\n"
        "```py\ndef f():\n    return 1\n```\nEnd #hash\n#tag\n");
    TranscriptView view;
    open(view);
    view.setMessages({reply("whole", MessageState::Done, text)});
    view.appendMessage(reply("grown", MessageState::Writing));
    for (qsizetype at = 0; at < text.size(); at += 3) {
        view.appendMarkdown("grown", text.mid(at, 3));
        if (at % 9 == 0)
            shownText(view); // as if a frame had come
    }
    view.updateMessage(reply("grown", MessageState::Done));
    shownText(view);
    const QString html = QStringLiteral("[...document.querySelectorAll('article[data-id=%1] "
                                        ".blk')].map(b => b.innerHTML).join('\\n')");
    const QString whole = evaluate(view, html.arg("whole")).toString();
    const QStringList expected = whole.split('\n');
    const QStringList grown = evaluate(view, html.arg("grown")).toString().split('\n');
    for (qsizetype i = 0; i < qMin(expected.size(), grown.size()); ++i)
        QCOMPARE(grown[i], expected[i]);
    QCOMPARE(grown.size(), expected.size());
    QVERIFY(whole.contains("<table>"));
}

void TestTranscriptView::openFenceGrowsByLines()
{
    TranscriptView view;
    open(view);
    view.setMessages({});
    view.appendMessage(reply("1", MessageState::Writing));
    view.appendMarkdown("1", "```js\nlet a;\nlet");
    settled(view, "window.code = document.querySelector('code')");
    QCOMPARE(evaluate(view, "code.textContent.trimEnd()").toString(), "let a;\nlet");
    QCOMPARE(evaluate(view, "code.querySelectorAll('.hljs-keyword').length").toInt(), 0);
    view.appendMarkdown("1", " b;\n``"); // may become the closing fence: not shown
    shownText(view);
    QCOMPARE(evaluate(view, "code.textContent.trimEnd()").toString(), "let a;\nlet b;");
    view.appendMarkdown("1", "`\nafter");
    shownText(view);
    QCOMPARE(
        evaluate(view, "code.isConnected + code.textContent").toString(), "truelet a;\nlet b;\n");
    QCOMPARE(evaluate(view, "code.querySelectorAll('.hljs-keyword').length").toInt(), 2);
}

void TestTranscriptView::opensOnlyGoodLinks_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("url");
    QTest::newRow("https") << "[x](https://example.org/a?b=c#d)"
                           << "https://example.org/a?b=c#d";
    QTest::newRow("mailto") << "<me@example.org>"
                            << "mailto:me@example.org";
    QTest::newRow("bare") << "see http://example.org now"
                          << "http://example.org";
}

void TestTranscriptView::opensOnlyGoodLinks()
{
    QFETCH(QString, text);
    TranscriptView& view = page();
    QSignalSpy links(&view, &TranscriptView::linkActivated);
    view.setMessages({reply("1", MessageState::Done, text)});
    settled(view, "document.querySelector('.a a').click()");
    QTRY_COMPARE_WITH_TIMEOUT(links.count(), 1, kPageTimeout);
    QTEST(links[0][0].toUrl().toString(), "url");
    QVERIFY(shownText(view).size() > 0); // the page is still there
}

void TestTranscriptView::showsTheStates_data()
{
    QTest::addColumn<MessageState>("state");
    QTest::addColumn<QString>("words");
    QTest::newRow("queued") << MessageState::Queued << "Waiting";
    QTest::newRow("reading") << MessageState::Reading
                             << "Reading 12,288 of 31,004 tokens, 9 s left";
    QTest::newRow("writing") << MessageState::Writing << "Writing";
    QTest::newRow("stopped") << MessageState::Stopped << "Stopped by you after 214 tokens.";
    QTest::newRow("cut off") << MessageState::CutOff << "Reached the reply limit after 214 tokens.";
    QTest::newRow("failed") << MessageState::Failed << "Not enough memory\n\n3.2 GiB short.";
}

void TestTranscriptView::showsTheStates()
{
    QFETCH(MessageState, state);
    QFETCH(QString, words);
    TranscriptView& view = page();
    QSignalSpy actions(&view, &TranscriptView::actionTriggered);
    view.setMessages({question("1", "q")});
    view.appendMessage(reply("2", MessageState::Queued));
    TranscriptMessage message = reply("2", state);
    message.tokens = 214;
    message.errorTitle = "Not enough memory";
    message.errorText = "3.2 GiB short.";
    message.errorActions = {"smaller", "Load at 72k", "details", "Details"};
    view.updateMessage(message);
    view.setReadingProgress("2", 12288, 31004, 9.2);
    QString text = shownText(view);
    QVERIFY2(text.remove("\n").contains(words.remove("\n")), qPrintable(text));
    if (state == MessageState::Reading) {
        QCOMPARE(evaluate(view,
                     "Math.round(document.querySelector('.bar > i').style.width"
                     ".replace('%', ''))")
                     .toInt(),
            40);
    } else if (state == MessageState::Failed) {
        evaluate(view, "document.querySelector('.ec .btn').click()");
        QTRY_COMPARE_WITH_TIMEOUT(actions.count(), 1, kPageTimeout);
        QCOMPARE(actions[0], QList<QVariant>({"2", "smaller"}));
    } else if (state == MessageState::Stopped || state == MessageState::CutOff) {
        evaluate(view, "document.querySelector('.note .btn').click()");
        QTRY_COMPARE_WITH_TIMEOUT(actions.count(), 1, kPageTimeout);
        QCOMPARE(actions[0], QList<QVariant>({"2", "continue"}));
    }
}

void TestTranscriptView::showsArtifactCards()
{
    TranscriptView view;
    open(view);
    QSignalSpy activated(&view, &TranscriptView::artifactActivated);
    view.setMessages({});
    view.appendMessage(reply("1", MessageState::Writing));
    view.appendMarkdown("1", "Before");
    view.setArtifact("1", 0, artifact(ArtifactState::Draft));
    view.setShowingArtifact("1", 0);
    QString text = shownText(view);
    QVERIFY2(
        text.contains("Misty <b>Jiangnan</b>\nSVG · writing line 148\nDraft"), qPrintable(text));
    QVERIFY2(text.contains("Writing the drawing"), qPrintable(text));
    QCOMPARE(evaluate(view, "document.querySelectorAll('.ac.on').length").toInt(), 1);
    QCOMPARE(evaluate(view, "document.querySelector('.ac').offsetHeight").toInt(), 60);

    view.setArtifact("1", 0, artifact(ArtifactState::Complete));
    view.appendMarkdown("1", "After");
    view.setArtifact("1", 1, artifact(ArtifactState::CutOff));
    view.updateMessage(reply("1", MessageState::CutOff));
    text = shownText(view);
    QVERIFY2(text.contains("SVG · version 3 · 4.9 KB\nShowing"), qPrintable(text));
    QVERIFY2(text.contains("SVG · reached the reply limit\nCut off\nContinue"), qPrintable(text));
    QVERIFY2(text.indexOf("Before") < text.indexOf("Showing"), qPrintable(text));
    QVERIFY2(text.indexOf("Showing") < text.indexOf("After"), qPrintable(text));
    evaluate(view, "document.querySelectorAll('.ac .hit')[1].click()");
    QTRY_COMPARE_WITH_TIMEOUT(activated.count(), 1, kPageTimeout);
    QCOMPARE(activated[0], QList<QVariant>({"1", 1}));
    view.setShowingArtifact({}, 0);
    shownText(view);
    QCOMPARE(evaluate(view, "document.querySelectorAll('.ac.on').length").toInt(), 0);
}

void TestTranscriptView::reportsActions()
{
    TranscriptView view;
    open(view);
    QSignalSpy actions(&view, &TranscriptView::actionTriggered);
    TranscriptMessage answer = reply("2", MessageState::Done, "x");
    answer.branches = 3;
    answer.branch = 1;
    view.setMessages({question("1", "q"), answer});
    settled(view, "document.querySelectorAll('.acts button').forEach(b => b.click())");
    QTRY_COMPARE_WITH_TIMEOUT(actions.count(), 8, kPageTimeout);
    QStringList all;
    for (const QList<QVariant>& action : actions)
        all.append(action[0].toString() + action[1].toString());
    QCOMPARE(all.join(' '), "1copy 1edit 2copy 2retry 2edit 2more 2branch-previous 2branch-next");
}

void TestTranscriptView::believesNoForgedMessage()
{
    TranscriptView view;
    open(view);
    QSignalSpy actions(&view, &TranscriptView::actionTriggered);
    QSignalSpy links(&view, &TranscriptView::linkActivated);
    QSignalSpy cards(&view, &TranscriptView::artifactActivated);
    view.setMessages({reply("1", MessageState::Done, "x")});
    settled(view,
        "const say = m => console.info('\\u0001at:' + JSON.stringify(m));"
        "say({type: 'action', id: '1', action: 'delete-everything'});"
        "say({type: 'action', id: '9', action: 'retry'});"
        "say({type: 'artifact', id: '1', index: 0});"
        "say({type: 'link', url: 'file:///etc/passwd'});"
        "say({type: 'link', url: 'javascript:1'});"
        "console.info('\\u0001at:{');"
        "say({type: 'action', id: '1', action: 'retry'});");
    QTRY_COMPARE_WITH_TIMEOUT(actions.count(), 1, kPageTimeout);
    QCOMPARE(actions[0], QList<QVariant>({"1", "retry"}));
    QVERIFY(links.isEmpty());
    QVERIFY(cards.isEmpty());
}

void TestTranscriptView::copiesCode()
{
    TranscriptView view;
    open(view);
    view.setMessages({reply("1", MessageState::Done, "```c\nint <a>;\n```")});
    settled(view, "document.querySelector('[data-action=code-copy]').click()");
    QTRY_COMPARE_WITH_TIMEOUT(
        QGuiApplication::clipboard()->text(), QStringLiteral("int <a>;\n"), kPageTimeout);
}

void TestTranscriptView::sendingPutsTheMessageAtTheTop()
{
    TranscriptView view;
    open(view);
    view.setMessages(
        {question("1", "q"), reply("2", MessageState::Done, QString("long\n\n").repeated(40))});
    view.appendMessage(question("3", "next"));
    view.appendMessage(reply("4", MessageState::Writing));
    const QString top = QStringLiteral(
        "Math.round(document.querySelector('[data-id=\"3\"]').getBoundingClientRect().top)");
    QCOMPARE(settled(view, top).toInt(), 12);
    const int height = evaluate(view, "document.documentElement.scrollHeight").toInt();
    view.appendMarkdown("4", QString("grows\n\n").repeated(4));
    QCOMPARE(settled(view, top).toInt(), 12); // into the space that was kept for it
    QCOMPARE(evaluate(view, "document.documentElement.scrollHeight").toInt(), height);
    view.appendMarkdown("4", QString("grows\n\n").repeated(40)); // the space is used up: it follows
    QVERIFY(settled(view, top).toInt() < -500);
    QCOMPARE(evaluate(view,
                 "document.querySelector('.caret').getBoundingClientRect().bottom < innerHeight")
                 .toBool(),
        true);
}

void TestTranscriptView::aShortChatDoesNotScroll()
{
    TranscriptView view;
    open(view);
    view.appendMessage(question("1", "q"));
    view.appendMessage(reply("2", MessageState::Done, "short"));
    QCOMPARE(settled(view,
                 "document.documentElement.scrollHeight - document.documentElement.clientHeight")
                 .toInt(),
        0);
}

void TestTranscriptView::followsUntilTheReaderMoves()
{
    TranscriptView view;
    open(view);
    view.setMessages(
        {question("1", "q"), reply("2", MessageState::Writing, QString("x\n\n").repeated(60))});
    settled(view, "dispatchEvent(new WheelEvent('wheel', {deltaY: -50})); scrollBy(0, -100)");
    const int place = evaluate(view, "scrollY").toInt();
    QCOMPARE(evaluate(view, "document.querySelector('.pill').hidden").toBool(), true);
    view.appendMarkdown("2", QString("more\n\n").repeated(30));
    QCOMPARE(settled(view, "scrollY").toInt(), place);
    const QString pill = settled(view, "document.querySelector('.pill').innerText").toString();
    static const QRegularExpression kLines("^\\d\\d new lines$");
    QVERIFY2(pill.contains(kLines), qPrintable(pill));
    evaluate(view, "document.querySelector('.pill').click()");
    QVERIFY(evaluate(view, "scrollY").toInt() > place + 500);
    QCOMPARE(settled(view, "document.querySelector('.pill').hidden").toBool(), true);
}

void TestTranscriptView::opensAtTheEnd()
{
    TranscriptView view;
    open(view);
    QList<TranscriptMessage> messages;
    for (int i = 0; i < 300; ++i) {
        messages.append(question(QString::number(2 * i), "question"));
        messages.append(reply(QString::number(2 * i + 1),
            MessageState::Done,
            QString("answer %1\n\n").arg(i).repeated(5) + "```js\nlet a = 1;\n```"));
    }
    view.setMessages(messages);
    QVERIFY(becomes(view, "document.querySelectorAll('article').length", 600));
    QCOMPARE(
        settled(view, "Math.round(scrollY + innerHeight - document.documentElement.scrollHeight)")
            .toInt(),
        0);
    QCOMPARE(
        evaluate(view,
            "[...document.querySelectorAll('article')].every((a, i) => a.dataset.id === String(i))")
            .toBool(),
        true);
    QCOMPARE(evaluate(view, "document.querySelectorAll('.turn').length").toInt(), 300);
}

void TestTranscriptView::retryRemovesWhatFollows()
{
    TranscriptView view;
    open(view);
    view.setMessages(
        {question("1", "one"), reply("2", MessageState::Done, "old answer"), question("3", "two")});
    view.removeMessagesAfter("1");
    view.appendMessage(reply("2b", MessageState::Writing, "new answer"));
    const QString text = shownText(view);
    QVERIFY2(text.contains("one") && text.contains("new answer"), qPrintable(text));
    QVERIFY2(!text.contains("old") && !text.contains("two"), qPrintable(text));
}

void TestTranscriptView::changesTheTheme()
{
    TranscriptView view;
    open(view);
    view.setMessages({question("1", "q")});
    QCOMPARE(settled(view, "getComputedStyle(document.documentElement).backgroundColor").toString(),
        "rgb(252, 252, 251)");
    PageAppearance dark;
    dark.dark = true;
    dark.reducedMotion = true;
    view.setAppearance(dark);
    QCOMPARE(settled(view, "getComputedStyle(document.documentElement).backgroundColor").toString(),
        "rgb(24, 27, 26)");
    QCOMPARE(evaluate(view, "document.documentElement.dataset.motion").toString(), "reduced");
    QTRY_COMPARE_WITH_TIMEOUT(
        view.grab().toImage().pixelColor(5, 480), QColor(24, 27, 26), kPageTimeout);
}

void TestTranscriptView::startsInTheRightTheme()
{
    PageAppearance dark;
    dark.dark = true;
    dark.language = "zh-CN";
    TranscriptView view;
    view.setAppearance(dark);
    open(view);
    // From the first frame on it is never light.
    bool light = false;
    QSignalSpy ready(&view, &TranscriptView::ready);
    QVERIFY(QTest::qWaitFor(
        [&] {
            const QColor color = view.grab().toImage().pixelColor(300, 250);
            light = light || color.lightness() > 60;
            return !ready.isEmpty();
        },
        kPageTimeout));
    QVERIFY(!light);
    QCOMPARE(evaluate(view, "document.documentElement.lang").toString(), "zh-CN");
}

void TestTranscriptView::speaksChinese()
{
    PageAppearance chinese;
    chinese.language = "zh-CN";
    TranscriptView view;
    view.setAppearance(chinese);
    open(view);
    view.setMessages({question("1", "画一只船"), reply("2", MessageState::Done, "Plain English.")});
    QCOMPARE(settled(view, "document.querySelector('.u').lang").toString(), "zh-CN");
    QCOMPARE(evaluate(view, "document.querySelector('.a').lang").toString(), "");
    QCOMPARE(evaluate(view, "getComputedStyle(document.querySelector('.a')).lineHeight").toString(),
        "27px");
}

void TestTranscriptView::survivesItsProcess()
{
    TranscriptView view;
    open(view);
    view.setMessages({question("1", "still here")});
    view.appendMessage(reply("2", MessageState::Writing));
    view.appendMarkdown("2", "and this");
    view.setArtifact("2", 0, artifact(ArtifactState::Complete));
    shownText(view);
    view.killPageForTest();
    QTRY_VERIFY_WITH_TIMEOUT(shownText(view).contains("still here"), kPageTimeout);
    const QString text = shownText(view);
    QVERIFY2(text.contains("and this"), qPrintable(text));
    QVERIFY2(text.contains("version 3"), qPrintable(text));
}

void TestTranscriptView::staysWithinTheFrameBudget()
{
    TranscriptView view;
    open(view);
    view.setMessages({question("1", "q")});
    view.appendMessage(reply("2", MessageState::Writing));
    shownText(view);
    evaluate(view,
        "(() => { window.longest = 0; const real = atelier.receive; "
        "new PerformanceObserver(l => { for (const e of l.getEntries()) longest = "
        "Math.max(longest, e.duration) }).observe({type: 'longtask'}) })()");
    // 400 tokens a second for two seconds' worth of text, as fast as it can be taken.
    QString text;
    for (int i = 0; i < 200; ++i)
        text += QStringLiteral("Paragraph %1 with *some* text and `code`.\n\n").arg(i);
    for (qsizetype at = 0; at < text.size(); at += 12) {
        view.appendMarkdown("2", text.mid(at, 12));
        if (at % 480 == 0)
            evaluate(view, "1");
    }
    QVERIFY(becomes(view, "document.querySelectorAll('p').length", 200));
    const double longest = evaluate(view, "window.longest").toDouble();
    // A long task is one of 50 ms and more; there is none but for a busy machine.
    QVERIFY2(longest < 150, qPrintable(QString::number(longest)));
}

ATELIER_PAGE_TEST_MAIN(TestTranscriptView)

#include "tst_transcript_view.moc"
