// SPDX-License-Identifier: MIT
#include "app/core/artifact_repair.h"

#include "app/core/conversation_controller.h"
#include "app/core/quoted_source.h"

#include <utility>

namespace atelier {

namespace {

const QString kEdit = QStringLiteral("edit"); // no key of a version

} // namespace

ArtifactRepair::ArtifactRepair(ConversationController& chat, WindowScreen& window, QObject* parent)
    : QObject(parent),
      m_chat(chat),
      m_window(window)
{
    connect(&chat, &ConversationController::replyEnded, this, [this] {
        // An answer without a new version leaves nothing to judge.
        if (m_attempt && m_chat.artifactHistory().versionsWith(m_attempt->before).size() <=
                             m_attempt->versions) {
            m_attempt.reset();
        }
    });
}

QString ArtifactRepair::artifact() const
{
    return m_chat.artifactHistory().facts(m_chat.shownArtifact().key()).id;
}

void ArtifactRepair::runBegan(bool isEdit)
{
    const ArtifactPresenter& shown = m_chat.shownArtifact();
    m_running = !shown.isShowingAnything() ? QString() : isEdit ? kEdit : shown.key();
    m_reports.remove(m_running);
    m_settled.remove(m_running);
    Q_EMIT changed();
}

void ArtifactRepair::editKept()
{
    if (m_running == kEdit) {
        m_running = m_chat.shownArtifact().key();
        m_reports.insert(m_running, m_reports.take(kEdit));
        m_settled.insert(m_running, m_settled.take(kEdit));
        keepCleanRun();
    }
}

// No more tries to count, and a version to go back to.
void ArtifactRepair::keepCleanRun()
{
    const bool clean = m_settled.value(m_running) && m_reports.value(m_running).isClean();
    const ArtifactHistory& history = m_chat.artifactHistory();
    const ArtifactVersion* version = history.find(m_running);
    if (!clean || !version) {
        return;
    }
    const ArtifactVersion* last = history.find(history.facts(m_running).ran);
    m_chat.setArtifactFacts(m_running, [&](StoredArtifact& facts) {
        facts.tries = 0;
        if (!last || last->number < version->number) {
            facts.ran = version->key;
        }
    });
}

void ArtifactRepair::add(const ConsoleEntry& entry)
{
    const bool counts =
        entry.level == ConsoleEntry::Level::Error || entry.level == ConsoleEntry::Level::Blocked;
    if (counts && !m_running.isEmpty()) {
        m_reports[m_running].add(entry);
        Q_EMIT changed();
    }
}

void ArtifactRepair::addBlank()
{
    if (!m_running.isEmpty()) {
        m_reports[m_running].addBlank();
        Q_EMIT changed();
    }
}

void ArtifactRepair::addStopped()
{
    if (!m_running.isEmpty()) {
        m_reports[m_running].addStopped();
        Q_EMIT changed();
    }
}

void ArtifactRepair::runSettled()
{
    if (m_running.isEmpty() || m_settled.value(m_running)) {
        return;
    }
    m_settled.insert(m_running, true);
    keepCleanRun();
    Q_EMIT changed();
    judge(m_running);
}

void ArtifactRepair::judge(const QString& key)
{
    const ArtifactHistory& history = m_chat.artifactHistory();
    const ArtifactVersion* after = history.find(key);
    const ArtifactVersion* before = m_attempt ? history.find(m_attempt->before) : nullptr;
    const bool isItsFix = after && before && after->number > before->number &&
                          history.facts(key).id == m_attempt->artifact;
    if (!isItsFix) {
        return;
    }
    const Attempt attempt = *std::exchange(m_attempt, std::nullopt);
    const RunReport now = m_reports.value(key);
    if (isBetterRun(now, attempt.report)) {
        m_window.showToast(
            now.isClean() ? tr("Fixed: version %1 runs without a problem").arg(after->number)
                          : tr("Version %1 is better, but not free of problems").arg(after->number),
            {},
            {});
        return;
    }
    m_window.showToast(
        tr("The fix was no better, so version %1 is shown again").arg(before->number), {}, {});
    m_chat.chooseVersion(attempt.before);
}

bool ArtifactRepair::hasProblems() const
{
    return !m_reports.value(m_running).isClean();
}

bool ArtifactRepair::hasFailed() const
{
    const RunReport report = m_reports.value(m_running);
    return report.count(RunProblem::Kind::Blocked) < report.problems().size();
}

QString ArtifactRepair::lastThatRan() const
{
    QString last;
    const QString shown = m_chat.shownArtifact().key();
    const QString kept = m_chat.artifactHistory().facts(shown).ran;
    for (const ArtifactVersion& version : m_chat.artifactHistory().versionsWith(shown)) {
        const bool ran = m_settled.value(version.key) ? m_reports.value(version.key).isClean()
                                                      : version.key == kept;
        if (ran) {
            last = version.key;
        }
    }
    return last;
}

QString ArtifactRepair::request()
{
    m_chat.keepEdit();
    editKept();
    const QString key = m_chat.shownArtifact().key();
    const ArtifactVersion* version = m_chat.artifactHistory().find(key);
    if (!version || !hasProblems()) {
        m_window.showToast(tr("It runs without a problem"), {}, {});
        return {};
    }
    if (m_chat.artifactHistory().facts(key).tries >= kMostTries) {
        m_window.showToast(
            tr("Three tries did not help. Say in your own words what is wrong."), {}, {});
        return {};
    }
    const ReplyPart part = m_chat.artifactPart(key);
    return fixRequest(
        m_reports.value(key), part.title, version->number, fenceLanguage(part), part.text);
}

void ArtifactRepair::ask(const QString& message)
{
    const QString key = m_chat.shownArtifact().key();
    if (message.trimmed().isEmpty() || artifact().isEmpty()) {
        return;
    }
    if (m_chat.isWaitingForReply()) {
        m_window.showToast(tr("Ask again when the reply has ended"), {}, {});
        return;
    }
    m_chat.setArtifactFacts(key, [](StoredArtifact& facts) { ++facts.tries; });
    m_attempt = Attempt{
        artifact(), key, m_reports.value(key), m_chat.artifactHistory().versionsWith(key).size()};
    m_chat.sendBeside(message);
}

} // namespace atelier
