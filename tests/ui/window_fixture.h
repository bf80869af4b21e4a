// SPDX-License-Identifier: MIT
// A filled window for each test function, and ways to find what is in it.
#pragma once

#include "tests/ui/sample_window.h"
#include "ui/widgets/icon_button.h"

#include <QApplication>
#include <QLabel>
#include <QTest>
#include <algorithm>
#include <memory>

namespace atelier {

class WindowFixture : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_theme = std::make_unique<ThemeController>(*qApp);
        m_theme->setTheme(QStringLiteral("light"));
        m_chats = std::make_unique<SampleChats>();
        m_window = std::make_unique<MainWindow>(*m_theme);
        m_window->resize(1440, 900);
        m_window->show();
        fillWindow(*m_window, *m_chats);
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

    void cleanup()
    {
        m_window.reset();
        m_chats.reset();
        m_theme.reset();
    }

protected:
    template <typename Widget>
    Widget& part()
    {
        return *m_window->findChild<Widget*>();
    }

    IconButton* button(const QString& name) const // among those that are visible
    {
        const auto buttons = m_window->findChildren<IconButton*>();
        const auto found = std::find_if(buttons.begin(), buttons.end(), [&](const IconButton* one) {
            return one->isVisible() && one->accessibleName() == name;
        });
        return found == buttons.end() ? nullptr : *found;
    }

    bool shows(const QString& text) const // in a visible label
    {
        const auto labels = m_window->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisible() && label->text() == text;
        });
    }

    std::unique_ptr<ThemeController> m_theme;
    std::unique_ptr<SampleChats> m_chats;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace atelier
