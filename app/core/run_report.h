// SPDX-License-Identifier: MIT
// What went wrong while a version of an artifact ran, each thing once.
#pragma once

#include "renderers/artifact_view.h"

#include <QList>
#include <QString>

namespace atelier {

struct RunProblem
{
    enum class Kind { Stopped, Blank, Error, Blocked };

    Kind kind = Kind::Error;
    QString text; // untrusted
    QString hint; // of a blocked request
    int line = 0; // of the source; 0: not known
    int count = 1;
    bool operator==(const RunProblem&) const = default;
};

/// The same error at the same line is one problem, however often it happened; so is a request to
/// the same address. Bounded: a page that fails in a thousand ways fails enough.
class RunReport
{
public:
    static constexpr int kMostProblems = 50;

    void add(const ConsoleEntry& entry); // messages and warnings are no problems
    void addBlank() { insert({RunProblem::Kind::Blank, {}, {}, 0, 1}); }
    void addStopped() { insert({RunProblem::Kind::Stopped, {}, {}, 0, 1}); }

    const QList<RunProblem>& problems() const { return m_problems; }
    bool isClean() const { return m_problems.isEmpty(); }
    int count(RunProblem::Kind kind) const; // of different ones

private:
    void insert(RunProblem problem);

    QList<RunProblem> m_problems;
};

/// Whether `now` is better than `before`: a page that goes on running is better than one that had
/// to be stopped, one that draws better than a blank one, then fewer different errors count, then
/// fewer refused requests. The same is not better.
bool isBetterRun(const RunReport& now, const RunReport& before);

/// What is sent to the model, in the language of the interface: what happened, then the source.
QString fixRequest(const RunReport& report,
    const QString& title,
    int version,
    const QString& language, // of the fence: "html"
    const QString& source);

} // namespace atelier
