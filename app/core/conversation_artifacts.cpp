// SPDX-License-Identifier: MIT
// The artifacts of the open chat: their cards, their versions, and which one is on the stage.
#include "app/core/conversation_controller.h"
#include "app/core/element_request.h"
#include "app/core/quoted_source.h"
#include "app/core/transcript_text.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QLocale>

#include <utility>

namespace atelier {

namespace {

constexpr qsizetype kLongestLabel = 80; // characters; the strip cuts it to its room

QString timeText(qint64 created)
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(created);
    return time.date() == QDate::currentDate()
               ? time.toString(QStringLiteral("HH:mm"))
               : QLocale().toString(time.date(), QLocale::ShortFormat);
}

QString pictureUrl(const QByteArray& png)
{
    return png.isEmpty()
               ? QString()
               : QStringLiteral("data:image/png;base64,") + QString::fromLatin1(png.toBase64());
}

} // namespace

TranscriptMessage ConversationController::shownMessage(const QString& messageId)
{
    const bool live = isLiveShown() && m_live->message().id == messageId;
    const ReplyParts& parts = partsOf(messageId);
    QList<int> versions;
    for (int i = 0; i < parts.artifactCount(); ++i) {
        versions.append(m_history.number(messageId, i));
    }
    TranscriptMessage shown =
        transcriptMessage(m_conversation, m_conversation.message(messageId), parts, versions, live);
    int artifact = 0;
    for (TranscriptBlock& block : shown.blocks) {
        if (block.type == TranscriptBlock::Type::Artifact) {
            block.thumbnailUrl = pictureUrl(thumbnailOf(ArtifactHistory::key(messageId, artifact)));
            ++artifact;
        }
    }
    return shown;
}

TranscriptBlock ConversationController::shownArtifactBlock(const QString& messageId, int artifact)
{
    const bool live = isLiveShown() && m_live->message().id == messageId;
    const ReplyPart& part = partsOf(messageId).artifact(artifact);
    TranscriptBlock block = artifactBlock(part,
        m_history.number(messageId, artifact),
        artifactState(part, live, m_conversation.message(messageId).state));
    block.thumbnailUrl = pictureUrl(thumbnailOf(ArtifactHistory::key(messageId, artifact)));
    return block;
}

QByteArray ConversationController::thumbnailOf(const QString& key) const
{
    const QByteArray whole = m_history.thumbnail(key);
    return whole.isEmpty() && key == m_draftKey ? m_draftPng : whole;
}

void ConversationController::rebuildHistory()
{
    QList<ReplySketch> branch;
    QString asked;
    for (const QString& id : m_conversation.path()) {
        const StoredMessage& message = m_conversation.message(id);
        if (message.role == StoredRole::User) {
            asked = message.text;
        } else {
            branch.append({id, asked, message.created, &partsOf(id)});
        }
    }
    m_history.rebuild(branch);
}

ReplyPart ConversationController::artifactPart(const QString& key)
{
    const ArtifactVersion* version = m_history.find(key);
    if (!version || version->artifact >= partsOf(version->message).artifactCount()) {
        return {};
    }
    const ReplyPart& written = partsOf(version->message).artifact(version->artifact);
    const StoredVersion* kept = m_history.kept(key);
    return kept ? withSource(written, kept->text) : written;
}

ShownArtifact ConversationController::shownArtifact(const QString& key)
{
    ShownArtifact shown;
    const ArtifactVersion* version = m_history.find(key);
    if (!version) {
        return shown;
    }
    const StoredArtifact facts = m_history.facts(key);
    shown.key = key;
    shown.root = facts.id;
    shown.message = version->message;
    shown.artifact = version->artifact;
    shown.version = version->number;
    shown.part = artifactPart(key);
    const bool live = version->origin == ArtifactVersion::Origin::Reply && isLiveShown() &&
                      m_live->message().id == version->message;
    shown.state = artifactState(shown.part, live, m_conversation.message(version->message).state);
    shown.storage = QJsonDocument::fromJson(facts.storage.toUtf8()).object();
    shown.hosts = facts.hosts.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    return shown;
}

void ConversationController::showArtifact(const QString& messageId, int artifact)
{
    if (m_conversation.contains(messageId)) {
        showVersionOf(ArtifactHistory::key(messageId, artifact), ArtifactScreen::Reveal::Asked);
    }
}

void ConversationController::showVersion(const QString& key)
{
    showVersionOf(key, ArtifactScreen::Reveal::Asked);
}

void ConversationController::chooseVersion(const QString& key)
{
    m_history.choose(key);
    showVersion(key);
}

void ConversationController::showVersionOf(const QString& key, ArtifactScreen::Reveal reveal)
{
    if (!m_artifacts.isShowing(key)) {
        keepEdit();
    }
    m_artifacts.show(shownArtifact(key), reveal);
    showVersions();
}

void ConversationController::stepVersion(int step)
{
    const ArtifactVersions& versions = m_history.versionsWith(m_artifacts.key());
    const ArtifactVersion* shown = m_history.find(m_artifacts.key());
    const int wanted = shown ? shown->number + step : 0;
    if (wanted >= 1 && wanted <= int(versions.size())) {
        showVersion(QString(versions[wanted - 1].key));
    }
}

void ConversationController::showVersions()
{
    QList<VersionCard> cards;
    const QString shown = m_artifacts.isShowingAnything() ? m_artifacts.key() : QString();
    for (const ArtifactVersion& version : m_history.versionsWith(shown)) {
        VersionCard card;
        card.key = version.key;
        card.number = version.number;
        card.time = timeText(version.created);
        card.png = thumbnailOf(version.key);
        switch (version.origin) {
        case ArtifactVersion::Origin::Reply: {
            card.label = chatTitle(version.asked.left(kLongestLabel));
            const ReplyParts& parts = partsOf(version.message);
            card.draft = isLiveShown() && m_live->message().id == version.message &&
                         !parts.artifact(version.artifact).complete;
            break;
        }
        case ArtifactVersion::Origin::Edit:
            card.label = tr("Edited by hand");
            break;
        case ArtifactVersion::Origin::Restore:
            card.label = version.from > 0 ? tr("Version %1 again").arg(version.from)
                                          : tr("An older version again");
            break;
        }
        cards.append(card);
    }
    m_screens.artifact.setVersions(cards, shown);
}

void ConversationController::restoreVersion(const QString& key)
{
    keepEdit();
    const ReplyPart part = artifactPart(key);
    if (part.text.isEmpty()) {
        return;
    }
    const QString restored = m_history.keep(key, StoredOrigin::Restore, part.title, part.text);
    m_history.setThumbnail(restored, m_history.thumbnail(key));
    rebuildHistory();
    showVersion(restored);
}

void ConversationController::setEdit(const QString& source)
{
    const bool isShown = m_artifacts.isShowingAnything() && m_history.find(m_artifacts.key());
    m_edit = isShown && source != m_artifacts.source() ? source : QString();
}

void ConversationController::keepEdit()
{
    if (m_edit.isNull()) {
        return;
    }
    const QString text = std::exchange(m_edit, QString());
    const ReplyPart part = withSource(artifactPart(m_artifacts.key()), text);
    const QString key = m_history.keep(m_artifacts.key(), StoredOrigin::Edit, part.title, text);
    if (key.isEmpty()) {
        return;
    }
    rebuildHistory();
    m_artifacts.adopt(shownArtifact(key));
    m_screens.artifact.editKept();
    showVersions();
}

void ConversationController::discardEdit()
{
    m_edit = QString();
    const QString key = m_artifacts.key();
    m_artifacts.forget(); // the stage shows what was typed
    showVersionOf(key, ArtifactScreen::Reveal::Suggested);
}

void ConversationController::askForChange(const ElementWish& wish)
{
    keepEdit();
    const QString key = m_artifacts.key();
    const ArtifactVersion* version = m_history.find(key);
    if (!version || wish.wish.trimmed().isEmpty()) {
        return;
    }
    const ReplyPart part = artifactPart(key);
    const bool isLastWritten = version->origin == ArtifactVersion::Origin::Reply &&
                               key == m_history.versionsWith(key).last().key;
    sendBeside(elementRequest(wish,
        {part.title, version->number, fenceLanguage(part), isLastWritten ? QString() : part.text}));
}

void ConversationController::setThumbnail(const QString& key, const QByteArray& png)
{
    const ArtifactVersion* version = m_history.find(key);
    if (!version) {
        return; // another chat was opened meanwhile
    }
    m_history.setThumbnail(key, png);
    if (version->origin == ArtifactVersion::Origin::Reply) {
        m_screens.transcript.setArtifact(version->message,
            version->artifact,
            shownArtifactBlock(version->message, version->artifact));
    }
    showVersions();
}

bool ConversationController::isDrafting(const QString& key)
{
    const ArtifactVersion* version = m_history.find(key);
    return version && version->origin == ArtifactVersion::Origin::Reply && isLiveShown() &&
           m_live->message().id == version->message &&
           !partsOf(version->message).artifact(version->artifact).complete;
}

void ConversationController::setDraftThumbnail(const QString& key, const QByteArray& png)
{
    if (!isDrafting(key)) {
        return; // it is complete by now: its own picture comes
    }
    m_draftKey = key;
    m_draftPng = png;
    const ArtifactVersion* version = m_history.find(key);
    m_screens.transcript.setArtifact(version->message,
        version->artifact,
        shownArtifactBlock(version->message, version->artifact));
    showVersions();
}

void ConversationController::setArtifactStorage(const QJsonObject& storage)
{
    if (!m_artifacts.isShowingAnything()) {
        return;
    }
    const QString json =
        storage.isEmpty()
            ? QString()
            : QString::fromUtf8(QJsonDocument(storage).toJson(QJsonDocument::Compact));
    m_history.setFacts(m_artifacts.key(), [&](StoredArtifact& facts) { facts.storage = json; });
}

void ConversationController::setArtifactFacts(
    const QString& key, const std::function<void(StoredArtifact&)>& change)
{
    m_history.setFacts(key, change);
}

QStringList ConversationController::allowHost(const QString& host)
{
    QStringList hosts;
    m_history.setFacts(m_artifacts.key(), [&](StoredArtifact& facts) {
        hosts = facts.hosts.split(QLatin1Char(' '), Qt::SkipEmptyParts);
        if (!hosts.contains(host) && !host.contains(QLatin1Char(' '))) {
            hosts.append(host);
        }
        facts.hosts = hosts.join(QLatin1Char(' '));
    });
    return hosts;
}

} // namespace atelier
