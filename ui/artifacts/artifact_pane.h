// SPDX-License-Identifier: MIT
// The artifact column: header, Preview / Code / Console tabs, stage, version strip (ux.md 5).
#pragma once

#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QWidget>

class QButtonGroup;
class QLabel;
class QStackedWidget;

namespace atelier {

class ArtifactFoot;
class ArtifactView;
class CodeView;
class ConsoleList;
class ElidedLabel;
class IconButton;
class SegmentedTabs;
class StoppedCard;
struct ConsoleEntry;
struct PageAppearance;

/// Owner: MainWindow. Threads: GUI thread only.
class ArtifactPane final : public QWidget, public Themed
{
    Q_OBJECT

public:
    enum class Tab { Preview, Code, Console };

    explicit ArtifactPane(QWidget* parent = nullptr);
    ~ArtifactPane() override;

    ArtifactView& preview();
    CodeView& code();

    void setHeader(const ArtifactHeader& header);
    void setVersions(const QList<VersionCard>& versions, const QString& shown);
    void addConsoleEntry(const ConsoleEntry& entry); // counted in the Console tab's label
    void clearConsole();
    void setTab(Tab tab);
    Tab tab() const;
    void setAppearance(const PageAppearance& appearance);

    void setViewportWidth(int cssPixels); // 0: fit the stage
    int viewportWidth() const;
    void setFillsWindow(bool fills); // the button's picture and name follow
    void focusToolbar();
    void focusStage();

Q_SIGNALS:
    void copyRequested();
    void saveRequested();
    void fillWindowRequested();
    void closeRequested();
    void reloadRequested();
    void versionChosen(const QString& key);
    void versionStepRequested(int step); // -1: the one before the shown one
    void restoreRequested(const QString& key);

protected:
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    QWidget* makeHeader();
    QWidget* makeToolbar();
    void showStage();
    void retranslate();

    ArtifactHeader m_artifact;
    bool m_fillsWindow = false;

    QWidget* m_headerLine = nullptr;
    QWidget* m_toolbar = nullptr;
    ElidedLabel* m_title;
    QLabel* m_type;
    QLabel* m_badge;
    IconButton* m_copy;
    IconButton* m_save;
    IconButton* m_fill;
    IconButton* m_close;
    SegmentedTabs* m_tabs;
    QButtonGroup* m_widths;
    QLabel* m_width;
    QStackedWidget* m_stage;
    QLabel* m_empty;
    ArtifactView* m_preview;
    CodeView* m_code;
    ConsoleList* m_console;
    StoppedCard* m_stopped;
    ArtifactFoot* m_foot;
};

} // namespace atelier
