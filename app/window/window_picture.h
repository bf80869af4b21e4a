// SPDX-License-Identifier: MIT
// A picture of the whole window, web pages included (--screenshot-window).
#pragma once

#include "app/command_line.h"

#include <QObject>
#include <QTimer>

namespace atelier {

class WindowProgram;

/// Sends the prompts, if there are any, waits for the right moment of the last reply, and saves
/// what the window shows.
///
/// Owner: main(). Threads: GUI thread only. `program` outlives it and has not been started.
class WindowPicture final : public QObject
{
    Q_OBJECT

public:
    WindowPicture(WindowProgram& program, const CommandLine& line);

    void start();

Q_SIGNALS:
    void ended(int exitCode);

private:
    void sendNext();
    bool isMoment() const;
    bool isDrawn() const; // what the last reply has to show
    void checkMoment();
    void save();
    void fail(const QString& line);

    WindowProgram& m_program;
    CommandLine m_line;
    QTimer m_poll; // a picture has no signal to wait for: pages paint when they like
    QTimer m_limit;
    bool m_pageReady = false;
    bool m_modelReady = false;
    qsizetype m_sent = 0; // prompts
    qsizetype m_replied = 0;
    bool m_painted = false; // of the last prompt's artifact: something
    bool m_drawn = false;   // all of it
    int m_quietPolls = 0;
};

} // namespace atelier
