// SPDX-License-Identifier: MIT
// What an artifact wrote to its console: level, text, line, how often; errors and what was blocked.
#pragma once

#include "renderers/artifact_view.h"
#include "ui/widgets/theme_controller.h"

#include <QWidget>

class QLabel;
class QListView;
class QModelIndex;
class QPushButton;

namespace atelier {

class ConsoleFilter;
class ConsoleModel;
class IconButton;

/// The entries are untrusted and shown as plain text. Repeated ones are counted; beyond 1,000 the
/// oldest go, so that a page in a loop cannot fill the memory.
///
/// Owner: ArtifactPane. Threads: GUI thread only.
class ConsoleList final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit ConsoleList(QWidget* parent = nullptr);

    static constexpr int kMaxEntries = 1000;

    void add(const ConsoleEntry& entry);
    void clear();
    int entries() const;
    int problems() const; // errors and blocked requests, repetitions included
    int shownEntries() const;
    int lastLine() const; // the last one that an entry came from; 0: none
    /// Below the stage, with a title and a button to close it.
    void setDrawer(bool drawer);

    enum class Filter { All, Errors, Warnings, Blocked, Messages };
    void setFilter(Filter filter);
    Filter filter() const { return m_filter; }

Q_SIGNALS:
    void problemsChanged(int problems);
    void lineActivated(int line);
    void closeRequested();
    void fixRequested(); // "Ask GLM-4 to fix it"

protected:
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    void retranslate();
    void openFilterMenu();
    void activate(const QModelIndex& index);

    ConsoleModel* m_model;
    ConsoleFilter* m_shown; // the model without what is filtered out
    Filter m_filter = Filter::All;
    bool m_drawer = false;
    QLabel* m_title;
    QListView* m_list;
    QLabel* m_summary;
    QLabel* m_silent;
    QPushButton* m_fix;
    IconButton* m_filterButton;
    IconButton* m_clear;
    IconButton* m_close;
};

} // namespace atelier
