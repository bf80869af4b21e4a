// SPDX-License-Identifier: MIT
// The studio's window: sidebar, transcript, artifact pane, inspector (ux.md 2). Decides nothing:
// it shows what it is told and says what was asked for.
#pragma once

#include "renderers/theme.h"
#include "ui/ui_types.h"

#include <QMainWindow>
#include <QPointer>
#include <memory>

class QAbstractItemModel;
class QActionGroup;
class QMenu;

namespace atelier {

class ArtifactPane;
class ColumnArea;
class Composer;
class DeviceMenu;
class FocusRing;
class Inspector;
class PopOut;
class Sidebar;
class ThemeController;
class TranscriptColumn;
class TranscriptHeader;
class TranscriptView;

/// Owner: main(). Threads: GUI thread only.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    /// `theme` is not owned and outlives the window.
    explicit MainWindow(ThemeController& theme, QWidget* parent = nullptr);
    ~MainWindow() override;

    void setChatModel(QAbstractItemModel* model); // not owned; ui/roles.h
    void setCurrentChat(const QString& chatId);   // selects its row; also sets the window title
    void setModelStatus(const ModelStatus& status);
    void setContextUsage(const ContextUsage& usage);
    void setDeviceStatus(const DeviceStatus& status);
    void setDevices(const DeviceChoices& devices); // of the device menu, also while it is open
    void setWritingStatus(const WritingStatus& status);
    void setModelFacts(const ModelFacts& facts);
    void setSettings(const GenerationSettings& settings, const GenerationSettings& defaults);
    void setEmptyChat(bool empty); // shows "What shall we make?" with things to try
    void setLanguageChoice(const QString& language); // what the menu marks; "" follows the system

    void showError(const ErrorCard& card); // above the composer; replaces an older one
    void clearError();
    void showToast(
        const QString& text, const QString& actionId = {}, const QString& actionLabel = {});

    TranscriptView& transcript();
    ArtifactPane& artifactPane();
    Composer& composer();

    void openArtifactPane();  // unless the person closed it in this chat
    void showArtifactPane();  // always: its card was clicked
    void resetArtifactPane(); // another chat: closed, and may open by itself again
    bool isArtifactPaneOpen() const;
    void setArtifactPoppedOut(bool out); // into a window of its own, and back
    bool isArtifactPoppedOut() const;

    void chooseModelFile();                     // the file dialog; answers with modelFileChosen()
    QByteArray savePanes() const;               // widths and open panes, for the settings file
    void restorePanes(const QByteArray& bytes); // unknown bytes give the defaults

Q_SIGNALS:
    void newChatRequested();
    void chatChosen(const QString& chatId);
    void chatRenamed(const QString& chatId, const QString& title);
    void chatDeleteRequested(const QString& chatId);
    void chatSearchChanged(const QString& text);
    void openModelRequested(); // Open was chosen: the window shows the file dialog itself
    void modelFileChosen(const QString& path); // from the dialog, or dropped on the window
    void sendRequested(const QString& text);
    void stopRequested(); // Stop button, Esc, Ctrl+.
    void cancelLoadRequested();
    void devicesRequested();              // setDevices() with news, when there are
    void deviceChosen(const QString& id); // empty: automatic
    void draftChanged(const QString& text);
    void settingsChanged(const atelier::GenerationSettings& settings);
    void errorActionTriggered(const QString& actionId);
    void toastActionTriggered(const QString& actionId);
    void copyLastAnswerRequested();
    void editLastMessageRequested();
    void languageChosen(const QString& language); // "", "en", "zh-CN"; "" follows the system
    void themeChosen(const QString& theme);       // "", "light", "dark"
    void textScaleChosen(double scale);           // 0.8 to 2
    void panesChanged();                          // savePanes() has something new
    void appearanceChanged(const atelier::PageAppearance& appearance);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Actions; // menus and shortcuts: main_window_actions.cpp

    void connectParts();
    void connectArtifactPane();
    void makeActions();
    void makeChoices(); // theme, language, text size
    void retranslate();
    void showTitle();
    void applyThemeNow();
    void handleEscape();
    void goToRegion(int step); // F6
    void openDeviceMenu();
    void openSettingsMenu(const QPoint& corner, bool above);
    void chooseTextFile();
    void addTextFile(const QString& path);
    void setInspectorOpen(bool open);
    void userSetArtifactPane(bool open);
    void searchChats();
    void setTextScale(double scale);

    ThemeController& m_theme;
    Sidebar* m_sidebar;
    TranscriptColumn* m_transcriptColumn;
    ArtifactPane* m_artifactPane;
    Inspector* m_inspector;
    ColumnArea* m_columns;
    FocusRing* m_focusRing;
    std::unique_ptr<Actions> m_actions;

    QAbstractItemModel* m_chats = nullptr; // not owned
    QString m_currentChat;
    QString m_language; // as chosen
    QString m_folder;   // where the last file was opened
    WritingStatus m_writing;
    ModelStatus m_model;
    PopOut* m_popOut = nullptr; // the artifact pane's own window, while it has one
    DeviceChoices m_devices;
    QPointer<DeviceMenu> m_deviceMenu; // while it is open
    bool m_artifactClosedByUser = false;
};

} // namespace atelier
