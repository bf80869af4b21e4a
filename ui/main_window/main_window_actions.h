// SPDX-License-Identifier: MIT
// The window's menus and shortcuts (ux.md 8). Private to the window's own sources.
#pragma once

#include "ui/main_window/main_window.h"

#include <QList>
#include <functional>

class QAction;
class QActionGroup;
class QMenu;

namespace atelier {

struct MainWindow::Actions
{
    /// One entry and its text, which is asked for again after a change of language.
    struct Entry
    {
        QAction* action;
        std::function<QString()> text;
    };
    struct Menu
    {
        QMenu* menu;
        std::function<QString()> title;
    };

    QList<Entry> entries;
    QList<Menu> menus;
    QMenu* file = nullptr;
    QMenu* edit = nullptr;
    QMenu* view = nullptr;
    QMenu* theme = nullptr;
    QMenu* language = nullptr;
    QMenu* textSize = nullptr;
    QMenu* help = nullptr;
    QActionGroup* themes = nullptr;    // data: "", "light", "dark"
    QActionGroup* languages = nullptr; // data: "", "en", "zh-CN"
};

} // namespace atelier
