// SPDX-License-Identifier: MIT
#include "app/window/window_picture.h"

#include "app/window/window_program.h"
#include "renderers/artifact_view.h"
#include "renderers/transcript_view.h"
#include "ui/artifacts/artifact_pane.h"

#include <QFileInfo>
#include <QPixmap>

#include <chrono>
#include <cstdio>

namespace atelier {

namespace {

constexpr int kPollMs = 40;
constexpr int kQuietPolls = 25;       // a second without news: everything has painted
constexpr int kStreamingSource = 850; // characters: something is there, more is to come

} // namespace

WindowPicture::WindowPicture(WindowProgram& program, const CommandLine& line)
    : m_program(program),
      m_line(line)
{
    m_poll.setInterval(kPollMs);
    connect(&m_poll, &QTimer::timeout, this, &WindowPicture::checkMoment);
    m_limit.setSingleShot(true);
    m_limit.setInterval(std::chrono::minutes(3));
    connect(&m_limit, &QTimer::timeout, this, [this] {
        fail(QStringLiteral("The window was not ready for its picture in three minutes."));
    });
    Studio& studio = program.studio();
    connect(&program.window().transcript(), &TranscriptView::ready, this, [this] {
        m_pageReady = true;
    });
    connect(&studio.models(), &ModelController::modelReady, this, [this] { m_modelReady = true; });
    connect(&studio.models(), &ModelController::loadFailed, this, [this] { m_modelReady = true; });
    connect(
        &studio.conversation(), &ConversationController::replyEnded, this, [this] { ++m_replied; });
    connect(&program.window().artifactPane().preview(), &ArtifactView::firstPaint, this, [this] {
        m_painted = true;
    });
    connect(&program.window().artifactPane().preview(), &ArtifactView::drawn, this, [this] {
        m_drawn = true;
    });
}

void WindowPicture::start()
{
    m_program.window().resize(m_line.size);
    m_program.start(m_line.file);
    m_poll.start();
    m_limit.start();
}

void WindowPicture::sendNext()
{
    m_painted = false;
    m_drawn = false;
    m_quietPolls = 0;
    m_program.studio().conversation().send(m_line.prompts[m_sent]);
    ++m_sent;
}

void WindowPicture::checkMoment()
{
    if (!m_modelReady) {
        return;
    }
    const bool all = m_sent == m_line.prompts.size();
    if (!all && m_replied == m_sent) {
        // Not before the last artifact is drawn: the strip shows a picture of each version.
        if (m_sent == 0 || (isDrawn() && ++m_quietPolls >= kQuietPolls)) {
            sendNext();
        }
        return;
    }
    const bool streaming = m_line.when == CommandLine::When::Streaming;
    if (streaming && all && m_replied == m_sent) {
        fail(QStringLiteral(
            "The reply ended before there was a picture of it being written. A longer "
            "one, after another --prompt, leaves more time."));
    } else if (all && isMoment() && (streaming || ++m_quietPolls >= kQuietPolls)) {
        save();
    }
}

bool WindowPicture::isMoment() const
{
    if (m_line.prompts.isEmpty()) {
        return true;
    }
    const ArtifactPresenter& shown = m_program.studio().conversation().shownArtifact();
    if (m_line.when == CommandLine::When::Streaming) {
        return m_pageReady && m_painted && shown.source().size() >= kStreamingSource;
    }
    return m_replied == m_sent && isDrawn();
}

bool WindowPicture::isDrawn() const
{
    const ArtifactPresenter& shown = m_program.studio().conversation().shownArtifact();
    // A hidden page does not paint, so an empty chat's never says that it is ready.
    return m_pageReady && (m_drawn || !shown.isShowingAnything());
}

void WindowPicture::save()
{
    m_poll.stop();
    m_limit.stop();
    const QString path = QFileInfo(m_line.picture).absoluteFilePath();
    if (!m_program.window().grab().save(path, "PNG")) {
        fail(QStringLiteral("\"%1\" could not be written.").arg(path));
        return;
    }
    std::printf("%s\n", qPrintable(path));
    std::fflush(stdout);
    Q_EMIT ended(0);
}

void WindowPicture::fail(const QString& line)
{
    m_poll.stop();
    std::fprintf(stderr, "atelier: %s\n", qPrintable(line));
    Q_EMIT ended(1);
}

} // namespace atelier
