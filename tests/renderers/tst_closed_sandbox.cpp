// SPDX-License-Identifier: MIT
// Where Chromium's sandbox cannot work nothing is opened: the views say why and show text.
#include "renderers/artifact_view.h"
#include "renderers/code_view.h"
#include "renderers/transcript_view.h"
#include "renderers/web_engine_bootstrap.h"

#include <QLabel>
#include <QSignalSpy>
#include <QTest>

using namespace atelier;

namespace {

QString labels(const QWidget& view)
{
    QString text;
    for (const QLabel* label : view.findChildren<QLabel*>())
        text += label->text() + QLatin1Char('\n');
    return text;
}

} // namespace

class TestClosedSandbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isClosedUntilPrepared();
    void transcriptShowsText();
    void codeShowsText();
    void artifactExplains();
};

void TestClosedSandbox::isClosedUntilPrepared()
{
    QCOMPARE(webSandboxState(), SandboxState::Unavailable);
    QVERIFY(sandboxExplanation().contains(QStringLiteral("--no-web-sandbox")));
}

void TestClosedSandbox::transcriptShowsText()
{
    TranscriptView view;
    QSignalSpy ready(&view, &TranscriptView::ready);
    view.resize(400, 300);
    view.show();
    TranscriptMessage message;
    message.id = QStringLiteral("1");
    view.setMessages({message});
    view.appendMarkdown(QStringLiteral("1"), QStringLiteral("Some *text*"));
    TranscriptBlock block;
    block.type = TranscriptBlock::Type::Artifact;
    block.kind = ArtifactKind::Svg;
    block.title = QStringLiteral("Boat");
    view.setArtifact(QStringLiteral("1"), 0, block);
    QTRY_COMPARE(ready.count(), 1);
    QString text;
    view.readText([&](const QString& read) { text = read; });
    QCOMPARE(text, "Some *text*\n\n[SVG] Boat");
    QVERIFY(labels(view).contains(sandboxExplanation()));
}

void TestClosedSandbox::codeShowsText()
{
    CodeView view;
    view.begin(QStringLiteral("svg"));
    view.append(QStringLiteral("<svg>"));
    view.append(QStringLiteral("</svg>"));
    view.finish();
    QVERIFY(labels(view).contains(sandboxExplanation()));
}

void TestClosedSandbox::artifactExplains()
{
    ArtifactView view;
    view.resize(300, 300);
    view.setVisible(true);
    view.show(ArtifactKind::Html, QStringLiteral("<script>1</script>"));
    QVERIFY(labels(view).contains(sandboxExplanation()));
    QCOMPARE(view.navigations(), 0);
    QImage image;
    view.grabImage([&](const QImage& taken) { image = taken; });
    QCOMPARE(image.size(), QSize(300, 300));
}

QTEST_MAIN(TestClosedSandbox)

#include "tst_closed_sandbox.moc"
