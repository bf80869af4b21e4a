// SPDX-License-Identifier: MIT
#include "app/window/window_program.h"

#include "renderers/artifact_view.h"
#include "renderers/transcript_view.h"
#include "ui/conversation/composer.h"

#include <QApplication>
#include <QDesktopServices>
#include <QMenu>

#include <chrono>
#include <utility>

namespace atelier {

namespace {

constexpr auto kLanguageKey = "language";
constexpr auto kThemeKey = "theme";
constexpr auto kScaleKey = "textScale";
constexpr auto kPanesKey = "panes";
constexpr auto kGeometryKey = "window";

} // namespace

WindowProgram::WindowProgram(QApplication& application,
    const WindowOptions& options,
    std::shared_ptr<EngineFactory> engine,
    ThreadReaper& reaper)
    : m_theme(application),
      m_library(OfflineLibrary::openInstalled()),
      m_window(m_theme),
      m_transcript(m_window),
      m_artifact(m_window),
      m_frame(m_window),
      m_studio(options.studio, std::move(engine), reaper, {m_transcript, m_artifact, m_frame}),
      m_repair(m_studio.conversation(), m_frame)
{
    m_window.artifactPane().preview().setLibrary(m_library);
    connectChoices(options);
    connectWindow();
    connectPages();
    m_window.setChatModel(&m_studio.chatList());
}

WindowProgram::~WindowProgram()
{
    // The chat goes before the window does; its pages may still have something to say.
    disconnect(&m_window.artifactPane(), nullptr, this, nullptr);
    disconnect(&m_window.artifactPane().preview(), nullptr, this, nullptr);
    m_window.artifactPane().preview().clear();
    m_window.setChatModel(nullptr); // it goes before the window does
}

void WindowProgram::start(const QString& modelFile)
{
    m_window.show();
    m_studio.start(modelFile);
}

void WindowProgram::openFiles(const QStringList& files)
{
    if (m_window.isMinimized()) {
        m_window.showNormal();
    }
    m_window.raise();
    m_window.activateWindow();
    if (!files.isEmpty()) {
        m_studio.models().load(files.last());
    }
}

void WindowProgram::quit()
{
    m_window.close();
}

void WindowProgram::connectChoices(const WindowOptions& options)
{
    SettingsFile& settings = m_studio.settings();
    const auto chosen = [&settings](const QString& given, const char* key) {
        return given.isEmpty() ? settings.text(QLatin1String(key)) : given;
    };
    const auto applyLanguage = [this](const QString& language) {
        m_theme.setLanguage(m_language.install(language));
        m_window.setLanguageChoice(language);
    };
    applyLanguage(chosen(options.language, kLanguageKey));
    m_theme.setTheme(chosen(options.theme, kThemeKey));
    if (const double scale = settings.value(QLatin1String(kScaleKey)).toDouble(); scale > 0) {
        m_theme.setTextScale(scale);
    }
    m_window.restoreGeometry(
        QByteArray::fromBase64(settings.text(QLatin1String(kGeometryKey)).toLatin1()));
    m_window.restorePanes(
        QByteArray::fromBase64(settings.text(QLatin1String(kPanesKey)).toLatin1()));

    connect(&m_window,
        &MainWindow::languageChosen,
        this,
        [this, applyLanguage](const QString& language) {
            (void)m_studio.settings().set(QLatin1String(kLanguageKey), language);
            applyLanguage(language);
        });
    connect(&m_window, &MainWindow::themeChosen, this, [this](const QString& theme) {
        (void)m_studio.settings().set(QLatin1String(kThemeKey), theme);
        m_theme.setTheme(theme);
    });
    connect(&m_window, &MainWindow::textScaleChosen, this, [this](double scale) {
        (void)m_studio.settings().set(QLatin1String(kScaleKey), scale);
    });
    m_panesTimer.setSingleShot(true);
    m_panesTimer.setInterval(std::chrono::seconds(1));
    connect(&m_panesTimer, &QTimer::timeout, this, [this] {
        const auto text = [](const QByteArray& bytes) {
            return QString::fromLatin1(bytes.toBase64());
        };
        (void)m_studio.settings().set(QLatin1String(kPanesKey), text(m_window.savePanes()));
        (void)m_studio.settings().set(QLatin1String(kGeometryKey), text(m_window.saveGeometry()));
    });
    connect(&m_window, &MainWindow::panesChanged, &m_panesTimer, qOverload<>(&QTimer::start));
}

void WindowProgram::connectWindow()
{
    ConversationController& chat = m_studio.conversation();
    ChatListController& chats = m_studio.chats();
    ModelController& models = m_studio.models();
    using Chat = ConversationController;
    using Chats = ChatListController;
    using Window = MainWindow;
    connect(&m_window, &Window::newChatRequested, &chat, &Chat::newChat);
    connect(&m_window, &Window::chatChosen, &chat, &Chat::openChat);
    connect(&m_window, &Window::chatRenamed, &chats, &Chats::rename);
    connect(&m_window, &Window::chatDeleteRequested, &chats, &Chats::remove);
    connect(&m_window, &Window::chatSearchChanged, &chats, &Chats::search);
    connect(&m_window, &Window::modelFileChosen, &models, &ModelController::load);
    DeviceController& devices = m_studio.devices();
    connect(&m_window, &Window::devicesRequested, &devices, &DeviceController::refresh);
    connect(&m_window, &Window::deviceChosen, &devices, &DeviceController::choose);
    connect(&m_window, &Window::cancelLoadRequested, &models, &ModelController::cancel);
    connect(&m_window, &Window::sendRequested, &chat, &Chat::send);
    connect(&m_window, &Window::stopRequested, this, [this, &chat, &models] {
        if (chat.isWaitingForReply()) {
            chat.stop();
        } else if (models.isLoading()) {
            models.cancel();
        }
    });
    connect(&m_window, &Window::draftChanged, &chat, &Chat::setDraft);
    connect(&m_window, &Window::settingsChanged, &chat, &Chat::setSettings);
    connect(&m_window, &Window::errorActionTriggered, &m_studio, &Studio::actOnError);
    connect(&m_window, &Window::toastActionTriggered, &m_studio, &Studio::actOnToast);
    connect(&m_window, &Window::copyLastAnswerRequested, &chat, &Chat::copyLastAnswer);
    connect(&m_window, &Window::editLastMessageRequested, &chat, &Chat::editLast);
}

void WindowProgram::connectPages()
{
    ConversationController& chat = m_studio.conversation();
    TranscriptView& transcript = m_window.transcript();
    connect(&transcript,
        &TranscriptView::artifactActivated,
        &chat,
        &ConversationController::showArtifact);
    connect(&transcript,
        &TranscriptView::actionTriggered,
        this,
        [this, &chat](const QString& messageId, const QString& action) {
            if (action == QLatin1String("more")) {
                showMessageMenu(messageId);
            } else {
                chat.act(messageId, action);
            }
        });
    connect(&transcript, &TranscriptView::linkActivated, this, [](const QUrl& url) {
        QDesktopServices::openUrl(url); // the view lets http, https and mailto through only
    });

    connectVersions();
    connectStage();
    connectRepair();
}

void WindowProgram::showMessageMenu(const QString& messageId)
{
    auto* menu = new QMenu(&m_window);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString& label, const char* action) {
        connect(menu->addAction(label), &QAction::triggered, this, [this, messageId, action] {
            m_studio.conversation().act(messageId, QLatin1String(action));
        });
    };
    add(tr("Copy as Markdown"), "copy");
    add(tr("Try again"), "retry");
    add(tr("Edit the question"), "edit");
    menu->popup(QCursor::pos());
}

} // namespace atelier
