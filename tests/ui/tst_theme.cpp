// SPDX-License-Identifier: MIT
#include "ui/widgets/icons.h"
#include "ui/widgets/theme_controller.h"
#include "ui/widgets/theme_tokens.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QPalette>
#include <QSignalSpy>
#include <QTest>
#include <cmath>

using namespace atelier;

namespace {

const QString kSmall = QStringLiteral(R"(/* one line */
:root {
  /* a comment
     over two lines with --at-color-ghost: #000000; in it */
  --at-size-header: 44px;
  --at-duration-fast: 140ms;
  --at-font-ui: system-ui, "Noto Sans", sans-serif;
}
[data-theme="light"] {
  --at-color-text: #1B1F1E;
  --at-color-hover: rgba(24, 30, 28, 0.5);
  --at-shadow-2: 0 2px 8px rgba(20, 26, 24, 0.08), 0 1px 2px #141A18;
}
[data-theme="dark"] {
  --at-color-text: #E8EBE9;
}
:root[lang|="zh"] {
  --at-size-header: 46px;
}
:root[data-motion="reduced"] {
  --at-duration-fast: 0ms;
}
:root[data-contrast="more"][data-theme="light"] {
  --at-color-text: #000000;
}
)");

QString tokensCss()
{
    QFile file(QStringLiteral(":/ui/styles/tokens.css"));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// WCAG 2: relative luminance and contrast ratio.
double luminance(const QColor& color)
{
    const auto linear = [](double channel) {
        return channel <= 0.03928 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
           0.0722 * linear(color.blueF());
}

double contrast(const QColor& a, const QColor& b)
{
    const double lighter = std::max(luminance(a), luminance(b));
    const double darker = std::min(luminance(a), luminance(b));
    return (lighter + 0.05) / (darker + 0.05);
}

} // namespace

class TestTheme : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parserReadsEveryKindOfValue();
    void laterBlocksWinWhereTheyApply_data();
    void laterBlocksWinWhereTheyApply();
    void productTokensAreComplete();
    void textIsReadable_data();
    void textIsReadable();
    void switchingChangesPaletteAndStyleSheetAtOnce();
    void chineseCaptionsAreNotBelowTwelve();
    void textScaleGrowsFonts();
    void everyIconRendersInItsColor_data();
    void everyIconRendersInItsColor();
    void unknownIconIsNull();
};

void TestTheme::parserReadsEveryKindOfValue()
{
    const ThemeTokens tokens = ThemeTokens::parse(kSmall, {});
    QCOMPARE(tokens.number("size-header"), 44.0);
    QCOMPARE(tokens.number("duration-fast"), 140.0);
    QCOMPARE(tokens.color("text"), QColor(0x1B, 0x1F, 0x1E));
    QCOMPARE(tokens.color("hover").red(), 24);
    QCOMPARE(tokens.color("hover").alpha(), 128);
    QCOMPARE(tokens.fonts("font-ui"),
        QStringList({QStringLiteral("system-ui"),
            QStringLiteral("Noto Sans"),
            QStringLiteral("sans-serif")}));
    const QList<ShadowLayer> shadow = tokens.shadow("shadow-2");
    QCOMPARE(shadow.size(), 2);
    QCOMPARE(shadow[0].dy, 2.0);
    QCOMPARE(shadow[0].blur, 8.0);
    QCOMPARE(shadow[1].color, QColor(0x14, 0x1A, 0x18));
    QVERIFY(!tokens.color("ghost").isValid()); // it stood in a comment
    QVERIFY(!tokens.color("no-such-token").isValid());
    QCOMPARE(tokens.number("no-such-token"), 0.0);
}

void TestTheme::laterBlocksWinWhereTheyApply_data()
{
    QTest::addColumn<bool>("dark");
    QTest::addColumn<bool>("chinese");
    QTest::addColumn<bool>("reducedMotion");
    QTest::addColumn<bool>("moreContrast");
    QTest::addColumn<QColor>("text");
    QTest::addColumn<double>("header");
    QTest::addColumn<double>("duration");
    const QColor light(0x1B, 0x1F, 0x1E);
    const QColor dark(0xE8, 0xEB, 0xE9);
    QTest::newRow("light") << false << false << false << false << light << 44.0 << 140.0;
    QTest::newRow("dark") << true << false << false << false << dark << 44.0 << 140.0;
    QTest::newRow("chinese") << false << true << false << false << light << 46.0 << 140.0;
    QTest::newRow("less motion") << true << false << true << false << dark << 44.0 << 0.0;
    QTest::newRow("more contrast")
        << false << false << false << true << QColor(Qt::black) << 44.0 << 140.0;
    QTest::newRow("contrast of the other theme")
        << true << false << false << true << dark << 44.0 << 140.0;
}

void TestTheme::laterBlocksWinWhereTheyApply()
{
    QFETCH(bool, dark);
    QFETCH(bool, chinese);
    QFETCH(bool, reducedMotion);
    QFETCH(bool, moreContrast);
    const ThemeTokens tokens =
        ThemeTokens::parse(kSmall, {dark, chinese, reducedMotion, moreContrast});
    QTEST(tokens.color("text"), "text");
    QTEST(tokens.number("size-header"), "header");
    QTEST(tokens.number("duration-fast"), "duration");
}

void TestTheme::productTokensAreComplete()
{
    const ThemeTokens light = ThemeTokens::parse(tokensCss(), {});
    ThemeTokens::Conditions conditions;
    conditions.dark = true;
    const ThemeTokens dark = ThemeTokens::parse(tokensCss(), conditions);
    QVERIFY(light.values().size() > 100);
    QCOMPARE(light.values().size(), dark.values().size());
    for (auto it = light.values().cbegin(); it != light.values().cend(); ++it) {
        if (it.key().startsWith("color-")) {
            const QByteArray name = it.key().mid(6);
            QVERIFY2(light.color(name).isValid(), it.key().constData());
            QVERIFY2(dark.color(name).isValid(), it.key().constData());
        }
    }
}

void TestTheme::textIsReadable_data()
{
    QTest::addColumn<bool>("dark");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("background");
    for (const bool dark : {false, true}) {
        const auto add = [dark](const char* text, const char* background) {
            QTest::addRow("%s: %s on %s", dark ? "dark" : "light", text, background)
                << dark << QByteArray(text) << QByteArray(background);
        };
        for (const char* text :
            {"text", "text-secondary", "text-tertiary", "accent", "danger", "caution"}) {
            for (const char* background : {"window", "canvas", "surface", "sunken"})
                add(text, background);
        }
        add("text", "selected");
        add("text", "user");
        add("on-ink", "ink");
        add("on-ink", "ink-hover");
        add("accent", "accent-soft");
        add("info", "info-soft");
        add("caution", "caution-soft");
        add("danger", "danger-soft");
        add("text-secondary", "stage");
        add("text-tertiary", "stage");
    }
}

void TestTheme::textIsReadable()
{
    QFETCH(bool, dark);
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, background);
    ThemeTokens::Conditions conditions;
    conditions.dark = dark;
    const ThemeTokens tokens = ThemeTokens::parse(tokensCss(), conditions);
    const double ratio = contrast(tokens.color(text), tokens.color(background));
    QVERIFY2(ratio >= 4.5, qPrintable(QStringLiteral("%1:1").arg(ratio)));
}

void TestTheme::switchingChangesPaletteAndStyleSheetAtOnce()
{
    ThemeController theme(*qApp);
    theme.setTheme(QStringLiteral("light"));
    QVERIFY(!theme.appearance().dark);
    QCOMPARE(qApp->palette().color(QPalette::Window), QColor(0xF2, 0xF2, 0xEF));
    const QString lightSheet = qApp->styleSheet();
    QVERIFY2(!lightSheet.contains(u'@'), "a token of window.qss was not filled in");
    QVERIFY(lightSheet.contains(QStringLiteral("#fff2f2ef")));

    QSignalSpy changed(&theme, &ThemeController::appearanceChanged);
    theme.setTheme(QStringLiteral("dark"));
    QCOMPARE(changed.size(), 1);
    QVERIFY(changed[0][0].value<PageAppearance>().dark);
    QCOMPARE(theme.color("window"), QColor(0x13, 0x16, 0x15));
    QCOMPARE(qApp->palette().color(QPalette::WindowText), QColor(0xE8, 0xEB, 0xE9));
    QVERIFY(qApp->styleSheet() != lightSheet);
    QVERIFY(!qApp->styleSheet().contains(u'@'));
    QCOMPARE(theme.pixels("size-header"), 44);
}

void TestTheme::chineseCaptionsAreNotBelowTwelve()
{
    ThemeController theme(*qApp);
    theme.setLanguage(QStringLiteral("en"));
    QCOMPARE(theme.font("caption").pixelSize(), 11);
    theme.setLanguage(QStringLiteral("zh-CN"));
    QCOMPARE(theme.font("caption").pixelSize(), 12);
    QCOMPARE(theme.appearance().language, QStringLiteral("zh-CN"));
}

void TestTheme::textScaleGrowsFonts()
{
    ThemeController theme(*qApp);
    theme.setTextScale(2);
    QCOMPARE(theme.font("body").pixelSize(), 26);
    QCOMPARE(theme.appearance().textScale, 2.0);
    theme.setTextScale(9); // out of range
    QCOMPARE(theme.textScale(), 2.0);
    theme.setTextScale(1);
    QCOMPARE(theme.font("body").pixelSize(), 13);
}

void TestTheme::everyIconRendersInItsColor_data()
{
    QTest::addColumn<QString>("name");
    const QDir icons(QStringLiteral(ATELIER_SOURCE_DIR "/resources/icons"));
    const QStringList files = icons.entryList({QStringLiteral("*.svg")});
    QVERIFY(!files.isEmpty());
    for (const QString& file : files) {
        const QString name = file.chopped(4);
        QTest::newRow(qPrintable(name)) << name;
    }
}

void TestTheme::everyIconRendersInItsColor()
{
    QFETCH(QString, name);
    const QIcon icon = tintedIcon(name, QColor(255, 0, 0), QColor(0, 0, 255));
    QVERIFY2(!icon.isNull(), "not listed in ui/CMakeLists.txt");
    for (const auto& [mode, hue] : {std::pair(QIcon::Normal, 0), std::pair(QIcon::Disabled, 240)}) {
        const QImage image = icon.pixmap(QSize(16, 16), 2.0, mode).toImage();
        QCOMPARE(image.size(), QSize(32, 32)); // sharp at two device pixels per pixel
        int painted = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QColor pixel = image.pixelColor(x, y);
                if (pixel.alpha() < 128)
                    continue;
                ++painted;
                QCOMPARE(pixel.hue(), hue);
            }
        }
        QVERIFY2(painted > 15, qPrintable(QString::number(painted)));
        QVERIFY2(painted < 32 * 32 * 3 / 4, qPrintable(QString::number(painted)));
    }
}

void TestTheme::unknownIconIsNull()
{
    QVERIFY(tintedIcon(QStringLiteral("no-such-icon"), Qt::red, Qt::blue).isNull());
}

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
