// SPDX-License-Identifier: MIT
#include "ui/artifacts/version_strip.h"

#include "tests/ui/window_fixture.h"
#include "ui/artifacts/artifact_foot.h"
#include "ui/artifacts/artifact_pane.h"
#include "ui/widgets/language.h"

#include <QBuffer>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>

using namespace atelier;

namespace {

QByteArray picture(const QColor& color)
{
    QImage image(112, 112, QImage::Format_RGB32);
    image.fill(color);
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return png;
}

QList<VersionCard> cards(int count)
{
    QList<VersionCard> list;
    for (int i = 1; i <= count; ++i)
        list.append({QStringLiteral("key%1").arg(i),
            i,
            QStringLiteral("Willow, rain, title"),
            QStringLiteral("14:0%1").arg(i),
            picture(Qt::red),
            false});
    return list;
}

} // namespace

class TestVersionStrip final : public WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_language.install(QStringLiteral("en")); }

    void wordsWhereThereIsRoom_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<QList<bool>>("words");
        QTest::newRow("wide: all") << 700 << QList<bool>{true, true, true};
        QTest::newRow("narrow: the shown one") << 360 << QList<bool>{false, true, false};
        QTest::newRow("too narrow for all pictures") << 150 << QList<bool>{false, true, false};
    }

    void wordsWhereThereIsRoom()
    {
        QFETCH(int, width);
        QFETCH(QList<bool>, words);
        const std::unique_ptr<VersionStrip> strip = makeStrip();
        strip->setVersions(cards(3), QStringLiteral("key2"));
        strip->resize(width, 58);
        QList<bool> found;
        for (int i = 0; i < 3; ++i)
            found.append(strip->hasWords(i));
        QCOMPARE(found, words);
        // The picture of the shown one is in sight.
        const QImage seen = strip->grab().toImage();
        int red = 0;
        for (int x = 0; x < seen.width(); ++x)
            red += seen.pixelColor(x, seen.height() / 2) == QColor(Qt::red);
        QVERIFY2(red >= 40, qPrintable(QString::number(red)));
    }

    void aClickChooses()
    {
        const std::unique_ptr<VersionStrip> strip = makeStrip();
        strip->setVersions(cards(3), QStringLiteral("key3"));
        strip->resize(700, 58);
        QSignalSpy chosen(strip.get(), &VersionStrip::chosen);
        QTest::mouseClick(strip.get(), Qt::LeftButton, {}, QPoint(20, 20));
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0][0].toString(), QStringLiteral("key1"));           // oldest left
        QTest::mouseClick(strip.get(), Qt::LeftButton, {}, QPoint(695, 20)); // behind the last
        QCOMPARE(chosen.size(), 1);
    }

    void arrowKeysStepThroughTime()
    {
        const std::unique_ptr<VersionStrip> strip = makeStrip();
        strip->setVersions(cards(3), QStringLiteral("key2"));
        strip->resize(700, 58);
        QSignalSpy chosen(strip.get(), &VersionStrip::chosen);
        QTest::keyClick(strip.get(), Qt::Key_Left);
        QTest::keyClick(strip.get(), Qt::Key_Right);
        QTest::keyClick(strip.get(), Qt::Key_End);
        QCOMPARE(chosen.size(), 3);
        QCOMPARE(chosen[0][0].toString(), QStringLiteral("key1"));
        QCOMPARE(chosen[1][0].toString(), QStringLiteral("key3"));
        strip->setVersions(cards(3), QStringLiteral("key3"));
        QTest::keyClick(strip.get(), Qt::Key_Right); // there is none
        QCOMPARE(chosen.size(), 3);
    }

    void theFootIsALineWhileDraftingAndAStripThen()
    {
        m_window->showArtifactPane();
        ArtifactPane& pane = m_window->artifactPane();
        ArtifactHeader header;
        header.type = QStringLiteral("SVG");
        header.version = 3;
        header.badge = ArtifactHeader::Badge::Draft;
        pane.setHeader(header);
        pane.setVersions(cards(3), QStringLiteral("key3"));
        auto& strip = part<VersionStrip>();
        auto& foot = part<ArtifactFoot>();
        QVERIFY(!strip.isVisible());
        QVERIFY(shows(QStringLiteral("Version 3, drafting.")));
        QCOMPARE(foot.height(), m_theme->scaled(44));
        header.badge = ArtifactHeader::Badge::None;
        pane.setHeader(header);
        QVERIFY(strip.isVisible());
        QVERIFY(!shows(QStringLiteral("Version 3, drafting.")));
        QCOMPARE(foot.height(), m_theme->scaled(76));

        QSignalSpy step(&pane, &ArtifactPane::versionStepRequested);
        QTest::keyClick(m_window.get(), Qt::Key_PageUp, Qt::AltModifier);
        QTest::keyClick(m_window.get(), Qt::Key_PageDown, Qt::AltModifier);
        QCOMPARE(step.size(), 2);
        QCOMPARE(step[0][0].toInt(), -1);
        QCOMPARE(step[1][0].toInt(), 1);
    }

    void aFailedVersionOffersTheLastThatRan()
    {
        m_window->showArtifactPane();
        ArtifactPane& pane = m_window->artifactPane();
        ArtifactHeader header;
        header.type = QStringLiteral("HTML");
        header.version = 4;
        pane.setHeader(header);
        pane.setVersions(cards(4), QStringLiteral("key4"));
        auto& foot = part<ArtifactFoot>();
        foot.setFailed(true, QStringLiteral("key3"));
        auto& strip = part<VersionStrip>();
        QVERIFY(strip.isCompact());
        QCOMPARE(foot.height(), m_theme->scaled(44));
        auto* back = findButton(foot, QStringLiteral("Go back to v3"));
        QVERIFY(back);
        QSignalSpy chosen(&pane, &ArtifactPane::versionChosen);
        back->click();
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0][0].toString(), QStringLiteral("key3"));
        foot.setFailed(true, {}); // none ran: there is nothing to go back to
        QVERIFY(!findButton(foot, QStringLiteral("Go back to v3")));
        foot.setFailed(false, {});
        QVERIFY(!strip.isCompact());
    }

    void theMenuRestoresAnOlderVersion()
    {
        m_window->showArtifactPane();
        ArtifactPane& pane = m_window->artifactPane();
        ArtifactHeader header;
        header.type = QStringLiteral("SVG");
        pane.setHeader(header);
        pane.setVersions(cards(2), QStringLiteral("key1"));
        QSignalSpy restored(&pane, &ArtifactPane::restoreRequested);
        button(QStringLiteral("What to do with this version"))->click();
        QAction* action = menuAction(QStringLiteral("Restore this version"));
        QVERIFY(action && action->isEnabled());
        action->trigger();
        QCOMPARE(restored.size(), 1);
        QCOMPARE(restored[0][0].toString(), QStringLiteral("key1"));
        closeMenus();

        pane.setVersions(cards(2), QStringLiteral("key2"));
        button(QStringLiteral("What to do with this version"))->click();
        action = menuAction(QStringLiteral("Restore this version"));
        QVERIFY2(action && !action->isEnabled(), "the newest one is there already");
        closeMenus();
    }

private:
    std::unique_ptr<VersionStrip> makeStrip() const
    {
        auto strip = std::make_unique<VersionStrip>();
        strip->setTheme(*m_theme);
        strip->show();
        return strip;
    }

    static QPushButton* findButton(QWidget& in, const QString& text)
    {
        for (auto* each : in.findChildren<QPushButton*>()) {
            if (each->isVisible() && each->text() == text)
                return each;
        }
        return nullptr;
    }

    QAction* menuAction(const QString& text) const
    {
        for (const QMenu* menu : m_window->findChildren<QMenu*>()) {
            for (QAction* action : menu->actions()) {
                if (menu->isVisible() && action->text() == text)
                    return action;
            }
        }
        return nullptr;
    }

    void closeMenus() const
    {
        for (QMenu* menu : m_window->findChildren<QMenu*>()) {
            if (menu->isVisible())
                menu->close();
        }
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

    LanguageInstaller m_language;
};

QTEST_MAIN(TestVersionStrip)
#include "tst_version_strip.moc"
