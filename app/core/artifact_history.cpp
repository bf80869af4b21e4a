// SPDX-License-Identifier: MIT
#include "app/core/artifact_history.h"

#include "app/core/artifact_lineage.h"
#include "app/storage/conversation_store.h"

#include <QDateTime>
#include <QUuid>

#include <utility>

namespace atelier {

namespace {

// A picture of a version is small; what is larger is none.
constexpr qsizetype kMostThumbnail = 128 * 1024;

} // namespace

QString ArtifactHistory::key(const QString& message, int artifact)
{
    return message + QLatin1Char('#') + QString::number(artifact);
}

void ArtifactHistory::open(const StoredConversation& kept)
{
    m_artifacts.clear();
    m_places.clear();
    m_kept.clear();
    m_keptOrder.clear();
    m_facts.clear();
    m_thumbnails.clear();
    for (const StoredVersion& version : kept.versions) {
        m_kept[version.id] = version;
        m_keptOrder.append(version.id);
    }
    for (const StoredArtifact& artifact : kept.artifacts) {
        m_facts.insert(artifact.id, artifact);
    }
    for (const StoredThumbnail& thumbnail : kept.thumbnails) {
        m_thumbnails.insert(thumbnail.version, thumbnail.png);
    }
}

void ArtifactHistory::rebuild(const QList<ReplySketch>& branch)
{
    QList<QList<ArtifactSketch>> sketches;
    for (const ReplySketch& reply : branch) {
        QList<ArtifactSketch> artifacts;
        for (int i = 0; i < reply.parts->artifactCount(); ++i) {
            const ReplyPart& part = reply.parts->artifact(i);
            artifacts.append({part.kind, part.language, part.title});
        }
        sketches.append(artifacts);
    }
    const QList<QList<int>> lineages = assignLineages(sketches);

    QHash<QString, QStringList> keptAfter;
    for (const QString& id : std::as_const(m_keptOrder)) {
        const StoredVersion& version = m_kept.at(id);
        keptAfter[key(version.message, version.artifact)].append(id);
    }
    m_artifacts.clear();
    m_places.clear();
    const auto add = [this](int lineage, ArtifactVersion version) {
        if (lineage >= m_artifacts.size()) {
            m_artifacts.resize(lineage + 1);
        }
        version.number = int(m_artifacts[lineage].size()) + 1;
        m_places.insert(version.key, lineage);
        m_artifacts[lineage].append(std::move(version));
    };
    for (qsizetype r = 0; r < branch.size(); ++r) {
        for (int i = 0; i < int(lineages[r].size()); ++i) {
            const ReplySketch& reply = branch[r];
            ArtifactVersion version;
            version.key = key(reply.message, i);
            version.message = reply.message;
            version.artifact = i;
            version.asked = reply.asked;
            version.created = reply.created;
            const QStringList after = keptAfter.value(version.key);
            add(lineages[r][i], version);
            for (const QString& id : after) {
                const StoredVersion& stored = m_kept.at(id);
                version.key = id;
                version.origin = stored.origin == StoredOrigin::Restore
                                     ? ArtifactVersion::Origin::Restore
                                     : ArtifactVersion::Origin::Edit;
                version.created = stored.created;
                const ArtifactVersion* from = find(stored.from);
                version.from = from ? from->number : 0;
                add(lineages[r][i], version);
            }
        }
    }
}

int ArtifactHistory::indexOf(const QString& key) const
{
    return m_places.value(key, -1);
}

const ArtifactVersions& ArtifactHistory::versionsWith(const QString& key) const
{
    static const ArtifactVersions kNone;
    const int index = indexOf(key);
    return index < 0 ? kNone : m_artifacts[index];
}

const ArtifactVersion* ArtifactHistory::find(const QString& key) const
{
    for (const ArtifactVersion& version : versionsWith(key)) {
        if (version.key == key) {
            return &version;
        }
    }
    return nullptr;
}

int ArtifactHistory::number(const QString& message, int artifact) const
{
    const ArtifactVersion* version = find(key(message, artifact));
    return version ? version->number : 1;
}

QString ArtifactHistory::currentOf(const QString& key) const
{
    const ArtifactVersions& versions = versionsWith(key);
    if (versions.isEmpty()) {
        return key;
    }
    const QString chosen = facts(key).current;
    // One that is not on this branch was chosen on another.
    return !chosen.isEmpty() && indexOf(chosen) == indexOf(key) ? chosen : versions.last().key;
}

void ArtifactHistory::choose(const QString& key)
{
    setFacts(key, [&](StoredArtifact& facts) { facts.current = key; });
}

void ArtifactHistory::chooseNewest(const QString& key)
{
    setFacts(key, [](StoredArtifact& facts) { facts.current.clear(); });
}

const StoredVersion* ArtifactHistory::kept(const QString& key) const
{
    const auto found = m_kept.find(key);
    return found == m_kept.end() ? nullptr : &found->second;
}

QString ArtifactHistory::keep(
    const QString& from, StoredOrigin origin, const QString& title, QString text)
{
    const ArtifactVersions& versions = versionsWith(from);
    if (versions.isEmpty()) {
        return {};
    }
    StoredVersion version;
    version.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    version.message = versions.last().message;
    version.artifact = versions.last().artifact;
    version.origin = origin;
    version.from = from;
    version.title = title;
    version.text = std::move(text);
    version.created = QDateTime::currentMSecsSinceEpoch();
    m_kept[version.id] = version;
    m_keptOrder.append(version.id);
    m_store.saveVersion(version);
    chooseNewest(from);
    return version.id;
}

QByteArray ArtifactHistory::thumbnail(const QString& key) const
{
    return m_thumbnails.value(key);
}

void ArtifactHistory::setThumbnail(const QString& key, const QByteArray& png)
{
    const ArtifactVersion* version = find(key);
    if (!version || png.size() > kMostThumbnail || m_thumbnails.value(key) == png) {
        return;
    }
    m_thumbnails.insert(key, png);
    m_store.saveThumbnail({key, version->message, png});
}

StoredArtifact ArtifactHistory::facts(const QString& key) const
{
    const ArtifactVersions& versions = versionsWith(key);
    if (versions.isEmpty()) {
        return {};
    }
    const ArtifactVersion& first = versions.first();
    StoredArtifact facts = m_facts.value(first.key);
    facts.id = first.key;
    facts.message = first.message;
    return facts;
}

void ArtifactHistory::setFacts(
    const QString& key, const std::function<void(StoredArtifact&)>& change)
{
    StoredArtifact now = facts(key);
    if (now.id.isEmpty()) {
        return;
    }
    const StoredArtifact before = now;
    change(now);
    if (now != before) {
        m_facts.insert(now.id, now);
        m_store.saveArtifact(now);
    }
}

} // namespace atelier
