// SPDX-License-Identifier: MIT
// A picture of the whole window, web pages included (--screenshot-window).
#pragma once

#include "app/command_line.h"

#include <QObject>
#include <QTimer>

namespace atelier {

class WindowProgram;

/// Sends a prompt if there is one, waits for the right moment, and saves what the window shows.
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
    void send();
    void checkMoment();
    void save();
    void fail(const QString& line);

    WindowProgram& m_program;
    CommandLine m_line;
    QTimer m_poll; // a picture has no signal to wait for: pages paint when they like
    QTimer m_limit;
    bool m_pageReady = false;
    bool m_modelReady = false;
    bool m_sent = false;
    bool m_replied = false;
    bool m_drawn = false;
    int m_quietPolls = 0;
};

} // namespace atelier
