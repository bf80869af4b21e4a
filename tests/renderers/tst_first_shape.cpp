// SPDX-License-Identifier: MIT
// How many frames of its page lie between the token of a shape and the shape. Frames are numbered
// by the page itself, and counted from the one in which it hears a word that was sent with the
// token: so a busy machine, whose processes wait for the processor, changes nothing.
#include "renderers/artifact_view.h"
#include "tests/renderers/page_test.h"

#include <algorithm>

using namespace atelier;
using test::becomes;
using test::evaluate;
using test::kPageTimeout;

namespace {

constexpr int kRuns = 7;
constexpr int kPiece = 4; // characters: about a token

// Numbers the frames, and notes the one in which the shape is first there to be drawn.
const QString kWatch =
    QStringLiteral("frame = 0; seen = -1; heard = -1; (function next() { ++frame;"
                   "if (seen < 0 && document.querySelector('#shape'))"
                   "seen = frame; requestAnimationFrame(next) })(); frame");

} // namespace

class TestFirstShape : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isThereFramesAfterItsToken_data()
    {
        QTest::addColumn<ArtifactKind>("kind");
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("shape");
        // Two, and one that a busy machine of two cores adds; pictures take another to be parsed.
        // What waited for the next push would be two later.
        QTest::addColumn<int>("most");
        QTest::newRow("SVG") << ArtifactKind::Svg
                             << "<svg viewBox='0 0 10 10'><defs><filter id='f'/></defs>"
                             << "<rect id='shape' width='9' height='9' fill='#123456'/>" << 4;
        QTest::newRow("HTML") << ArtifactKind::Html
                              << "<!doctype html><html><head><style>body { margin: 0 }</style>"
                                 "</head><body>"
                              << "<h1 id='shape'>Rain</h1>" << 3;
    }

    void isThereFramesAfterItsToken()
    {
        QFETCH(ArtifactKind, kind);
        QFETCH(QString, before);
        QFETCH(QString, shape);
        QFETCH(int, most);
        QList<int> frames;
        for (int run = 0; run < kRuns; ++run) {
            ArtifactView view;
            view.resize(320, 240);
            view.setVisible(true);
            view.begin(kind);
            for (qsizetype at = 0; at < before.size(); at += kPiece)
                view.append(before.mid(at, kPiece));
            const QString there = QStringLiteral("document.readyState + !!document.querySelector("
                                                 "'svg, body')");
            QVERIFY(becomes(view, there, QStringLiteral("loadingtrue")));
            evaluate(view, kWatch);
            QVERIFY(QTest::qWaitFor(
                [&] { return evaluate(view, QStringLiteral("frame")).toInt() > 3; }, kPageTimeout));
            // In the middle of a stream: the token before has only just gone out.
            view.append(QStringLiteral("<!-- -->"));
            view.append(shape);
            view.runScriptForTest(QStringLiteral("heard = frame"), {});
            QVERIFY(QTest::qWaitFor(
                [&] { return evaluate(view, QStringLiteral("Math.min(seen, heard)")).toInt() > 0; },
                kPageTimeout));
            frames.append(evaluate(view, QStringLiteral("seen - heard")).toInt());
            QCOMPARE(view.navigations(), 1);
        }
        // The processes of a busy machine are late now and then, whatever the program does.
        std::sort(frames.begin(), frames.end());
        QStringList all;
        for (const int count : frames)
            all.append(QString::number(count));
        QVERIFY2(frames[kRuns / 2] <= most, qPrintable(all.join(u' ')));
    }
};

ATELIER_PAGE_TEST_MAIN(TestFirstShape)

#include "tst_first_shape.moc"
