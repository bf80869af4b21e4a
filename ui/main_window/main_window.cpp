// SPDX-License-Identifier: MIT
#include "ui/main_window/main_window.h"

#include "renderers/transcript_view.h"
#include "ui/artifacts/artifact_pane.h"
#include "ui/conversation/composer.h"
#include "ui/conversation/error_card_view.h"
#include "ui/conversation/toast.h"
#include "ui/conversation/transcript_column.h"
#include "ui/conversation/transcript_header.h"
#include "ui/inspector/inspector.h"
#include "ui/main_window/column_area.h"
#include "ui/main_window/main_window_actions.h"
#include "ui/roles.h"
#include "ui/sidebar/chat_list_view.h"
#include "ui/sidebar/device_menu.h"
#include "ui/sidebar/sidebar.h"
#include "ui/widgets/focus_ring.h"
#include "ui/widgets/theme_controller.h"

#include <QAbstractItemModel>
#include <QResizeEvent>

namespace atelier {
namespace {

constexpr int kHintsFrom = 740; // window height; below, the hint line goes

} // namespace

MainWindow::MainWindow(ThemeController& theme, QWidget* parent)
    : QMainWindow(parent),
      m_theme(theme),
      m_sidebar(new Sidebar),
      m_transcriptColumn(new TranscriptColumn),
      m_artifactPane(new ArtifactPane),
      m_inspector(new Inspector),
      m_columns(new ColumnArea({m_sidebar, m_transcriptColumn, m_artifactPane, m_inspector}, this)),
      m_focusRing(nullptr),
      m_actions(std::make_unique<Actions>())
{
    setCentralWidget(m_columns);
    m_focusRing = new FocusRing(*this);
    setMinimumSize(
        theme.pixels("layout-window-min-width"), theme.pixels("layout-window-min-height"));
    resize(1440, 900);
    setAcceptDrops(true);
    makeActions();
    makeChoices();
    connectParts();
    connectArtifactPane();
    connect(&theme, &ThemeController::appearanceChanged, this, &MainWindow::applyThemeNow);
    retranslate();
    applyThemeNow();
    setEmptyChat(true);
    m_columns->setArtifactOpen(false);
    composer().focusText();
}

MainWindow::~MainWindow() = default;

void MainWindow::connectParts()
{
    connect(m_sidebar, &Sidebar::hideRequested, m_columns, &ColumnArea::toggleSidebar);
    connect(m_sidebar, &Sidebar::newChatRequested, this, &MainWindow::newChatRequested);
    connect(m_sidebar, &Sidebar::chatChosen, this, [this](const QString& id) {
        if (!m_columns->arrangement().sidebar)
            m_columns->closeFloating();
        Q_EMIT chatChosen(id);
    });
    connect(m_sidebar, &Sidebar::chatRenamed, this, &MainWindow::chatRenamed);
    connect(m_sidebar, &Sidebar::chatDeleteRequested, this, &MainWindow::chatDeleteRequested);
    connect(m_sidebar, &Sidebar::searchChanged, this, &MainWindow::chatSearchChanged);
    connect(m_sidebar, &Sidebar::settingsRequested, this, [this] {
        openSettingsMenu(m_sidebar->settingsCorner(), true);
    });

    connect(m_sidebar, &Sidebar::devicesRequested, this, &MainWindow::openDeviceMenu);

    TranscriptHeader& header = m_transcriptColumn->header();
    connect(&header, &TranscriptHeader::sidebarRequested, m_columns, &ColumnArea::toggleSidebar);
    connect(&header, &TranscriptHeader::newChatRequested, this, &MainWindow::newChatRequested);
    connect(&header, &TranscriptHeader::openModelRequested, this, &MainWindow::chooseModelFile);
    connect(
        &header, &TranscriptHeader::cancelLoadRequested, this, &MainWindow::cancelLoadRequested);
    connect(&header, &TranscriptHeader::inspectorToggled, this, &MainWindow::setInspectorOpen);
    connect(
        &header, &TranscriptHeader::artifactPaneToggled, this, &MainWindow::userSetArtifactPane);
    connect(&header, &TranscriptHeader::modelFactsRequested, this, [this] {
        m_inspector->openModelSection();
        setInspectorOpen(true);
    });

    Composer& text = composer();
    connect(&text, &Composer::sendRequested, this, &MainWindow::sendRequested);
    connect(&text, &Composer::stopRequested, this, &MainWindow::stopRequested);
    connect(&text, &Composer::draftChanged, this, &MainWindow::draftChanged);
    connect(&text, &Composer::editLastRequested, this, &MainWindow::editLastMessageRequested);
    connect(&text, &Composer::attachRequested, this, &MainWindow::chooseTextFile);
    connect(&text, &Composer::modelNeeded, this, &MainWindow::chooseModelFile);
    connect(&m_transcriptColumn->errorCard(),
        &ErrorCardView::actionTriggered,
        this,
        &MainWindow::errorActionTriggered);
    connect(&m_transcriptColumn->toast(),
        &Toast::actionTriggered,
        this,
        &MainWindow::toastActionTriggered);

    connect(m_inspector, &Inspector::settingsChanged, this, &MainWindow::settingsChanged);
    connect(m_inspector, &Inspector::closeRequested, this, [this] { setInspectorOpen(false); });
    connect(m_columns, &ColumnArea::stateChanged, this, &MainWindow::panesChanged);
    connect(m_columns, &ColumnArea::arranged, this, [this] {
        TranscriptHeader& line = m_transcriptColumn->header();
        line.setSidebarHidden(m_columns->arrangement().sidebar == 0);
        line.setInspectorOpen(m_columns->isInspectorOpen());
        line.setArtifactPaneOpen(m_columns->isArtifactOpen());
        m_artifactPane->setFillsWindow(m_columns->artifactFills());
    });
}

void MainWindow::setChatModel(QAbstractItemModel* model)
{
    m_chats = model;
    m_sidebar->setModel(model);
    if (model) {
        connect(model, &QAbstractItemModel::dataChanged, this, &MainWindow::showTitle);
        connect(model, &QAbstractItemModel::rowsInserted, this, &MainWindow::showTitle);
        connect(model, &QAbstractItemModel::modelReset, this, &MainWindow::showTitle);
    }
    showTitle();
}

void MainWindow::setCurrentChat(const QString& chatId)
{
    m_currentChat = chatId;
    m_sidebar->setCurrentChat(chatId);
    showTitle();
}

void MainWindow::showTitle()
{
    QString title;
    for (int row = 0; m_chats && row < m_chats->rowCount() && title.isEmpty(); ++row) {
        const QModelIndex index = m_chats->index(row, 0);
        if (index.data(ChatIdRole).toString() == m_currentChat)
            title = index.data(Qt::DisplayRole).toString().simplified();
    }
    setWindowTitle(title.isEmpty() ? QStringLiteral("Atelier") : title);
}

void MainWindow::setModelStatus(const ModelStatus& status)
{
    m_model = status;
    m_transcriptColumn->header().setModelStatus(status);
    composer().setModelAvailable(
        status.state == ModelStatus::State::Ready || status.state == ModelStatus::State::Loading);
}

void MainWindow::setContextUsage(const ContextUsage& usage)
{
    m_transcriptColumn->header().setContextUsage(usage);
}

void MainWindow::setDevices(const DeviceChoices& devices)
{
    m_devices = devices;
    if (m_deviceMenu)
        m_deviceMenu->setChoices(devices);
}

void MainWindow::openDeviceMenu()
{
    m_deviceMenu = new DeviceMenu(this);
    m_deviceMenu->setAttribute(Qt::WA_DeleteOnClose);
    m_deviceMenu->setChoices(m_devices);
    connect(m_deviceMenu, &DeviceMenu::chosen, this, &MainWindow::deviceChosen);
    m_deviceMenu->openAbove(m_sidebar->deviceCorner());
    Q_EMIT devicesRequested();
}

void MainWindow::setDeviceStatus(const DeviceStatus& status)
{
    m_sidebar->setDeviceStatus(status);
}

void MainWindow::setWritingStatus(const WritingStatus& status)
{
    m_writing = status;
    composer().setWritingStatus(status);
}

void MainWindow::setModelFacts(const ModelFacts& facts)
{
    m_inspector->setModelFacts(facts);
}

void MainWindow::setSettings(const GenerationSettings& settings, const GenerationSettings& defaults)
{
    m_inspector->setSettings(settings, defaults);
}

void MainWindow::setEmptyChat(bool empty)
{
    m_transcriptColumn->setEmpty(empty);
}

void MainWindow::showError(const ErrorCard& card)
{
    m_columns->showArtifactTab(false); // where they are tabs, the card is in the chat's
    m_transcriptColumn->errorCard().show(card);
}

void MainWindow::clearError()
{
    m_transcriptColumn->errorCard().clear();
}

void MainWindow::showToast(const QString& text, const QString& actionId, const QString& actionLabel)
{
    m_transcriptColumn->toast().show(text, actionId, actionLabel);
}

TranscriptView& MainWindow::transcript()
{
    return m_transcriptColumn->transcript();
}

ArtifactPane& MainWindow::artifactPane()
{
    return *m_artifactPane;
}

Composer& MainWindow::composer()
{
    return m_transcriptColumn->composer();
}

void MainWindow::setInspectorOpen(bool open)
{
    m_columns->setInspectorOpen(open);
    if (!open && !composer().hasFocusInside())
        composer().focusText();
}

QByteArray MainWindow::savePanes() const
{
    return m_columns->state().save();
}

void MainWindow::restorePanes(const QByteArray& bytes)
{
    m_columns->setState(ColumnState::restore(bytes));
}

void MainWindow::applyThemeNow()
{
    applyTheme(*this, m_theme);
    transcript().setAppearance(m_theme.appearance());
    m_artifactPane->setAppearance(m_theme.appearance());
    Q_EMIT appearanceChanged(m_theme.appearance());
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    m_transcriptColumn->setHintsShown(event->size().height() >= kHintsFrom);
    if (isVisible())
        Q_EMIT panesChanged(); // the size is remembered with them
}

void MainWindow::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QMainWindow::changeEvent(event);
}

} // namespace atelier
