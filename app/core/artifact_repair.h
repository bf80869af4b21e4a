// SPDX-License-Identifier: MIT
// Collects what goes wrong on the stage, asks the model for a fix, and keeps the better version.
#pragma once

#include "app/core/run_report.h"

#include <QHash>
#include <QObject>
#include <QString>

#include <optional>

namespace atelier {

class ConversationController;
class WindowScreen;

/// A fix is a message like any other, so its answer is the artifact's next version. When that one
/// has run, it stays the current one only if isBetterRun(); else the version before is shown again.
/// After kMostTries without a clean run it stops offering: the person knows more than an error
/// does. Tries, and the last version that ran, are kept with the chat.
///
/// Everything handed in outlives it. Owner: WindowProgram. Threads: GUI thread only.
class ArtifactRepair final : public QObject
{
    Q_OBJECT

public:
    static constexpr int kMostTries = 3;

    ArtifactRepair(ConversationController& chat, WindowScreen& window, QObject* parent = nullptr);

    /// The stage begins a run of the shown version, or of an edit that is not kept yet; what
    /// happens next belongs to it.
    void runBegan(bool isEdit);
    void editKept(); // what runs is the shown version now
    void add(const ConsoleEntry& entry);
    void addBlank();
    void addStopped();
    /// The run has drawn, or ended, and some time has passed: it can be judged.
    void runSettled();

    bool hasProblems() const; // of what runs
    bool hasFailed() const;   // it was stopped, drew nothing or had an error
    /// The newest version of this artifact that ran without a problem; its key.
    QString lastThatRan() const;
    /// What ask() would send; empty, and a word to the person, when there is nothing to ask for.
    QString request();
    void ask(const QString& message);

Q_SIGNALS:
    void changed(); // hasProblems() or lastThatRan()

private:
    struct Attempt
    {
        QString artifact;       // key of its first version
        QString before;         // the version that is to be fixed
        RunReport report;       // of that one
        qsizetype versions = 0; // of the artifact, when it was asked for
    };

    QString artifact() const; // the shown one
    void keepCleanRun();
    void judge(const QString& key);

    ConversationController& m_chat;
    WindowScreen& m_window;
    QString m_running; // the version that the stage runs
    QHash<QString, RunReport> m_reports;
    QHash<QString, bool> m_settled; // versions that have run to where they can be judged
    std::optional<Attempt> m_attempt;
};

} // namespace atelier
