// SPDX-License-Identifier: MIT
#include "ui/conversation/composer.h"
#include "ui/conversation/composer_edit.h"
#include "ui/widgets/icon_button.h"

#include <QApplication>
#include <QInputMethodEvent>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace atelier;

class TestComposer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void enterSendsAndKeepsTheText();
    void shiftEnterMakesALine();
    void enterWithoutTextDoesNothing();
    void enterNeverSendsWhileComposing();
    void upInEmptyFieldAsksForTheLastMessage();
    void withoutAModelSendingAsksForOne();
    void buttonStopsWhileRunning_data();
    void buttonStopsWhileRunning();
    void messageCanBeSentAheadWhileRunning();
    void growsToTenLinesThenScrolls();
    void tokenCountWarnsAboveTheLimit();
    void speedHasAFixedWidth();
    void blocksComeOnLinesOfTheirOwn();
    void aPictureIsNotSentUnseen();

private:
    IconButton* sendButton() const;
    QLabel* labelWith(const QString& text) const;

    std::unique_ptr<ThemeController> m_theme;
    std::unique_ptr<Composer> m_composer;
    ComposerEdit* m_edit = nullptr;
};

void TestComposer::init()
{
    m_theme = std::make_unique<ThemeController>(*qApp);
    m_composer = std::make_unique<Composer>();
    applyTheme(*m_composer, *m_theme);
    m_composer->resize(600, 200);
    m_composer->show();
    m_composer->setModelAvailable(true);
    m_edit = m_composer->findChild<ComposerEdit*>();
    QVERIFY(m_edit);
    m_composer->focusText();
}

void TestComposer::cleanup()
{
    m_composer.reset();
    m_theme.reset();
}

IconButton* TestComposer::sendButton() const
{
    const auto buttons = m_composer->findChildren<IconButton*>();
    for (IconButton* button : buttons) {
        if (button->iconName() == QLatin1String("send") ||
            button->iconName() == QLatin1String("stop"))
            return button;
    }
    return nullptr;
}

QLabel* TestComposer::labelWith(const QString& text) const
{
    const auto labels = m_composer->findChildren<QLabel*>();
    for (QLabel* label : labels) {
        if (label->isVisible() && label->text().contains(text))
            return label;
    }
    return nullptr;
}

void TestComposer::enterSendsAndKeepsTheText()
{
    QSignalSpy sent(m_composer.get(), &Composer::sendRequested);
    QTest::keyClicks(m_edit, QStringLiteral("draw a circle"));
    QTest::keyClick(m_edit, Qt::Key_Return);
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent[0][0].toString(), QStringLiteral("draw a circle"));
    QCOMPARE(m_composer->text(), QStringLiteral("draw a circle")); // until clear()
    QTest::keyClick(m_edit, Qt::Key_Enter, Qt::KeypadModifier);
    QCOMPARE(sent.size(), 2);
    m_composer->clear();
    QVERIFY(m_composer->text().isEmpty());
}

// No model sees pictures yet: nothing is dropped without a word.
void TestComposer::aPictureIsNotSentUnseen()
{
    QImage picture(300, 200, QImage::Format_RGB32);
    picture.fill(Qt::red);
    QSignalSpy sent(m_composer.get(), &Composer::sendRequested);
    m_composer->attachPicture(picture, QStringLiteral("Rain"));
    QVERIFY(labelWith(QStringLiteral("Picture of “Rain”")));
    const auto without = [this]() -> QPushButton* {
        for (QPushButton* button : m_composer->findChildren<QPushButton*>()) {
            if (button->isVisible() && button->text() == QStringLiteral("Send without it"))
                return button;
        }
        return nullptr;
    };
    QVERIFY(!without());
    QTest::keyClicks(m_edit, QStringLiteral("bluer"));
    QTest::keyClick(m_edit, Qt::Key_Return);
    QCOMPARE(sent.size(), 0);
    QVERIFY(labelWith(QStringLiteral("reads text only")));
    QVERIFY(without());
    without()->click();
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent[0][0].toString(), QStringLiteral("bluer"));
    QVERIFY(!labelWith(QStringLiteral("Picture of")));

    m_composer->attachPicture(picture, {}); // or it is taken away
    for (IconButton* button : m_composer->findChildren<IconButton*>()) {
        if (button->accessibleName() == QStringLiteral("Remove the picture"))
            button->click();
    }
    QVERIFY(!labelWith(QStringLiteral("Picture of")));
    QTest::keyClick(m_edit, Qt::Key_Return);
    QCOMPARE(sent.size(), 2);
}

void TestComposer::shiftEnterMakesALine()
{
    QSignalSpy sent(m_composer.get(), &Composer::sendRequested);
    QTest::keyClicks(m_edit, QStringLiteral("a"));
    QTest::keyClick(m_edit, Qt::Key_Return, Qt::ShiftModifier);
    QTest::keyClicks(m_edit, QStringLiteral("b"));
    QCOMPARE(m_composer->text().split(u'\n').size(), 2);
    QVERIFY(sent.isEmpty());
}

void TestComposer::enterWithoutTextDoesNothing()
{
    QSignalSpy sent(m_composer.get(), &Composer::sendRequested);
    QTest::keyClick(m_edit, Qt::Key_Return);
    m_composer->setText(QStringLiteral("  \n "));
    QTest::keyClick(m_edit, Qt::Key_Return);
    QVERIFY(sent.isEmpty());
    QVERIFY(!sendButton()->isEnabled());
}

void TestComposer::enterNeverSendsWhileComposing()
{
    QSignalSpy sent(m_composer.get(), &Composer::sendRequested);
    m_composer->setText(QStringLiteral("画"));
    QInputMethodEvent compose(QStringLiteral("yuan"), {});
    QApplication::sendEvent(m_edit, &compose);
    QVERIFY(m_edit->isComposing());
    QTest::keyClick(m_edit, Qt::Key_Return);
    QVERIFY(sent.isEmpty());

    QInputMethodEvent commit(QString(), {});
    commit.setCommitString(QStringLiteral("圆"));
    QApplication::sendEvent(m_edit, &commit);
    QVERIFY(!m_edit->isComposing());
    QTest::keyClick(m_edit, Qt::Key_Return);
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent[0][0].toString(), QStringLiteral("画圆"));
}

void TestComposer::upInEmptyFieldAsksForTheLastMessage()
{
    QSignalSpy edit(m_composer.get(), &Composer::editLastRequested);
    m_composer->setText(QStringLiteral("x"));
    QTest::keyClick(m_edit, Qt::Key_Up);
    QVERIFY(edit.isEmpty());
    m_composer->clear();
    QTest::keyClick(m_edit, Qt::Key_Up);
    QCOMPARE(edit.size(), 1);
}

void TestComposer::withoutAModelSendingAsksForOne()
{
    QSignalSpy sent(m_composer.get(), &Composer::sendRequested);
    QSignalSpy needed(m_composer.get(), &Composer::modelNeeded);
    m_composer->setModelAvailable(false);
    m_composer->setText(QStringLiteral("x"));
    QTest::keyClick(m_edit, Qt::Key_Return);
    QTest::mouseClick(sendButton(), Qt::LeftButton);
    QCOMPARE(needed.size(), 2);
    QVERIFY(sent.isEmpty());
    QCOMPARE(m_composer->text(), QStringLiteral("x"));
}

void TestComposer::buttonStopsWhileRunning_data()
{
    QTest::addColumn<WritingStatus::State>("state");
    QTest::newRow("loading") << WritingStatus::State::LoadingModel;
    QTest::newRow("reading") << WritingStatus::State::Reading;
    QTest::newRow("writing") << WritingStatus::State::Writing;
}

void TestComposer::buttonStopsWhileRunning()
{
    QFETCH(WritingStatus::State, state);
    QSignalSpy sent(m_composer.get(), &Composer::sendRequested);
    QSignalSpy stopped(m_composer.get(), &Composer::stopRequested);
    m_composer->setText(QStringLiteral("next"));
    QCOMPARE(sendButton()->iconName(), QStringLiteral("send"));
    m_composer->setWritingStatus({state, 71.8});
    QCOMPARE(sendButton()->iconName(), QStringLiteral("stop"));
    QCOMPARE(sendButton()->accessibleName(), QStringLiteral("Stop"));
    QTest::mouseClick(sendButton(), Qt::LeftButton);
    QCOMPARE(stopped.size(), 1);
    QVERIFY(sent.isEmpty());
    QCOMPARE(labelWith(QStringLiteral("tok/s")) != nullptr, state == WritingStatus::State::Writing);
    m_composer->setWritingStatus({});
    QCOMPARE(sendButton()->iconName(), QStringLiteral("send"));
    QTest::mouseClick(sendButton(), Qt::LeftButton);
    QCOMPARE(sent.size(), 1);
}

void TestComposer::messageCanBeSentAheadWhileRunning()
{
    QSignalSpy sent(m_composer.get(), &Composer::sendRequested);
    m_composer->setWritingStatus({WritingStatus::State::Writing, 30});
    QTest::keyClicks(m_edit, QStringLiteral("and a star"));
    QTest::keyClick(m_edit, Qt::Key_Return);
    QCOMPARE(sent.size(), 1);
}

void TestComposer::growsToTenLinesThenScrolls()
{
    m_composer->setText(QStringLiteral("one"));
    const int one = m_edit->height();
    m_composer->setText(QStringLiteral("one\ntwo\nthree"));
    const int three = m_edit->height();
    QVERIFY(three > one);
    QStringList lines;
    for (int i = 0; i < 10; ++i)
        lines.append(QString::number(i));
    m_composer->setText(lines.join(u'\n'));
    const int ten = m_edit->height();
    QCOMPARE(ten - three, 7 * (three - one) / 2);
    lines.append(QStringList(30, QStringLiteral("more")));
    m_composer->setText(lines.join(u'\n'));
    QCOMPARE(m_edit->height(), ten);
    m_composer->clear();
    QCOMPARE(m_edit->height(), one);
    // A long line wraps and counts as several.
    m_composer->setText(QString(400, u'w'));
    QVERIFY(m_edit->height() > one);
}

void TestComposer::tokenCountWarnsAboveTheLimit()
{
    m_composer->setText(QStringLiteral("x"));
    m_composer->setTokenCount(3789, 32768);
    QLabel* count = labelWith(QStringLiteral("3.7k in this message"));
    QVERIFY(count);
    QCOMPARE(count->property("tone").toString(), QStringLiteral("tertiary"));
    m_composer->setTokenCount(33000, 32768);
    count = labelWith(QStringLiteral("33,000 of 32,768"));
    QVERIFY(count);
    QCOMPARE(count->property("tone").toString(), QStringLiteral("danger"));
    m_composer->setTokenCount(-1, 32768);
    QVERIFY(!labelWith(QStringLiteral("in this message")));
}

void TestComposer::speedHasAFixedWidth()
{
    m_composer->setWritingStatus({WritingStatus::State::Writing, 8.1});
    const int narrow = labelWith(QStringLiteral("8.1 tok/s"))->geometry().left();
    m_composer->setWritingStatus({WritingStatus::State::Writing, 388.8});
    QCOMPARE(labelWith(QStringLiteral("388.8 tok/s"))->geometry().left(), narrow);
}

void TestComposer::blocksComeOnLinesOfTheirOwn()
{
    m_composer->insertBlock(QStringLiteral("A"));
    m_composer->insertBlock(QStringLiteral("B"));
    QCOMPARE(m_composer->text(), QStringLiteral("A\n\n\nB\n"));
}

QTEST_MAIN(TestComposer)
#include "tst_composer.moc"
