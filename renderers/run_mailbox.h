// SPDX-License-Identifier: MIT
// Carries what a person types and clicks from a runner's page to its program, which may be busy in
// a loop of its own and hear no events: it asks, and waits for the answer.
#pragma once

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QTimer>

class QUrl;
class QWebEngineUrlRequestJob;

namespace atelier {

/// Two addresses that only the run's own page and its workers reach:
/// https://artifact.local/tell?LETTER leaves a letter, https://artifact.local/ask?MS answers with
/// all letters, one a line, when there are some, or after that many milliseconds with none.
/// What does not fit is dropped: a page can only lose its own letters.
///
/// Owner: the run. Threads: GUI thread only.
class RunMailbox final : public QObject
{
    Q_OBJECT

public:
    static constexpr int kMostLetters = 512;
    static constexpr int kLongestLetter = 8192; // characters, percent-encoded
    static constexpr int kLongestWait = 30000;  // ms

    static QString origin(); // "https://artifact.local"
    static bool isAddress(const QUrl& url);
    /// Where a request goes; the run's scheme handler hands it to answer().
    static QUrl redirected(const QUrl& url);

    RunMailbox();
    void answer(QWebEngineUrlRequestJob* job);

private:
    void tell(const QString& letter);
    void ask(QWebEngineUrlRequestJob* job, int ms);
    void deliver();

    QByteArray m_letters;
    int m_count = 0;
    QPointer<QWebEngineUrlRequestJob> m_asking; // one at a time: a newer question answers the older
    QTimer m_limit;
};

} // namespace atelier
