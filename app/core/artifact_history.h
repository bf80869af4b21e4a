// SPDX-License-Identifier: MIT
// The artifacts of the open chat, each as the list of its versions.
#pragma once

#include "app/core/reply_parts.h"
#include "app/storage/stored_chat.h"

#include <QHash>
#include <QList>
#include <QString>

#include <functional>
#include <map>

namespace atelier {

class ConversationStore;

/// A reply of the shown branch. `parts` is only read during the call.
struct ReplySketch
{
    QString message;
    QString asked; // the message it answers
    qint64 created = 0;
    const ReplyParts* parts = nullptr;
};

struct ArtifactVersion
{
    enum class Origin { Reply, Edit, Restore };

    QString key;      // ArtifactHistory::key(), or the id of a kept version
    QString message;  // its reply, or the one that a kept version comes after
    int artifact = 0; // its number in that reply
    Origin origin = Origin::Reply;
    int number = 1; // among the versions of this artifact
    int from = 0;   // of a kept version: the number that was edited or restored; 0: not known
    QString asked;
    qint64 created = 0;
};

using ArtifactVersions = QList<ArtifactVersion>; // oldest first, numbers from 1

/// Versions that replies wrote are found by the rule of artifact_lineage.h; those made by hand are
/// kept here and in the store, each behind the newest version of its time. References to versions
/// stay valid until the next rebuild().
///
/// Owner: the ConversationController. `store` outlives it. Threads: GUI thread only.
class ArtifactHistory
{
public:
    explicit ArtifactHistory(ConversationStore& store) : m_store(store) {}

    static QString key(const QString& message, int artifact);

    /// Another chat. Nothing is known of its versions until rebuild().
    void open(const StoredConversation& kept);
    /// The branch changed, or an artifact of it began or got its title.
    void rebuild(const QList<ReplySketch>& branch);

    /// All versions of the artifact that has this one; empty when the branch does not have it.
    const ArtifactVersions& versionsWith(const QString& key) const;
    const ArtifactVersion* find(const QString& key) const;
    int number(const QString& message, int artifact) const; // 1 when it is not known
    /// The one that was chosen over the newest, else the newest.
    QString currentOf(const QString& key) const;
    /// Makes this version the current one; empty: the newest is.
    void choose(const QString& key);
    void chooseNewest(const QString& key);

    const StoredVersion* kept(const QString& key) const; // null: a reply wrote it
    /// Keeps `text` as the newest version; returns its key. rebuild() has to follow.
    QString keep(const QString& from, StoredOrigin origin, const QString& title, QString text);

    QByteArray thumbnail(const QString& key) const; // PNG; may be empty
    void setThumbnail(const QString& key, const QByteArray& png);

    /// What belongs to the artifact that has this version, through all of them.
    StoredArtifact facts(const QString& key) const;
    void setFacts(const QString& key, const std::function<void(StoredArtifact&)>& change);

private:
    int indexOf(const QString& key) const; // of its artifact; -1: none

    ConversationStore& m_store;
    QList<ArtifactVersions> m_artifacts;
    QHash<QString, int> m_places; // key to index in m_artifacts
    std::map<QString, StoredVersion> m_kept;
    QList<QString> m_keptOrder;
    QHash<QString, StoredArtifact> m_facts;
    QHash<QString, QByteArray> m_thumbnails;
};

} // namespace atelier
