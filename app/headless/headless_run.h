// SPDX-License-Identifier: MIT
// One reply without a window: text to the terminal as it comes, its artifact into a picture.
#pragma once

#include "app/core/studio.h"
#include "app/headless/terminal_screens.h"
#include "renderers/artifact_view.h"

#include <QObject>
#include <QTimer>

#include <memory>

namespace atelier {

struct HeadlessOptions
{
    StudioOptions studio;
    QString modelFile; // empty: the demo model
    QString prompt;
    QString picture;
};

/// Greedy, so that the same prompt gives the same picture.
///
/// Owner: main(). Threads: GUI thread only.
class HeadlessRun final : public QObject
{
    Q_OBJECT

public:
    HeadlessRun(const HeadlessOptions& options,
        std::shared_ptr<EngineFactory> engine,
        ThreadReaper& reaper);

    void start();
    void interrupt(); // Ctrl+C: stops and ends with exit code 1

Q_SIGNALS:
    void ended(int exitCode); // 0: the artifact was drawn and the picture is there

private:
    void ask();
    void onReplyEnded(StoredState state);
    void takePicture();
    void fail(const QString& line);
    void end(int exitCode);

    HeadlessOptions m_options;
    ArtifactView m_view;
    TerminalTranscript m_transcript;
    OffscreenArtifact m_artifact;
    TerminalFrame m_frame;
    Studio m_studio;
    QTimer m_drawLimit;
    bool m_drawn = false;
    bool m_replied = false;
    bool m_ended = false;
    bool m_atLineStart = true;
};

} // namespace atelier
