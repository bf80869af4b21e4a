// SPDX-License-Identifier: MIT
#include "ui/main_window/column_layout.h"

#include <QTest>

using namespace atelier;

class TestColumnLayout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void resizeRule_data();
    void resizeRule();
    void columnsAlwaysFillTheWindow();
    void narrowerNeverBringsAColumnBack();
    void draggedSharesAreBounded();
    void choicesSurviveSaving();
    void damagedBytesGiveTheDefaults_data();
    void damagedBytesGiveTheDefaults();
};

void TestColumnLayout::resizeRule_data()
{
    QTest::addColumn<int>("width");
    QTest::addColumn<bool>("artifact");
    QTest::addColumn<bool>("inspector");
    QTest::addColumn<int>("sidebarWidth");
    QTest::addColumn<int>("transcriptWidth");
    QTest::addColumn<int>("artifactWidth");
    QTest::addColumn<int>("inspectorWidth");
    QTest::addColumn<bool>("floats");
    QTest::addColumn<bool>("tabs");

    // The pictures: 248 of sidebar, and 48 % of the rest for the artifact.
    QTest::newRow("1440 all") << 1440 << true << false << 248 << 620 << 572 << 0 << false << false;
    QTest::newRow("1440 chat") << 1440 << false << false << 248 << 1192 << 0 << 0 << false << false;
    QTest::newRow("1440 chat and inspector")
        << 1440 << false << true << 248 << 856 << 0 << 336 << false << false;
    QTest::newRow("1440 everything")
        << 1440 << true << true << 248 << 445 << 411 << 336 << false << false;
    // The inspector lends what it has above 312, so that the sidebar stays.
    QTest::newRow("1370 everything")
        << 1370 << true << true << 248 << 420 << 380 << 322 << false << false;
    QTest::newRow("1024 artifact")
        << 1024 << true << false << 0 << 532 << 492 << 0 << false << false;
    QTest::newRow("1024 chat") << 1024 << false << false << 248 << 776 << 0 << 0 << false << false;
    QTest::newRow("1024 artifact and inspector")
        << 1024 << true << true << 0 << 532 << 492 << 0 << true << false;
    QTest::newRow("1048 is the sidebar's limit")
        << 1048 << true << false << 248 << 420 << 380 << 0 << false << false;
    QTest::newRow("1047 is below it")
        << 1047 << true << false << 0 << 544 << 503 << 0 << false << false;
    QTest::newRow("820 still side by side")
        << 820 << true << false << 0 << 426 << 394 << 0 << false << false;
    QTest::newRow("800 tabs") << 800 << true << false << 0 << 800 << 800 << 0 << false << true;
    QTest::newRow("800 chat") << 800 << false << false << 248 << 552 << 0 << 0 << false << false;
    QTest::newRow("720 tabs and inspector")
        << 720 << true << true << 0 << 720 << 720 << 0 << true << true;
    QTest::newRow("720 chat and inspector")
        << 720 << false << true << 248 << 472 << 0 << 0 << true << false;
}

void TestColumnLayout::resizeRule()
{
    QFETCH(int, width);
    QFETCH(bool, artifact);
    QFETCH(bool, inspector);
    ColumnRequest request{width, artifact, {}};
    request.choice.inspectorOpen = inspector;
    const ColumnArrangement columns = arrangeColumns(request);
    QTEST(columns.sidebar, "sidebarWidth");
    QTEST(columns.inspector, "inspectorWidth");
    QTEST(columns.transcript, "transcriptWidth");
    QTEST(columns.artifact, "artifactWidth");
    QTEST(columns.inspectorFloats, "floats");
    QTEST(columns.tabs, "tabs");
}

void TestColumnLayout::columnsAlwaysFillTheWindow()
{
    const ColumnLimits limits;
    for (int width = 720; width < 2600; width += 7) {
        for (int bits = 0; bits < 8; ++bits) {
            ColumnRequest request{width, (bits & 1) != 0, {}};
            request.choice.inspectorOpen = (bits & 2) != 0;
            request.choice.sidebarOpen = (bits & 4) != 0;
            const ColumnArrangement c = arrangeColumns(request, limits);
            const QByteArray where = QByteArray::number(width) + '/' + QByteArray::number(bits);
            QVERIFY2(c.sidebar + c.transcript + (c.tabs ? 0 : c.artifact) + c.inspector == width,
                where.constData());
            QVERIFY2(c.transcript >= limits.transcriptMin, where.constData());
            QVERIFY2(!request.artifactOpen || c.artifact >= limits.artifactMin, where.constData());
            QVERIFY2(c.inspector == 0 || c.inspector >= limits.inspectorMin, where.constData());
            QVERIFY2(request.choice.sidebarOpen || c.sidebar == 0, where.constData());
        }
    }
}

void TestColumnLayout::narrowerNeverBringsAColumnBack()
{
    for (const bool artifact : {false, true}) {
        bool sidebarSeen = false;
        for (int width = 720; width < 1600; ++width) {
            const bool sidebar = arrangeColumns({width, artifact, {}}).sidebar > 0;
            QVERIFY2(sidebar || !sidebarSeen, qPrintable(QString::number(width)));
            sidebarSeen = sidebar;
        }
        QVERIFY(sidebarSeen);
    }
}

void TestColumnLayout::draggedSharesAreBounded()
{
    ColumnRequest request{1440, true, {}};
    request.choice.artifactShare = 0.9;
    QCOMPARE(arrangeColumns(request).transcript, 420);
    request.choice.artifactShare = 0.1;
    QCOMPARE(arrangeColumns(request).artifact, 380);
    request.choice.sidebar = 5000;
    QCOMPARE(arrangeColumns(request).sidebar, 360);
}

void TestColumnLayout::choicesSurviveSaving()
{
    ColumnState state;
    state.wide = {300, 0.6, 400, false, true};
    state.narrow = {210, 0.4, 320, true, false};
    const ColumnState copy = ColumnState::restore(state.save());
    QVERIFY(copy.wide == state.wide);
    QVERIFY(copy.narrow == state.narrow);
    QVERIFY(copy.at(1440) == state.wide);
    QVERIFY(copy.at(1024) == state.narrow);
}

void TestColumnLayout::damagedBytesGiveTheDefaults_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray good = ColumnState().save();
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("cut") << good.chopped(3);
    QTest::newRow("other version") << QByteArray("\0\0\0\x63", 4) + good.mid(4);
    QTest::newRow("noise") << QByteArray(40, '\xfe');
}

void TestColumnLayout::damagedBytesGiveTheDefaults()
{
    QFETCH(QByteArray, bytes);
    const ColumnState state = ColumnState::restore(bytes);
    QVERIFY(state.wide == ColumnChoice());
    QVERIFY(state.narrow == ColumnChoice());
}

QTEST_APPLESS_MAIN(TestColumnLayout)
#include "tst_column_layout.moc"
