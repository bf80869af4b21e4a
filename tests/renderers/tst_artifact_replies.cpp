// SPDX-License-Identifier: MIT
// The demos GLM-4 is known for: streamed in pieces of four characters into a stage, then used.
#include "tests/renderers/library_test.h"
#include "tests/renderers/reply_files.h"

#include <QCoreApplication>
#include <QImage>

using namespace atelier;
using test::artifactOf;
using test::becomes;
using test::evaluate;
using test::kPageTimeout;
using test::ofLevel;
using test::ReplyArtifact;
using test::replyFile;
using test::said;

namespace {

constexpr int kPythonTimeout = 60000; // ms, on a machine that also compiles
constexpr int kPiece = 4;             // characters: about a token
constexpr int kFrame = 7;             // pieces in a frame: 200 a second and more

/// What must be on the page when the source has been written up to the end of `text`.
struct Milestone
{
    QString text;
    QString selector;
};

} // namespace

Q_DECLARE_METATYPE(QList<Milestone>)

class TestArtifactReplies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void drawsWhileItIsWritten_data();
    void drawsWhileItIsWritten();
    void theBallStaysInsideAndLosesNothing();
    void thePygameBallStaysInside();
    void theBoardAddsDeletesAndColors();
    void threePhonesStandSideBySide();
    void thePicturesHaveTheirColors();

private:
    void open(const QString& name);

    std::unique_ptr<ArtifactView> m_view;
    std::unique_ptr<QSignalSpy> m_entries;
};

void TestArtifactReplies::initTestCase()
{
    QVERIFY2(!test::library()->isEmpty(), "atelier-library.rcc was not found");
}

void TestArtifactReplies::open(const QString& name)
{
    m_entries.reset();
    m_view = std::make_unique<ArtifactView>();
    m_entries = std::make_unique<QSignalSpy>(m_view.get(), &ArtifactView::consoleEntry);
    m_view->setLibrary(test::library());
    m_view->resize(1100, 760);
    m_view->setVisible(true);
    const ReplyArtifact artifact = artifactOf(replyFile(name));
    QSignalSpy drawn(m_view.get(), &ArtifactView::drawn);
    m_view->show(artifact.kind, artifact.source);
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
}

void TestArtifactReplies::drawsWhileItIsWritten_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<ArtifactKind>("kind");
    QTest::addColumn<QString>("title");
    QTest::addColumn<QList<Milestone>>("milestones");
    const auto row = [](const char* name,
                         ArtifactKind kind,
                         const char* title,
                         const QList<Milestone>& milestones) {
        QTest::newRow(name) << QString::fromLatin1(name) << kind << QString::fromLatin1(title)
                            << milestones;
    };
    row("rotating_hexagon",
        ArtifactKind::Html,
        "Ball in a Rotating Hexagon",
        {{"</h1>\n", "h1"}, {"</canvas>\n", "canvas"}, {"Release again</button>", "#release"}});
    row("function_board",
        ArtifactKind::Html,
        "Function Board",
        {{"</h1>\n", "h1"}, {"</form>\n", "#add"}, {"</canvas>\n", "#board"}});
    row("phone_screens",
        ArtifactKind::Html,
        "ML Platform, Mobile",
        {{"Training</h1>", ".phone h1"},
            {"</section>\n\n  <!-- 2", ".phone nav"},
            {"</section>\n\n  <!-- 3", ".phone:nth-of-type(2) nav"},
            {"</main>\n", ".phone:nth-of-type(3) nav"}});
    row("pygame_hexagon",
        ArtifactKind::Python,
        "Ball in a Spinning Hexagon",
        {{"import math", ".writing"}, {"class Ball", ".writing code"}});
    row("misty_jiangnan",
        ArtifactKind::Svg,
        "Misty Jiangnan",
        {{"fill=\"url(#sky)\"/>", "svg > rect"},
            {"<!-- Birds -->", "[fill='url(#ridge4)']"},
            {"<!-- A boat", "#bridge path"},
            {"<!-- Rain", "#ripples"}});
    row("llm_training",
        ArtifactKind::Svg,
        "How an LLM is trained",
        {{"fill=\"url(#paper)\"/>", "svg > rect"},
            {"<!-- 1: sources", "circle:nth-of-type(4)"},
            {"<!-- 3: pairs", "path animate"},
            {"<!-- What it costs", "animateTransform"}});
}

void TestArtifactReplies::drawsWhileItIsWritten()
{
    QFETCH(QString, name);
    QFETCH(ArtifactKind, kind);
    QFETCH(QString, title);
    QFETCH(QList<Milestone>, milestones);
    const QString reply = replyFile(name);
    const ReplyArtifact artifact = artifactOf(reply);
    QCOMPARE(artifact.kind, kind);
    QCOMPARE(artifact.title, title);
    QVERIFY(artifact.complete);

    ArtifactView view;
    view.setLibrary(test::library());
    view.resize(1100, 760);
    view.setVisible(true);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    QSignalSpy painted(&view, &ArtifactView::firstPaint);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    ArtifactDetector detector;
    QString written;
    const auto take = [&](const QList<ArtifactEvent>& events) {
        for (const ArtifactEvent& event : events) {
            if (event.type == ArtifactEvent::Type::Begin) {
                view.begin(event.kind);
            } else if (event.type == ArtifactEvent::Type::Source) {
                view.append(event.text);
                written += event.text;
            } else if (event.type == ArtifactEvent::Type::End) {
                view.finish();
            }
        }
    };
    const QString same = QStringLiteral("document.body.firstElementChild.dataset.same");
    for (qsizetype at = 0; at < reply.size(); at += kPiece) {
        take(detector.push(QStringView(reply).mid(at, kPiece)));
        if (at / kPiece % kFrame == 0)
            QCoreApplication::processEvents();
        if (milestones.isEmpty() || !written.contains(milestones.first().text))
            continue;
        const QString selector = milestones.takeFirst().selector;
        const QString there = QStringLiteral("!!document.querySelector(\"%1\")").arg(selector);
        QVERIFY2(becomes(view, there, true), qPrintable(selector));
        // Seen, and not only there: the first shape is on screen before the source is over.
        QTRY_COMPARE_WITH_TIMEOUT(painted.count(), 1, kPageTimeout);
        QVERIFY(drawn.isEmpty());
        if (evaluate(view, same).toString().isEmpty())
            evaluate(view, same + QStringLiteral(" = 'yes'"));
    }
    take(detector.finish());
    QVERIFY(milestones.isEmpty());
    QVERIFY(view.source() == artifact.source);
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    // One document, never loaded again, from its first shape to its end.
    QCOMPARE(view.navigations(), 1);
    QCOMPARE(evaluate(view, same).toString(), "yes");
    QVERIFY2(entries.isEmpty(), said(entries).constData());
}

void TestArtifactReplies::theBallStaysInsideAndLosesNothing()
{
    open(QStringLiteral("rotating_hexagon"));
    QTRY_VERIFY_WITH_TIMEOUT(
        evaluate(*m_view, QStringLiteral("Number(document.getElementById('speed').textContent)"))
                .toInt() > 0,
        kPageTimeout); // it moves by itself
    // Twenty seconds of its own physics; how deep it was in a wall at worst.
    const QString deepest = QStringLiteral(R"((() => {
        let worst = Infinity;
        for (let i = 0; i < 20 * 960; ++i) {
            step(STEP);
            const points = vertices();
            for (let k = 0; k < 6; ++k) {
                const a = points[k], b = points[(k + 1) % 6], l = Math.hypot(b.x - a.x, b.y - a.y);
                worst = Math.min(worst, ((ball.y - a.y) * (b.x - a.x) - (ball.x - a.x) * (b.y - a.y)) / l - ball.r);
            }
        }
        return worst;
    })())");
    const double worst = evaluate(*m_view, deepest).toDouble();
    QVERIFY2(worst > -6, qPrintable(QString::number(worst)));
    QVERIFY(evaluate(*m_view, QStringLiteral("ball.bounces")).toInt() > 10);
    // Walls that do not move give back all of its energy.
    const QString kept = QStringLiteral(R"((() => {
        hexagon.omega = 0;
        release();
        const energy = () => (ball.vx ** 2 + ball.vy ** 2) / 2 - GRAVITY * (ball.y - 1200);
        const before = energy();
        for (let i = 0; i < 20 * 960; ++i) step(STEP);
        return energy() / before;
    })())");
    const double ratio = evaluate(*m_view, kept).toDouble();
    QVERIFY2(std::abs(ratio - 1) < 0.05, qPrintable(QString::number(ratio)));
    QVERIFY2(m_entries->isEmpty(), said(*m_entries).constData());
}

// Where the ball is, by its color: x, y and how many pixels; of a canvas of 800 by 800.
void TestArtifactReplies::thePygameBallStaysInside()
{
    open(QStringLiteral("pygame_hexagon"));
    const QString where = QStringLiteral(R"((() => {
        const canvas = document.querySelector('.screen canvas');
        if (!canvas || canvas.width !== 800) return [];
        const { data } = canvas.getContext('2d').getImageData(0, 0, 800, 800);
        let x = 0, y = 0, n = 0;
        for (let i = 0; i < data.length; i += 4) {
            if (data[i] === 255 && data[i + 1] === 138 && data[i + 2] === 92) {
                x += (i / 4) % 800; y += Math.floor(i / 3200); ++n;
            }
        }
        return n ? [x / n, y / n, n] : [];
    })())");
    QList<QPointF> places;
    QVERIFY2(QTest::qWaitFor(
                 [&] {
                     const QVariantList found = evaluate(*m_view, where, 3000).toList();
                     if (found.size() == 3 && found[2].toInt() > 700) {
                         const QPointF place(found[0].toDouble(), found[1].toDouble());
                         if (places.isEmpty() || (places.last() - place).manhattanLength() > 3)
                             places.append(place);
                     }
                     return places.size() >= 12;
                 },
                 kPythonTimeout),
        qPrintable(QStringLiteral("%1 places; ").arg(places.size()) + said(*m_entries)));
    for (const QPointF& place : places) {
        const QPointF from = place - QPointF(400, 410);
        const double distance = std::hypot(from.x(), from.y());
        QVERIFY2(distance < 330 - 20, qPrintable(QString::number(distance)));
    }
    QCOMPARE(evaluate(*m_view, QStringLiteral("document.title")).toString(),
        "Ball in a Spinning Hexagon");
    QVERIFY2(m_entries->isEmpty(), said(*m_entries).constData());
}

void TestArtifactReplies::theBoardAddsDeletesAndColors()
{
    open(QStringLiteral("function_board"));
    const auto colored = [&](const char* r, const char* g, const char* b) {
        return evaluate(*m_view,
            QStringLiteral("(() => { const c = document.getElementById('board'); const { data } = "
                           "c.getContext('2d').getImageData(0, 0, c.width, c.height); let n = 0;"
                           "for (let i = 0; i < data.length; i += 4) if (data[i] === %1 && "
                           "data[i + 1] === %2 && data[i + 2] === %3) ++n; return n })()")
                .arg(QLatin1String(r), QLatin1String(g), QLatin1String(b)))
            .toInt();
    };
    const QString count = QStringLiteral("document.querySelectorAll('#list li').length");
    const auto add = [&](const char* expression) {
        evaluate(*m_view,
            QStringLiteral("document.getElementById('expression').value = '%1';"
                           "document.getElementById('color').value = '#00ff00';"
                           "document.getElementById('add').click()")
                .arg(QLatin1String(expression)));
    };
    QCOMPARE(evaluate(*m_view, count).toInt(), 3);
    QVERIFY(colored("79", "110", "247") > 300);
    QCOMPARE(colored("0", "255", "0"), 0);
    add("-x^2/8 + ln(abs(x) + 1)");
    QCOMPARE(evaluate(*m_view, count).toInt(), 4);
    QVERIFY(colored("0", "255", "0") > 300);
    // Another color, chosen in the list.
    evaluate(*m_view,
        QStringLiteral("{ const c = document.querySelector('#list li:last-child input'); c.value ="
                       "'#ff00ff'; c.dispatchEvent(new Event('input')) }"));
    QCOMPARE(colored("0", "255", "0"), 0);
    QVERIFY(colored("255", "0", "255") > 300);
    evaluate(
        *m_view, QStringLiteral("document.querySelector('#list li:last-child .delete').click()"));
    QCOMPARE(evaluate(*m_view, count).toInt(), 3);
    QCOMPARE(colored("255", "0", "255"), 0);
    // What cannot be read is explained, and is no error of the page.
    for (const char* wrong : {"2 +", "alert(1)", "x;y"}) {
        add(wrong);
        QVERIFY(!evaluate(*m_view, QStringLiteral("document.getElementById('error').textContent"))
                     .toString()
                     .isEmpty());
        QCOMPARE(evaluate(*m_view, count).toInt(), 3);
    }
    QVERIFY2(m_entries->isEmpty(), said(*m_entries).constData());
}

void TestArtifactReplies::threePhonesStandSideBySide()
{
    open(QStringLiteral("phone_screens"));
    QCOMPARE(evaluate(*m_view,
                 QStringLiteral("(() => { const b = [...document.querySelectorAll('.phone')].map("
                                "p => p.getBoundingClientRect()); return b.map(r => "
                                "Math.round(r.width)).join() + ' ' + (b[0].top === b[2].top && "
                                "b[0].right < b[1].left && b[1].right < b[2].left) })()"))
                 .toString(),
        "316,316,316 true");
    // Tailwind's, computed: a color, a length, a rounded corner, a grid.
    QVERIFY(becomes(*m_view,
        QStringLiteral("(() => { const s = getComputedStyle(document.querySelector('.phone')), "
                       "g = getComputedStyle(document.querySelector('nav')); return "
                       "[s.backgroundColor, s.paddingTop, s.borderTopLeftRadius, g.display, "
                       "g.gridTemplateColumns.split(' ').length].join(' ') })()"),
        "rgb(15, 23, 42) 10px 44px grid 4"));
    // Each chart has drawn something.
    QVERIFY(becomes(*m_view,
        QStringLiteral("['usage', 'gpu', 'tasks'].filter(id => { const c = "
                       "document.getElementById(id); return c.width > 20 && c.getContext('2d')"
                       ".getImageData(0, 0, c.width, c.height).data.some(v => v > 0) }).length"),
        3));
    QVERIFY(becomes(
        *m_view, QStringLiteral("document.fonts.check('900 16px \"Font Awesome 6 Free\"')"), true));
    QVERIFY2(
        ofLevel(*m_entries, ConsoleEntry::Level::Error).isEmpty(), said(*m_entries).constData());
    QVERIFY2(
        ofLevel(*m_entries, ConsoleEntry::Level::Blocked).isEmpty(), said(*m_entries).constData());
}

void TestArtifactReplies::thePicturesHaveTheirColors()
{
    const auto pixel = [&](double x, double y) { // in the picture's coordinates
        const QVariantList place = evaluate(*m_view,
            QStringLiteral("(() => { const s = document.querySelector('body > svg'), p = "
                           "new DOMPoint(%1, %2).matrixTransform(s.getScreenCTM()); return "
                           "[p.x, p.y] })()")
                .arg(x)
                .arg(y))
                                       .toList();
        auto image = std::make_shared<QImage>();
        m_view->grabImage([image](const QImage& taken) { *image = taken; });
        const bool taken = QTest::qWaitFor([image] { return !image->isNull(); }, kPageTimeout);
        return taken && place.size() == 2
                   ? image->pixelColor(int(place[0].toDouble()), int(place[1].toDouble()))
                   : QColor();
    };
    // On a busy machine a page is drawn a while before it is on screen.
    const auto shows = [&](double x, double y, const std::function<bool(const QColor&)>& fits) {
        return QTest::qWaitFor([&] { return fits(pixel(x, y)); }, kPageTimeout);
    };
    open(QStringLiteral("misty_jiangnan"));
    QVERIFY(
        shows(84, 296, [](const QColor& seal) { return seal.red() > 150 && seal.green() < 90; }));
    const QColor water = pixel(400, 700);
    const QColor sky = pixel(400, 40);
    QVERIFY2(water.lightness() < sky.lightness() - 10,
        qPrintable(water.name() + QLatin1Char(' ') + sky.name()));
    QVERIFY(evaluate(*m_view, QStringLiteral("document.querySelector('svg').getCurrentTime()"))
                .toDouble() > 0);
    QVERIFY2(m_entries->isEmpty(), said(*m_entries).constData());
    open(QStringLiteral("llm_training"));
    const auto isRose = [](const QColor& c) { return c.red() > 180 && c.blue() < 160; };
    const auto isBlue = [](const QColor& c) { return c.blue() > 160 && c.red() < 130; };
    QVERIFY(shows(1000, 150, isRose));
    QVERIFY(shows(100, 150, isBlue));
    QVERIFY2(m_entries->isEmpty(), said(*m_entries).constData());
}

ATELIER_LIBRARY_TEST_MAIN(TestArtifactReplies)

#include "tst_artifact_replies.moc"
