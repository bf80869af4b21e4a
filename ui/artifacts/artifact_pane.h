// SPDX-License-Identifier: MIT
// The artifact column: header, Preview / Code / Console tabs, stage, version strip (ux.md 5).
#pragma once

#include "ui/ui_types.h"

#include <QWidget>

namespace atelier {

class ArtifactView;
class CodeView;
struct ConsoleEntry;
struct PageAppearance;

/// Owner: MainWindow. Threads: GUI thread only.
class ArtifactPane final : public QWidget
{
    Q_OBJECT

public:
    enum class Tab { Preview, Code, Console };

    explicit ArtifactPane(QWidget* parent = nullptr);
    ~ArtifactPane() override;

    ArtifactView& preview();
    CodeView& code();

    void setHeader(const ArtifactHeader& header);
    void addConsoleEntry(const ConsoleEntry& entry); // counted in the Console tab's label
    void clearConsole();
    void setTab(Tab tab);
    Tab tab() const;
    void setAppearance(const PageAppearance& appearance);

Q_SIGNALS:
    void copyRequested();
    void saveRequested();
    void fillWindowRequested();
    void closeRequested();
    void reloadRequested();
};

} // namespace atelier
