// SPDX-License-Identifier: MIT
// What an artifact wrote to its console: level, text, line, how often.
#pragma once

#include "renderers/artifact_view.h"
#include "ui/widgets/theme_controller.h"

#include <QWidget>

class QLabel;
class QListView;

namespace atelier {

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

Q_SIGNALS:
    void problemsChanged(int problems);
    void lineActivated(int line);

protected:
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    void retranslate();

    ConsoleModel* m_model;
    QListView* m_list;
    QLabel* m_summary;
    QLabel* m_silent;
    IconButton* m_clear;
};

} // namespace atelier
