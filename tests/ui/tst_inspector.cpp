// SPDX-License-Identifier: MIT
#include "ui/inspector/inspector.h"
#include "ui/inspector/inspector_section.h"
#include "ui/inspector/setting_field.h"

#include <QApplication>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>

using namespace atelier;

class TestInspector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void onlyChangedValuesHaveADot();
    void resetGoesBackToTheDefaultAndSaysSo();
    void resetAllIsOneChange();
    void sliderAndNumberFollowEachOther();
    void programValuesAreNotEchoed();
    void typingThePromptIsToldOnceItPauses();
    void sectionsCollapseToSummaries();
    void modelFactsAreReplaced();

private:
    SettingField* field(const QString& name) const;
    InspectorSection* section(int index) const
    {
        return m_inspector->findChildren<InspectorSection*>()[index];
    }

    std::unique_ptr<ThemeController> m_theme;
    std::unique_ptr<Inspector> m_inspector;
};

void TestInspector::init()
{
    qRegisterMetaType<GenerationSettings>();
    m_theme = std::make_unique<ThemeController>(*qApp);
    m_inspector = std::make_unique<Inspector>();
    applyTheme(*m_inspector, *m_theme);
    m_inspector->resize(336, 900);
    m_inspector->show();
    m_inspector->setSettings({}, {});
}

void TestInspector::cleanup()
{
    m_inspector.reset();
    m_theme.reset();
}

SettingField* TestInspector::field(const QString& name) const
{
    const auto fields = m_inspector->findChildren<SettingField*>();
    for (SettingField* candidate : fields) {
        if (candidate->spinBox().accessibleName() == name)
            return candidate;
    }
    return nullptr;
}

void TestInspector::onlyChangedValuesHaveADot()
{
    const auto fields = m_inspector->findChildren<SettingField*>();
    QCOMPARE(fields.size(), 6);
    for (const SettingField* one : fields)
        QVERIFY(!one->isChanged());
    GenerationSettings settings;
    settings.temperature = 0.85;
    settings.seed = 7;
    m_inspector->setSettings(settings, {});
    QVERIFY(field(QStringLiteral("Temperature"))->isChanged());
    QVERIFY(field(QStringLiteral("Seed"))->isChanged());
    QVERIFY(!field(QStringLiteral("Top p"))->isChanged());
    QVERIFY(!field(QStringLiteral("Longest reply"))->isChanged());
    // Another model, another default: the same value no longer differs.
    GenerationSettings defaults;
    defaults.temperature = 0.85;
    m_inspector->setSettings(settings, defaults);
    QVERIFY(!field(QStringLiteral("Temperature"))->isChanged());
}

void TestInspector::resetGoesBackToTheDefaultAndSaysSo()
{
    GenerationSettings settings;
    settings.temperature = 1.5;
    m_inspector->setSettings(settings, {});
    QSignalSpy changed(m_inspector.get(), &Inspector::settingsChanged);
    auto* reset = field(QStringLiteral("Temperature"))->findChild<QPushButton*>();
    QVERIFY(reset->isVisible());
    QTest::mouseClick(reset, Qt::LeftButton);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(changed[0][0].value<GenerationSettings>().temperature, 0.6);
    QVERIFY(!reset->isVisible());
}

void TestInspector::resetAllIsOneChange()
{
    GenerationSettings settings;
    settings.temperature = 1.5;
    settings.topK = 40;
    settings.systemPrompt = QStringLiteral("Answer briefly.");
    m_inspector->setSettings(settings, {});
    QVERIFY(m_inspector->hasChanges());
    QSignalSpy changed(m_inspector.get(), &Inspector::settingsChanged);
    for (QAbstractButton* button : m_inspector->findChildren<QAbstractButton*>()) {
        if (button->accessibleName() == QLatin1String("Reset to the model's defaults"))
            button->click();
    }
    QCOMPARE(changed.size(), 1);
    QCOMPARE(changed[0][0].value<GenerationSettings>(), GenerationSettings());
    QVERIFY(!m_inspector->hasChanges());
    QVERIFY(m_inspector->findChild<QPlainTextEdit*>()->toPlainText().isEmpty());
}

void TestInspector::sliderAndNumberFollowEachOther()
{
    QSignalSpy changed(m_inspector.get(), &Inspector::settingsChanged);
    SettingField* temperature = field(QStringLiteral("Temperature"));
    auto* slider = temperature->findChild<QSlider*>();
    slider->setValue(120);
    QCOMPARE(temperature->value(), 1.2);
    QCOMPARE(changed.last()[0].value<GenerationSettings>().temperature, 1.2);
    temperature->spinBox().setValue(0.3);
    QCOMPARE(slider->value(), 30);
    // Keyboard only.
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_Right);
    QCOMPARE(temperature->value(), 0.31);
}

void TestInspector::programValuesAreNotEchoed()
{
    QSignalSpy changed(m_inspector.get(), &Inspector::settingsChanged);
    GenerationSettings settings;
    settings.topP = 0.95;
    settings.maxTokens = 30000;
    settings.systemPrompt = QStringLiteral("x");
    m_inspector->setSettings(settings, {});
    QVERIFY(changed.isEmpty());
    QVERIFY(m_inspector->settings() == settings);
    QCOMPARE(field(QStringLiteral("Longest reply"))->value(), 30000.0);
    QCOMPARE(field(QStringLiteral("Seed"))->spinBox().text(), QStringLiteral("Random"));
    QCOMPARE(field(QStringLiteral("Top k"))->spinBox().text(), QStringLiteral("Off"));
}

void TestInspector::typingThePromptIsToldOnceItPauses()
{
    section(2)->setOpen(true);
    QSignalSpy changed(m_inspector.get(), &Inspector::settingsChanged);
    auto* prompt = m_inspector->findChild<QPlainTextEdit*>();
    QTest::keyClicks(prompt, QStringLiteral("Be brief."));
    // What comes back from the program meanwhile does not take the letters away.
    m_inspector->setSettings({}, {});
    QCOMPARE(prompt->toPlainText(), QStringLiteral("Be brief."));
    QTRY_COMPARE(changed.size(), 1);
    QCOMPARE(changed[0][0].value<GenerationSettings>().systemPrompt, QStringLiteral("Be brief."));
    QCOMPARE(section(2)->summary(), QStringLiteral("Changed"));
}

void TestInspector::sectionsCollapseToSummaries()
{
    InspectorSection* sampling = section(1);
    QVERIFY(sampling->isOpen());
    SettingField* temperature = field(QStringLiteral("Temperature"));
    QVERIFY(temperature->isVisible());
    QTest::keyClick(sampling->titleButton(), Qt::Key_Space);
    QVERIFY(!sampling->isOpen());
    QVERIFY(!temperature->isVisible());
    QCOMPARE(sampling->summary(), QStringLiteral("0.60, 0.80"));
}

void TestInspector::modelFactsAreReplaced()
{
    const auto shown = [this](const QString& text) {
        const auto labels = m_inspector->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisible() && label->text() == text;
        });
    };
    m_inspector->openModelSection();
    QVERIFY(shown(QStringLiteral("No model is open.")));
    m_inspector->setModelFacts({{{QStringLiteral("File"), QStringLiteral("a.gguf")},
        {QStringLiteral("Precision"), QStringLiteral("Q8_0")}}});
    QTRY_VERIFY(shown(QStringLiteral("a.gguf")));
    QVERIFY(!shown(QStringLiteral("No model is open.")));
    QCOMPARE(section(0)->summary(), QStringLiteral("a.gguf, Q8_0"));
    m_inspector->setModelFacts({{{QStringLiteral("File"), QStringLiteral("<b>b</b>")}}});
    QTRY_VERIFY(shown(QStringLiteral("<b>b</b>"))); // as text
    QVERIFY(!shown(QStringLiteral("a.gguf")));
}

QTEST_MAIN(TestInspector)
#include "tst_inspector.moc"
