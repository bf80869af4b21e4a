// SPDX-License-Identifier: MIT
// The artifact column: header, Preview / Code / Split / Console, stage, film strip (ux.md 5).
#pragma once

#include "renderers/artifact_kind.h"
#include "ui/artifacts/stage_toolbar.h"
#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QWidget>

class QLabel;
class QSplitter;
class QStackedWidget;

namespace atelier {

class ArtifactFoot;
class ArtifactView;
class CodeView;
class ConsoleList;
class ElementInspector;
class ElidedLabel;
class IconButton;
class NoticeBar;
class StoppedCard;
struct ConsoleEntry;
struct PageAppearance;

/// Owner: MainWindow. Threads: GUI thread only.
class ArtifactPane final : public QWidget, public Themed
{
    Q_OBJECT

public:
    using Tab = StageToolbar::Tab;
    enum class SaveAs { Source, Picture, Page };

    explicit ArtifactPane(QWidget* parent = nullptr);
    ~ArtifactPane() override;

    ArtifactView& preview();
    CodeView& code();

    /// The source, on the stage and as text: begin() a new one, append() until finish() or
    /// cutOff(). Then it can be edited: each change is shown at once, and told by edited().
    void begin(ArtifactKind kind, const QString& language);
    void append(const QString& source);
    void finish();
    void cutOff();
    void clear();
    /// It was changed by hand, and nothing has become of that yet.
    bool isEdited() const { return m_edited; }
    void editKept(); // what was typed is a version now

    void setHeader(const ArtifactHeader& header);
    void setVersions(const QList<VersionCard>& versions, const QString& shown);
    /// The shown version has problems; `lastThatRan`: a key to go back to, or empty.
    void setFailed(bool failed, const QString& lastThatRan);
    /// Asks whether this artifact may fetch from `host`; one question at a time, none twice.
    void askForNetwork(const QString& host);
    void addConsoleEntry(const ConsoleEntry& entry); // counted in the Console tab's label
    void clearConsole();
    void setTab(Tab tab);
    Tab tab() const;
    void setAppearance(const PageAppearance& appearance);

    void setViewportWidth(int cssPixels); // 0: fit the stage
    int viewportWidth() const;
    void setDrawerOpen(bool open); // the console below the stage
    bool isDrawerOpen() const { return m_drawerOpen; }
    void setFillsWindow(bool fills); // the button's picture and name follow
    void setPoppedOut(bool out);     // it is in a window of its own
    /// Ctrl+F; false when no source is shown that could be searched.
    bool find();
    bool closeSearch();    // Esc; false when there is none
    bool stopInspecting(); // Esc; false when nothing is inspected
    void focusToolbar();
    void focusStage();

Q_SIGNALS:
    void copyRequested();
    void saveRequested(atelier::ArtifactPane::SaveAs as);
    void fillWindowRequested();
    void popOutRequested(bool out);
    void closeRequested();
    void reloadRequested();
    void pictureRequested();    // to the clipboard
    void screenshotRequested(); // into the message
    void browserRequested();
    void edited(const QString& source);
    void keepRequested();
    void fixRequested(); // "Ask GLM-4 to fix it"
    void elementWished(const atelier::ElementWish& wish);
    void networkAllowed(const QString& host);
    void discardRequested();
    void versionChosen(const QString& key);
    void versionStepRequested(int step); // -1: the one before the shown one
    void restoreRequested(const QString& key);
    void compareRequested(const QString& before, const QString& after); // keys
    void replayRequested(const QString& key);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void themeChanged() override;

private:
    QWidget* makeHeader();
    QWidget* makeStage();
    void connectParts();
    void connectRun();
    void connectInspector();
    void showInspect();
    void openSaveMenu();
    void takeEdit(const QString& source);
    void showStage();
    void showBadge();
    void retranslate();

    ArtifactHeader m_artifact;
    QString m_original; // the source as it came
    bool m_edited = false;
    bool m_fillsWindow = false;
    bool m_drawerOpen = false;
    bool m_stoppedRun = false;
    bool m_wasSplit = false; // its sizes are the person's from then on
    QString m_host;          // that is asked about
    QStringList m_askedFor;  // hosts, since this artifact is shown

    QWidget* m_headerLine = nullptr;
    ElidedLabel* m_title;
    QLabel* m_type;
    QLabel* m_badge;
    IconButton* m_copy;
    IconButton* m_save;
    IconButton* m_fill;
    IconButton* m_close;
    StageToolbar* m_toolbar;
    QStackedWidget* m_stage;
    QLabel* m_empty;
    QSplitter* m_body; // code and preview above, console below
    QSplitter* m_work; // code beside preview
    ArtifactView* m_preview;
    CodeView* m_code;
    ConsoleList* m_console;
    StoppedCard* m_stopped;
    ElementInspector* m_inspector;
    NoticeBar* m_editBar;
    NoticeBar* m_networkBar;
    ArtifactFoot* m_foot;
};

} // namespace atelier
