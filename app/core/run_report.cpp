// SPDX-License-Identifier: MIT
#include "app/core/run_report.h"

#include "app/core/quoted_source.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <array>
#include <tuple>

namespace atelier {

namespace {

constexpr qsizetype kLongestText = 300; // characters of a problem that are sent
constexpr qsizetype kMostSent = 12;

class Words // gives the texts below a context for translators
{
    Q_DECLARE_TR_FUNCTIONS(RunReport)
};

auto rank(const RunReport& report)
{
    using Kind = RunProblem::Kind;
    return std::make_tuple(report.count(Kind::Stopped),
        report.count(Kind::Blank),
        report.count(Kind::Error),
        report.count(Kind::Blocked));
}

QString sentence(const RunProblem& problem)
{
    QString text = problem.text.simplified().left(kLongestText);
    switch (problem.kind) {
    case RunProblem::Kind::Stopped:
        return Words::tr("A script ran for 3 seconds without a pause, so the page was stopped.");
    case RunProblem::Kind::Blank:
        return Words::tr("The page drew nothing.");
    case RunProblem::Kind::Blocked:
        text = Words::tr("A request was blocked: %1").arg(text);
        if (!problem.hint.isEmpty()) {
            text += QStringLiteral(" (%1)").arg(problem.hint.left(kLongestText));
        }
        return text;
    case RunProblem::Kind::Error:
        break;
    }
    if (problem.line > 0) {
        text = Words::tr("Line %1: %2").arg(QString::number(problem.line), text);
    }
    if (problem.count > 1) {
        text += QLatin1Char(' ') + Words::tr("(%n times)", nullptr, problem.count);
    }
    return text;
}

} // namespace

void RunReport::add(const ConsoleEntry& entry)
{
    if (entry.level == ConsoleEntry::Level::Error) {
        insert({RunProblem::Kind::Error, entry.text, {}, entry.line, std::max(1, entry.count)});
    } else if (entry.level == ConsoleEntry::Level::Blocked) {
        insert({RunProblem::Kind::Blocked,
            entry.text,
            entry.hint,
            entry.line,
            std::max(1, entry.count)});
    }
}

void RunReport::insert(RunProblem problem)
{
    const bool byLine = problem.kind == RunProblem::Kind::Error;
    for (RunProblem& known : m_problems) {
        if (known.kind == problem.kind && known.text == problem.text &&
            (!byLine || known.line == problem.line)) {
            known.count += problem.count;
            return;
        }
    }
    if (m_problems.size() < kMostProblems) {
        m_problems.append(std::move(problem));
    }
}

int RunReport::count(RunProblem::Kind kind) const
{
    return int(std::count_if(m_problems.begin(), m_problems.end(), [kind](const RunProblem& p) {
        return p.kind == kind;
    }));
}

bool isBetterRun(const RunReport& now, const RunReport& before)
{
    return rank(now) < rank(before);
}

QString fixRequest(const RunReport& report,
    const QString& title,
    int version,
    const QString& language,
    const QString& source)
{
    QStringList lines;
    lines << (title.isEmpty() ? Words::tr("Fix version %1.").arg(version)
                              : Words::tr("Fix “%1”, version %2.")
                                    .arg(title.simplified(), QString::number(version)))
          << QString() << Words::tr("When it ran, this happened:") << QString();
    for (const RunProblem& problem : report.problems().mid(0, kMostSent)) {
        lines << QStringLiteral("- ") + sentence(problem);
    }
    if (const qsizetype more = report.problems().size() - kMostSent; more > 0) {
        lines << QStringLiteral("- ") + Words::tr("and %n more", nullptr, int(more));
    }
    lines << QString() << Words::tr("This is its source:") << QString()
          << quotedSource(source, language) << QString()
          << Words::tr("Answer with the complete corrected source in one code block.");
    return lines.join(QLatin1Char('\n'));
}

} // namespace atelier
