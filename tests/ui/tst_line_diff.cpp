// SPDX-License-Identifier: MIT
#include "ui/artifacts/line_diff.h"

#include <QRandomGenerator>
#include <QTest>

using namespace atelier;

namespace {

// "=a", "-b", "+c"
QStringList written(const QList<DiffLine>& lines)
{
    QStringList texts;
    for (const DiffLine& line : lines) {
        const char* mark = line.kind == DiffLine::Kind::Added     ? "+"
                           : line.kind == DiffLine::Kind::Removed ? "-"
                                                                  : "=";
        texts << QLatin1String(mark) + line.text;
    }
    return texts;
}

// One side of it: what was there before, or what is there now.
QString side(const QList<DiffLine>& lines, DiffLine::Kind without)
{
    QString text;
    int number = 0;
    for (const DiffLine& line : lines) {
        if (line.kind == without)
            continue;
        ++number;
        const int told = without == DiffLine::Kind::Added ? line.before : line.after;
        if (told != number)
            return QStringLiteral("line %1 is said to be %2").arg(number).arg(told);
        text += line.text + u'\n';
    }
    return text;
}

} // namespace

class TestLineDiff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lines_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QStringList>("expected");
        const auto row =
            [](const char* name, const char* before, const char* after, QStringList is) {
                QTest::newRow(name) << QString::fromUtf8(before) << QString::fromUtf8(after) << is;
            };
        row("nothing", "", "", {});
        row("the same", "a\nb\n", "a\nb\n", {"=a", "=b"});
        row("an end without a line feed", "a\nb", "a\nb\n", {"=a", "=b"});
        row("from nothing", "", "a\n", {"+a"});
        row("to nothing", "a\n", "", {"-a"});
        row("one line changed", "a\nb\nc\n", "a\nx\nc\n", {"=a", "-b", "+x", "=c"});
        row("one line added", "a\nc\n", "a\nb\nc\n", {"=a", "+b", "=c"});
        row("one line removed", "a\nb\nc\n", "a\nc\n", {"=a", "-b", "=c"});
        row("moved", "a\nb\nc\n", "b\nc\na\n", {"-a", "=b", "=c", "+a"});
        row("empty lines are lines", "a\n\nb\n", "a\n\n\nb\n", {"=a", "=", "+", "=b"});
        row("Myers' own example",
            "a\nb\nc\na\nb\nb\na\n",
            "c\nb\na\nb\na\nc\n",
            {"-a", "-b", "=c", "+b", "=a", "=b", "-b", "=a", "+c"});
    }

    void lines()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QFETCH(QStringList, expected);
        QCOMPARE(written(lineDiff(before, after)), expected);
    }

    void givesBackBothSides()
    {
        QRandomGenerator random(7);
        for (int round = 0; round < 400; ++round) {
            const auto text = [&] {
                QString made;
                const int count = random.bounded(24);
                for (int i = 0; i < count; ++i)
                    made += QString(QChar(u'a' + random.bounded(4))) + u'\n';
                return made;
            };
            const QString before = text();
            const QString after = text();
            const QList<DiffLine> diff = lineDiff(before, after);
            QCOMPARE(side(diff, DiffLine::Kind::Added), before);
            QCOMPARE(side(diff, DiffLine::Kind::Removed), after);
        }
    }

    void isBoundedForWhatHasNothingInCommon()
    {
        QString before;
        QString after;
        for (int i = 0; i < 20000; ++i) {
            before += QStringLiteral("b%1\n").arg(i);
            after += QStringLiteral("a%1\n").arg(i);
        }
        const QList<DiffLine> diff = lineDiff(before, after);
        QCOMPARE(diff.size(), 40000);
        QCOMPARE(side(diff, DiffLine::Kind::Removed), after);
    }

    void pictures()
    {
        QImage before(10, 10, QImage::Format_RGB32);
        before.fill(Qt::white);
        QImage after = before;
        QCOMPARE(pictureDiff(before, after).share, 0.0);
        after.setPixelColor(3, 4, Qt::black);
        after.setPixelColor(5, 5, QColor(253, 253, 253)); // drawn anew, not changed
        PictureDiff diff = pictureDiff(before, after);
        QCOMPARE(diff.share, 0.01);
        QVERIFY(qAlpha(diff.heat.pixel(3, 4)) > 200);
        QCOMPARE(qAlpha(diff.heat.pixel(5, 5)), 0);
        diff = pictureDiff(before, after.copy(0, 0, 10, 20)); // taller
        QCOMPARE(diff.heat.size(), QSize(10, 20));
        QVERIFY(diff.share > 0.5);
        QCOMPARE(pictureDiff({}, {}).share, 0.0);
    }
};

QTEST_MAIN(TestLineDiff)
#include "tst_line_diff.moc"
