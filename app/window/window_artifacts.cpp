// SPDX-License-Identifier: MIT
// The wires between the artifact pane and the chat whose artifacts it shows.
#include "app/window/window_program.h"
#include "renderers/artifact_view.h"
#include "ui/artifacts/artifact_pane.h"

#include <QBuffer>
#include <QImage>
#include <QPointer>

namespace atelier {

namespace {

constexpr QSize kThumbnail(112, 112); // the strip's 44 x 48 and the card's 56 x 44, twice as dense

} // namespace

void WindowProgram::connectVersions()
{
    using Chat = ConversationController;
    ConversationController& chat = m_studio.conversation();
    ArtifactPane& pane = m_window.artifactPane();
    connect(&pane, &ArtifactPane::versionChosen, &chat, &Chat::showVersion);
    connect(&pane, &ArtifactPane::versionStepRequested, &chat, &Chat::stepVersion);
    connect(&pane, &ArtifactPane::restoreRequested, &chat, &Chat::restoreVersion);
    connect(&pane.preview(), &ArtifactView::storageChanged, this, [&chat, &pane] {
        chat.setArtifactStorage(pane.preview().storage());
    });
}

void WindowProgram::pictureCard()
{
    const ArtifactPresenter& shown = m_studio.conversation().shownArtifact();
    if (!shown.isShowingAnything()) {
        return;
    }
    const QString key = shown.key();
    // The page may answer after the program has ended, or not at all.
    QPointer<WindowProgram> self(this);
    ArtifactView& preview = m_window.artifactPane().preview();
    const bool drawing = preview.kind() == ArtifactKind::Svg;
    preview.grabImage([self, key, drawing](const QImage& image) {
        if (!self || image.isNull() ||
            !self->m_studio.conversation().shownArtifact().isShowing(key)) {
            return; // it shows another one by now
        }
        const QImage small =
            image.scaled(kThumbnail, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
        // A page is known by its top, a drawing by its middle.
        const QSize rest = small.size() - kThumbnail;
        const QPoint corner(rest.width() / 2, drawing ? rest.height() / 2 : 0);
        QByteArray png;
        QBuffer buffer(&png);
        buffer.open(QIODevice::WriteOnly);
        small.copy(QRect(corner, kThumbnail)).save(&buffer, "PNG");
        self->m_studio.conversation().setThumbnail(key, png);
    });
}

} // namespace atelier
