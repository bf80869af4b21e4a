// SPDX-License-Identifier: MIT
// The wires between the artifact pane and the chat whose artifacts it shows.
#include "app/window/window_program.h"
#include "renderers/artifact_view.h"
#include "renderers/cdn_rules.h"
#include "ui/artifacts/artifact_pane.h"
#include "ui/artifacts/compare_window.h"
#include "ui/artifacts/fix_dialog.h"
#include "ui/artifacts/replay_window.h"

#include <QBuffer>
#include <QImage>
#include <QPointer>
#include <QUrl>

#include <chrono>

namespace atelier {

namespace {

constexpr QSize kThumbnail(112, 112); // the strip's 44 x 48 and the card's 56 x 44, twice as dense
constexpr auto kSettle = std::chrono::milliseconds(1500);
constexpr auto kFirstPicture = std::chrono::milliseconds(200); // its cover has gone by then
constexpr auto kDraftPictures = std::chrono::milliseconds(1500);

QByteArray thumbnailOf(const QImage& image, ArtifactKind kind)
{
    const QImage small =
        image.scaled(kThumbnail, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
    // A page is known by its top, a drawing by its middle.
    const QSize rest = small.size() - kThumbnail;
    const QPoint corner(rest.width() / 2, kind == ArtifactKind::Svg ? rest.height() / 2 : 0);
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    small.copy(QRect(corner, kThumbnail)).save(&buffer, "PNG");
    return png;
}

} // namespace

void WindowProgram::connectVersions()
{
    using Chat = ConversationController;
    ConversationController& chat = m_studio.conversation();
    ArtifactPane& pane = m_window.artifactPane();
    connect(&pane, &ArtifactPane::versionChosen, &chat, &Chat::chooseVersion);
    connect(&pane, &ArtifactPane::versionStepRequested, &chat, &Chat::stepVersion);
    connect(&pane, &ArtifactPane::restoreRequested, &chat, &Chat::restoreVersion);
    connect(&pane, &ArtifactPane::compareRequested, this, &WindowProgram::compareVersions);
    connect(&pane, &ArtifactPane::replayRequested, this, &WindowProgram::replayVersion);
    connect(&pane, &ArtifactPane::edited, &chat, &Chat::setEdit);
    connect(&pane, &ArtifactPane::discardRequested, &chat, &Chat::discardEdit);
    connect(&pane, &ArtifactPane::keepRequested, this, [this, &chat] {
        chat.keepEdit();
        m_repair.editKept();
        pictureCard();
    });
    connect(&pane.preview(), &ArtifactView::storageChanged, this, [&chat, &pane] {
        chat.setArtifactStorage(pane.preview().storage());
    });
}

void WindowProgram::connectStage()
{
    ArtifactPane& pane = m_window.artifactPane();
    connect(&pane.preview(), &ArtifactView::consoleEntry, this, &WindowProgram::hearConsole);
    connect(&pane.preview(), &ArtifactView::drawn, this, &WindowProgram::pictureCard);
    m_draftTimer.setInterval(kDraftPictures);
    connect(&m_draftTimer, &QTimer::timeout, this, &WindowProgram::pictureDraft);
    connect(&pane.preview(), &ArtifactView::firstPaint, this, [this] {
        QTimer::singleShot(kFirstPicture, this, &WindowProgram::pictureDraft);
        m_draftTimer.start();
    });
    connect(&pane.preview(), &ArtifactView::began, &m_draftTimer, &QTimer::stop);
    connect(&pane, &ArtifactPane::reloadRequested, this, [&pane] {
        pane.clearConsole();
        pane.preview().reload();
    });
    connect(&pane, &ArtifactPane::copyRequested, this, [this] {
        m_frame.copyText(stageSource());
        m_frame.showToast(tr("Source copied"), {}, {});
    });
    connect(&pane, &ArtifactPane::saveRequested, this, &WindowProgram::saveArtifact);
    connect(&pane, &ArtifactPane::pictureRequested, this, &WindowProgram::copyPicture);
    connect(&pane, &ArtifactPane::screenshotRequested, this, &WindowProgram::attachPicture);
    connect(&pane, &ArtifactPane::browserRequested, this, &WindowProgram::openInBrowser);
    connect(&pane, &ArtifactPane::networkAllowed, this, [this, &pane](const QString& host) {
        pane.preview().setNetworkAllowed(m_studio.conversation().allowHost(host));
        pane.clearConsole();
        pane.preview().reload();
    });
}

void WindowProgram::connectRepair()
{
    ArtifactPane& pane = m_window.artifactPane();
    m_settleTimer.setSingleShot(true);
    m_settleTimer.setInterval(kSettle);
    connect(&m_settleTimer, &QTimer::timeout, &m_repair, &ArtifactRepair::runSettled);
    ArtifactView* view = &pane.preview();
    connect(view, &ArtifactView::began, this, [this, &pane] {
        m_settleTimer.stop();
        m_repair.runBegan(pane.isEdited());
    });
    connect(view, &ArtifactView::blank, &m_repair, &ArtifactRepair::addBlank);
    connect(view, &ArtifactView::drawn, &m_settleTimer, qOverload<>(&QTimer::start));
    connect(view, &ArtifactView::runStateChanged, this, [this](ArtifactView::RunState state) {
        if (state == ArtifactView::RunState::Unresponsive) {
            m_repair.addStopped();
            m_repair.runSettled();
        } else if (state == ArtifactView::RunState::Stopped) {
            m_repair.runSettled();
        }
    });
    connect(&m_repair, &ArtifactRepair::changed, this, [this, &pane] {
        pane.setFailed(m_repair.hasFailed(), m_repair.lastThatRan());
    });
    connect(&pane, &ArtifactPane::fixRequested, this, &WindowProgram::askForFix);
    connect(&pane,
        &ArtifactPane::elementWished,
        &m_studio.conversation(),
        &ConversationController::askForChange);
}

void WindowProgram::hearConsole(const ConsoleEntry& entry)
{
    ArtifactPane& pane = m_window.artifactPane();
    pane.addConsoleEntry(entry);
    m_repair.add(entry);
    const QUrl url(entry.text);
    const bool web =
        url.scheme() == QStringLiteral("https") || url.scheme() == QStringLiteral("http");
    // What a CDN has and the library has not is no reason to open the network.
    if (entry.level == ConsoleEntry::Level::Blocked && web && !isCdnHost(url.host())) {
        pane.askForNetwork(
            url.port() < 0 ? url.host() : QStringLiteral("%1:%2").arg(url.host()).arg(url.port()));
    }
}

void WindowProgram::askForFix()
{
    const QString message = m_repair.request();
    if (message.isEmpty()) {
        return;
    }
    auto* dialog = new FixDialog(message, &m_window);
    applyTheme(*dialog, m_theme);
    connect(dialog, &FixDialog::sendRequested, &m_repair, &ArtifactRepair::ask);
    dialog->open();
}

void WindowProgram::compareVersions(const QString& before, const QString& after)
{
    ConversationController& chat = m_studio.conversation();
    const ArtifactVersion* older = chat.artifactHistory().find(before);
    const ArtifactVersion* newer = chat.artifactHistory().find(after);
    if (!older || !newer) {
        return;
    }
    const ReplyPart part = chat.artifactPart(before);
    auto* window = new CompareWindow(part.kind,
        {tr("Version %1").arg(older->number), part.text},
        {tr("Version %1").arg(newer->number), chat.artifactPart(after).text},
        m_theme.appearance(),
        m_library,
        &m_window);
    applyTheme(*window, m_theme);
    window->show();
}

void WindowProgram::replayVersion(const QString& key)
{
    ConversationController& chat = m_studio.conversation();
    const ArtifactVersion* version = chat.artifactHistory().find(key);
    if (!version) {
        return;
    }
    const ReplyPart part = chat.artifactPart(key);
    auto* window = new ReplayWindow(part.kind,
        part.language,
        tr("Version %1").arg(version->number),
        part.text,
        m_theme.appearance(),
        m_library,
        &m_window);
    applyTheme(*window, m_theme);
    window->show();
}

void WindowProgram::pictureCard()
{
    const ArtifactPresenter& shown = m_studio.conversation().shownArtifact();
    if (!shown.isShowingAnything() || m_window.artifactPane().isEdited()) {
        return; // an edit that is not kept has no card
    }
    const QString key = shown.key();
    // The page may answer after the program has ended, or not at all.
    QPointer<WindowProgram> self(this);
    ArtifactView& preview = m_window.artifactPane().preview();
    preview.grabImage([self, key, kind = preview.kind()](const QImage& image) {
        if (!self || image.isNull() ||
            !self->m_studio.conversation().shownArtifact().isShowing(key) ||
            self->m_window.artifactPane().isEdited()) {
            return; // it shows another one by now
        }
        self->m_studio.conversation().setThumbnail(key, thumbnailOf(image, kind));
    });
}

// One look at what is on the stage: it goes on growing, so there is no rest to wait for.
void WindowProgram::pictureDraft()
{
    ConversationController& chat = m_studio.conversation();
    ArtifactView& preview = m_window.artifactPane().preview();
    const QString key = chat.shownArtifact().key();
    if (preview.runState() != ArtifactView::RunState::Streaming || !chat.isDrafting(key)) {
        m_draftTimer.stop();
        return;
    }
    if (preview.isVisible()) {
        chat.setDraftThumbnail(key, thumbnailOf(preview.grab().toImage(), preview.kind()));
    }
}

} // namespace atelier
