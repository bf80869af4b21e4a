// SPDX-License-Identifier: MIT
// The program with its window: the studio, what shows it, and the wires between them.
#pragma once

#include "app/core/artifact_repair.h"
#include "app/core/studio.h"
#include "app/window/window_screens.h"
#include "renderers/offline_library.h"
#include "ui/artifacts/artifact_pane.h"
#include "ui/main_window/main_window.h"
#include "ui/widgets/language.h"
#include "ui/widgets/theme_controller.h"

#include <QTemporaryDir>
#include <QTimer>

#include <functional>
#include <memory>

class QApplication;

namespace atelier {

struct WindowOptions
{
    StudioOptions studio;
    QString language; // as chosen on the command line; empty: the remembered choice
    QString theme;
};

/// Owner: main(), or a test. Threads: GUI thread only.
class WindowProgram final : public QObject
{
    Q_OBJECT

public:
    WindowProgram(QApplication& application,
        const WindowOptions& options,
        std::shared_ptr<EngineFactory> engine,
        ThreadReaper& reaper);
    ~WindowProgram() override;

    void start(const QString& modelFile);     // shows the window as well
    void openFiles(const QStringList& files); // from a second start
    void quit();

    MainWindow& window() { return m_window; }
    Studio& studio() { return m_studio; }

private:
    void connectWindow();
    void connectPages();
    void connectVersions();
    void connectStage();
    void connectRepair();
    void connectChoices(const WindowOptions& options);
    void hearConsole(const ConsoleEntry& entry);
    void askForFix();
    void compareVersions(const QString& before, const QString& after);
    void replayVersion(const QString& key);
    void pictureCard();
    void pictureDraft();
    void copyPicture();
    void attachPicture();
    void saveArtifact(ArtifactPane::SaveAs as);
    void openInBrowser();
    void showInBrowser();
    QString stageSource(); // as edited
    /// The artifact on the stage as one page; `done` gets the file's path and what was left out.
    void writePage(const QString& path,
        const QString& source,
        std::function<void(const QString& path, const QString& leftOut)> done);
    /// Makes the bytes and writes them, both on another thread; `done` gets the file's path.
    void writeFile(const QString& path,
        std::function<QByteArray()> make,
        std::function<void(const QString& path)> done);
    void showMessageMenu(const QString& messageId);

    LanguageInstaller m_language;
    ThemeController m_theme;
    std::shared_ptr<const OfflineLibrary> m_library; // what artifacts get instead of a network
    MainWindow m_window;
    WindowTranscript m_transcript;
    WindowArtifact m_artifact;
    WindowFrame m_frame;
    Studio m_studio;
    ArtifactRepair m_repair;
    QTimer m_draftTimer;                           // while an artifact is written
    QTimer m_settleTimer;                          // from drawn on: errors at the start count
    std::unique_ptr<QTemporaryDir> m_browserFiles; // what a browser was given to show
    QTimer m_panesTimer;                           // panes are saved when they have come to rest
};

} // namespace atelier
