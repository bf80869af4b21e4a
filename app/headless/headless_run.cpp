// SPDX-License-Identifier: MIT
#include "app/headless/headless_run.h"

#include "app/storage/atomic_file.h"
#include "renderers/offline_library.h"

#include <QBuffer>
#include <QFileInfo>
#include <QImage>

#include <chrono>
#include <cstdio>
#include <utility>

namespace atelier {

namespace {

constexpr auto kDrawLimit = std::chrono::seconds(30);
constexpr QSize kStage(960, 720);

void print(FILE* to, const QString& text)
{
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), to);
    std::fflush(to);
}

} // namespace

HeadlessRun::HeadlessRun(
    const HeadlessOptions& options, std::shared_ptr<EngineFactory> engine, ThreadReaper& reaper)
    : m_options(options),
      m_artifact(m_view),
      m_studio(options.studio, std::move(engine), reaper, {m_transcript, m_artifact, m_frame})
{
    m_view.setLibrary(OfflineLibrary::openInstalled());
    m_view.resize(kStage);
    m_view.setVisible(
        true); // on the offscreen platform nobody sees it, and hidden pages do not paint
    m_drawLimit.setSingleShot(true);
    m_drawLimit.setInterval(kDrawLimit);
    connect(&m_drawLimit, &QTimer::timeout, this, [this] {
        fail(tr("The artifact was not drawn within %1 seconds.").arg(qint64(kDrawLimit.count())));
    });
    connect(&m_view, &ArtifactView::drawn, this, [this] {
        m_drawn = true;
        takePicture();
    });
    connect(&m_view, &ArtifactView::runStateChanged, this, [this](ArtifactView::RunState state) {
        if (state == ArtifactView::RunState::Stopped && m_artifact.isFinished()) {
            fail(tr("The artifact's page stopped."));
        }
    });
    connect(&m_studio.models(), &ModelController::modelReady, this, &HeadlessRun::ask);
    connect(&m_studio.models(), &ModelController::loadFailed, this, [this](const Error& error) {
        const ErrorCard& card = m_frame.card();
        fail(card.title.isEmpty() ? QString::fromStdString(error.message)
                                  : card.title + QLatin1Char(' ') + card.text);
    });
    connect(&m_studio.conversation(),
        &ConversationController::textArrived,
        this,
        [this](const QString& text) {
            print(stdout, text);
            m_atLineStart = text.endsWith(QLatin1Char('\n'));
        });
    connect(&m_studio.conversation(),
        &ConversationController::replyEnded,
        this,
        [this](const QString&, StoredState state) { onReplyEnded(state); });
}

void HeadlessRun::start()
{
    const QString file =
        m_options.modelFile.isEmpty() ? m_options.studio.demoModel : m_options.modelFile;
    if (file.isEmpty()) {
        // Through the event loop, so that whoever listens is there.
        QMetaObject::invokeMethod(
            this,
            [this] { fail(tr("The demo model is missing; choose one with --model FILE.")); },
            Qt::QueuedConnection);
        return;
    }
    m_studio.start(file);
}

void HeadlessRun::interrupt()
{
    m_studio.models().cancel();
    m_studio.conversation().stop();
    fail(tr("Interrupted."));
}

void HeadlessRun::ask()
{
    GenerationSettings settings = m_frame.settings();
    settings.temperature = 0;
    // After the chats were opened, which is what gives the message a chat to go to.
    m_studio.store().whenWritten([this, settings] {
        m_studio.conversation().setSettings(settings);
        m_studio.conversation().send(m_options.prompt);
    });
}

void HeadlessRun::onReplyEnded(StoredState state)
{
    m_replied = true;
    const TranscriptMessage& reply = m_transcript.last();
    if (!m_atLineStart) {
        print(stdout, QStringLiteral("\n"));
    }
    if (reply.tokens > 0) {
        print(stdout,
            tr("\n%1 tokens, %2 tok/s\n").arg(reply.tokens).arg(reply.tokensPerSecond, 0, 'f', 1));
    }
    if (state == StoredState::Failed) {
        fail(reply.errorTitle + QLatin1Char(' ') + reply.errorText);
    } else if (!m_studio.conversation().shownArtifact().isShowingAnything()) {
        fail(tr("The reply has no artifact to draw."));
    } else if (!m_artifact.isFinished()) {
        fail(tr("The artifact was cut off before its end."));
    } else {
        m_drawLimit.start();
        takePicture();
    }
}

void HeadlessRun::takePicture()
{
    if (!m_drawn || !m_replied || m_ended) {
        return;
    }
    m_view.grabImage([this](const QImage& image) {
        QByteArray png;
        QBuffer buffer(&png);
        buffer.open(QIODevice::WriteOnly);
        if (image.isNull() || !image.save(&buffer, "PNG")) {
            fail(tr("The artifact's page gave no picture."));
            return;
        }
        const QString path = QFileInfo(m_options.picture).absoluteFilePath();
        if (const Status written = writeFileAtomically(path, png); !written) {
            fail(QString::fromStdString(written.error().message));
            return;
        }
        print(stdout, path + QLatin1Char('\n'));
        end(0);
    });
}

void HeadlessRun::fail(const QString& line)
{
    if (!m_ended) {
        print(stderr, QStringLiteral("atelier: ") + line + QLatin1Char('\n'));
        end(1);
    }
}

void HeadlessRun::end(int exitCode)
{
    m_ended = true;
    m_drawLimit.stop();
    Q_EMIT ended(exitCode);
}

} // namespace atelier
