// SPDX-License-Identifier: MIT
#include "ui/main_window/main_window_actions.h"

#include "renderers/artifact_view.h"
#include "renderers/transcript_view.h"
#include "ui/artifacts/artifact_pane.h"
#include "ui/conversation/composer.h"
#include "ui/conversation/transcript_column.h"
#include "ui/conversation/transcript_header.h"
#include "ui/inspector/inspector.h"
#include "ui/main_window/column_area.h"
#include "ui/sidebar/chat_list_view.h"
#include "ui/sidebar/sidebar.h"
#include "ui/widgets/theme_controller.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <algorithm>

namespace atelier {
namespace {

constexpr double kTextStep = 0.1;

/// Edit commands go to whatever has the focus, by the slot that all of Qt's text widgets share.
void sendToFocus(const char* slot)
{
    QWidget* focus = QApplication::focusWidget();
    if (focus && focus->metaObject()->indexOfMethod((QByteArray(slot) + "()").constData()) >= 0)
        QMetaObject::invokeMethod(focus, slot);
}

} // namespace

// A table of commands: long, but nothing in it branches.
void MainWindow::makeActions()
{
    Actions& all = *m_actions;
    const auto makeMenu = [&](QMenu*& menu, std::function<QString()> title) {
        menu = new QMenu(this);
        all.menus.append({menu, std::move(title)});
    };
    makeMenu(all.file, [] { return tr("File"); });
    makeMenu(all.edit, [] { return tr("Edit"); });
    makeMenu(all.view, [] { return tr("View"); });
    makeMenu(all.theme, [] { return tr("Theme"); });
    makeMenu(all.language, [] { return tr("Language"); });
    makeMenu(all.textSize, [] { return tr("Text size"); });
    makeMenu(all.help, [] { return tr("Help"); });

    const auto add = [&](QMenu* menu,
                         std::function<QString()> text,
                         const QList<QKeySequence>& keys,
                         auto&& run) {
        auto* action = new QAction(this);
        action->setShortcuts(keys);
        connect(action, &QAction::triggered, this, std::forward<decltype(run)>(run));
        if (menu)
            menu->addAction(action);
        addAction(action); // shortcuts work although the menu bar is not shown
        all.entries.append({action, std::move(text)});
        return action;
    };
    const auto key = [](QKeyCombination keys) { return QList<QKeySequence>{QKeySequence(keys)}; };

    add(
        all.file,
        [] { return tr("New chat"); },
        {QKeySequence::New},
        [this] {
            Q_EMIT newChatRequested();
            composer().focusText();
        });
    add(
        all.file,
        [] { return tr("Open model…"); },
        {QKeySequence::Open},
        [this] { chooseModelFile(); });
    add(
        all.file, [] { return tr("Add a text file…"); }, {}, [this] { chooseTextFile(); });
    all.file->addSeparator();
    add(
        all.file, [] { return tr("Quit"); }, key(Qt::CTRL | Qt::Key_Q), [this] { close(); });

    const auto addEdit =
        [&](std::function<QString()> text, QKeySequence::StandardKey keys, const char* slot) {
            QAction* action =
                add(all.edit, std::move(text), {QKeySequence(keys)}, [slot] { sendToFocus(slot); });
            // Shown in the menu only: the text widgets have these keys already.
            action->setShortcutContext(Qt::WidgetShortcut);
            removeAction(action);
        };
    addEdit([] { return tr("Undo"); }, QKeySequence::Undo, "undo");
    addEdit([] { return tr("Redo"); }, QKeySequence::Redo, "redo");
    all.edit->addSeparator();
    addEdit([] { return tr("Cut"); }, QKeySequence::Cut, "cut");
    addEdit([] { return tr("Copy"); }, QKeySequence::Copy, "copy");
    addEdit([] { return tr("Paste"); }, QKeySequence::Paste, "paste");
    addEdit([] { return tr("Select all"); }, QKeySequence::SelectAll, "selectAll");
    all.edit->addSeparator();
    add(
        all.edit,
        [] { return tr("Copy the last answer"); },
        key(Qt::CTRL | Qt::SHIFT | Qt::Key_C),
        [this] { Q_EMIT copyLastAnswerRequested(); });
    add(
        all.edit,
        [] { return tr("Search chats"); },
        {QKeySequence(Qt::CTRL | Qt::Key_K), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F)},
        [this] { searchChats(); });

    add(
        all.view,
        [] { return tr("Sidebar"); },
        key(Qt::CTRL | Qt::Key_B),
        [this] { m_columns->toggleSidebar(); });
    add(
        all.view,
        [] { return tr("Artifact pane"); },
        key(Qt::CTRL | Qt::Key_J),
        [this] { userSetArtifactPane(!isArtifactPaneOpen()); });
    add(
        all.view,
        [] { return tr("Inspector"); },
        key(Qt::CTRL | Qt::Key_I),
        [this] { setInspectorOpen(!m_columns->isInspectorOpen()); });
    all.view->addSeparator();
    const auto addTab = [&](std::function<QString()> text, Qt::Key number, ArtifactPane::Tab tab) {
        add(all.view, std::move(text), key(Qt::CTRL | number), [this, tab] {
            showArtifactPane();
            m_artifactPane->setTab(tab);
        });
    };
    addTab([] { return tr("Preview"); }, Qt::Key_1, ArtifactPane::Tab::Preview);
    addTab([] { return tr("Code"); }, Qt::Key_2, ArtifactPane::Tab::Code);
    addTab([] { return tr("Split"); }, Qt::Key_3, ArtifactPane::Tab::Split);
    addTab([] { return tr("Console"); }, Qt::Key_4, ArtifactPane::Tab::Console);
    add(
        all.view,
        [] { return tr("Reload the artifact"); },
        key(Qt::CTRL | Qt::Key_R),
        [this] { Q_EMIT m_artifactPane->reloadRequested(); });
    add(
        all.view,
        [] { return tr("Fill the window with the artifact"); },
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Return),
            QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Enter)},
        [this] {
            showArtifactPane();
            m_columns->setArtifactFills(!m_columns->artifactFills());
        });
    add(
        all.view,
        [] { return tr("Older version of the artifact"); },
        key(Qt::ALT | Qt::Key_PageUp),
        [this] { Q_EMIT m_artifactPane->versionStepRequested(-1); });
    add(
        all.view,
        [] { return tr("Newer version of the artifact"); },
        key(Qt::ALT | Qt::Key_PageDown),
        [this] { Q_EMIT m_artifactPane->versionStepRequested(1); });
    all.view->addSeparator();
    for (QMenu* menu : {all.theme, all.language, all.textSize})
        all.view->addMenu(menu);
    all.view->addSeparator();
    add(
        all.view,
        [] { return tr("Full screen"); },
        key(Qt::Key_F11),
        [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });

    add(
        all.help,
        [] { return tr("About Atelier"); },
        {},
        [this] {
            auto* box = new QMessageBox(QMessageBox::NoIcon,
                tr("About Atelier"),
                tr("Atelier %1\n\nA studio for GLM-4 models. What you write stays on this "
                   "computer.")
                    .arg(QCoreApplication::applicationVersion()),
                QMessageBox::Close,
                this);
            box->setAttribute(Qt::WA_DeleteOnClose);
            box->open();
        });

    // Without an entry in a menu.
    add(
        nullptr,
        [] { return tr("Find"); },
        {QKeySequence::Find},
        [this] {
            if (!m_artifactPane->find()) // the focus is not in a source
                searchChats();
        });
    add(
        nullptr, [] { return tr("Stop"); }, key(Qt::Key_Escape), [this] { handleEscape(); });
    add(
        nullptr,
        [] { return tr("Stop"); },
        key(Qt::CTRL | Qt::Key_Period),
        [this] {
            if (m_writing.state != WritingStatus::State::Idle)
                Q_EMIT stopRequested();
        });
    add(
        nullptr,
        [] { return tr("Choose a model"); },
        key(Qt::CTRL | Qt::Key_L),
        [this] { m_transcriptColumn->header().openModelMenu(); });
    add(
        nullptr,
        [] { return tr("Settings"); },
        key(Qt::CTRL | Qt::Key_Comma),
        [this] {
            const bool card = m_columns->isSidebarShown();
            openSettingsMenu(card ? m_sidebar->settingsCorner() : mapToGlobal(QPoint(8, 44)), card);
        });
    add(
        nullptr,
        [] { return tr("Menu"); },
        key(Qt::Key_F10),
        [this] { openSettingsMenu(mapToGlobal(QPoint(8, 44)), false); });
    add(
        nullptr, [] { return tr("Next pane"); }, key(Qt::Key_F6), [this] { goToRegion(1); });
    add(
        nullptr,
        [] { return tr("Previous pane"); },
        key(Qt::SHIFT | Qt::Key_F6),
        [this] { goToRegion(-1); });

    // Only where the system shows menus outside of the window; elsewhere they open from Settings.
    if (menuBar()->isNativeMenuBar()) {
        for (QMenu* menu : {all.file, all.edit, all.view, all.help})
            menuBar()->addMenu(menu);
    } else {
        menuBar()->hide();
    }
}

void MainWindow::makeChoices()
{
    Actions& all = *m_actions;
    const auto addChoice = [&](QMenu* menu,
                               QActionGroup*& group,
                               const QString& value,
                               std::function<QString()> text) {
        if (!group)
            group = new QActionGroup(this);
        QAction* action = menu->addAction(QString());
        action->setCheckable(true);
        action->setData(value);
        group->addAction(action);
        all.entries.append({action, std::move(text)});
    };
    addChoice(all.theme, all.themes, QString(), [] { return tr("As the system"); });
    addChoice(all.theme, all.themes, QStringLiteral("light"), [] { return tr("Light"); });
    addChoice(all.theme, all.themes, QStringLiteral("dark"), [] { return tr("Dark"); });
    connect(all.themes, &QActionGroup::triggered, this, [this](const QAction* action) {
        Q_EMIT themeChosen(action->data().toString());
    });
    // A language is named in itself, so that whoever reads only that one finds it.
    addChoice(all.language, all.languages, QString(), [] { return tr("As the system"); });
    addChoice(all.language, all.languages, QStringLiteral("en"), [] {
        return QStringLiteral("English");
    });
    addChoice(all.language, all.languages, QStringLiteral("zh-CN"), [] {
        return QStringLiteral("简体中文");
    });
    connect(all.languages, &QActionGroup::triggered, this, [this](const QAction* action) {
        m_language = action->data().toString();
        Q_EMIT languageChosen(m_language);
    });

    const auto addSize =
        [&](std::function<QString()> text, const QList<QKeySequence>& keys, double step) {
            QAction* action = all.textSize->addAction(QString());
            action->setShortcuts(keys);
            addAction(action);
            all.entries.append({action, std::move(text)});
            connect(action, &QAction::triggered, this, [this, step] {
                setTextScale(step == 0 ? 1.0 : m_theme.textScale() + step);
            });
        };
    addSize([] { return tr("Larger"); },
        {QKeySequence(Qt::CTRL | Qt::Key_Plus), QKeySequence(Qt::CTRL | Qt::Key_Equal)},
        kTextStep);
    addSize([] { return tr("Smaller"); }, {QKeySequence(Qt::CTRL | Qt::Key_Minus)}, -kTextStep);
    addSize([] { return tr("100 %"); }, {QKeySequence(Qt::CTRL | Qt::Key_0)}, 0);
}

void MainWindow::setTextScale(double scale)
{
    m_theme.setTextScale(std::clamp(scale, 0.8, 2.0));
    Q_EMIT textScaleChosen(m_theme.textScale());
}

void MainWindow::setLanguageChoice(const QString& language)
{
    m_language = language;
}

void MainWindow::retranslate()
{
    for (const Actions::Menu& menu : m_actions->menus)
        menu.menu->setTitle(menu.title());
    for (const Actions::Entry& entry : m_actions->entries)
        entry.action->setText(entry.text());
}

void MainWindow::openSettingsMenu(const QPoint& corner, bool above)
{
    const auto mark = [](const QActionGroup& group, const QString& value) {
        for (QAction* action : group.actions())
            action->setChecked(action->data().toString() == value);
    };
    mark(*m_actions->themes, m_theme.theme());
    mark(*m_actions->languages, m_language);

    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (QMenu* choices : {m_actions->theme, m_actions->language, m_actions->textSize})
        menu->addMenu(choices);
    menu->addSeparator();
    for (QMenu* commands : {m_actions->file, m_actions->edit, m_actions->view, m_actions->help})
        menu->addMenu(commands);
    menu->popup(above ? corner - QPoint(0, menu->sizeHint().height() + 4) : corner);
}

void MainWindow::searchChats()
{
    if (!m_columns->isSidebarShown())
        m_columns->toggleSidebar();
    m_sidebar->focusSearch();
}

void MainWindow::handleEscape()
{
    if (m_artifactPane->closeSearch() || m_artifactPane->stopInspecting())
        return;
    if (m_columns->closeFloating()) {
        composer().focusText();
        return;
    }
    if (m_writing.state != WritingStatus::State::Idle) {
        Q_EMIT stopRequested();
        return;
    }
    composer().focusText(); // out of any pane, also out of an artifact
}

void MainWindow::goToRegion(int step)
{
    struct Region
    {
        QWidget* area;
        std::function<void()> enter;
    };
    QWidget* header = &m_transcriptColumn->header();
    QWidget* messages = &transcript();
    QWidget* stage = &m_artifactPane->preview();
    const QList<Region> regions = {
        {m_sidebar,
            [this] {
                QWidget& chats = m_sidebar->chats();
                if (chats.isVisible())
                    chats.setFocus(Qt::ShortcutFocusReason);
                else
                    m_sidebar->focusSearch();
            }},
        {header,
            [this] {
                m_transcriptColumn->header().firstControl()->setFocus(Qt::ShortcutFocusReason);
            }},
        {messages, [this] { m_transcriptColumn->focusMessages(); }},
        {&composer(), [this] { composer().focusText(); }},
        {m_artifactPane, [this] { m_artifactPane->focusToolbar(); }},
        {stage, [this] { m_artifactPane->focusStage(); }},
        {m_inspector, [this] { m_inspector->firstControl()->setFocus(Qt::ShortcutFocusReason); }},
    };
    // The last one that contains the focus: the stage lies inside the artifact pane.
    const QWidget* focus = QApplication::focusWidget();
    qsizetype current = -1;
    for (qsizetype i = 0; i < regions.size(); ++i) {
        if (focus && (regions[i].area == focus || regions[i].area->isAncestorOf(focus)))
            current = i;
    }
    for (qsizetype tries = 0; tries < regions.size(); ++tries) {
        current = (current + step + regions.size()) % regions.size();
        if (regions[current].area->isVisible()) {
            regions[current].enter();
            return;
        }
    }
}

} // namespace atelier
