// SPDX-License-Identifier: MIT
// Chats and messages as they are kept: plain values, one per row.
#pragma once

#include <QByteArray>
#include <QList>
#include <QMetaType>
#include <QString>

namespace atelier {

enum class StoredRole { User = 0, Assistant = 1 }; // numbers are on disk

enum class StoredState { // numbers are on disk
    Done = 0,
    Writing = 1, // only while the program runs; read back as Stopped after a crash
    Stopped = 2,
    CutOff = 3,
    Failed = 4,
};

/// A node of a chat's tree. Siblings (same parent) are the branches; one of them is selected.
struct StoredMessage
{
    QString id;
    QString chat;
    QString parent; // empty: a first message
    StoredRole role = StoredRole::User;
    StoredState state = StoredState::Done;
    QString text;
    QString error;      // StoredState::Failed: what happened
    QString model;      // that wrote it
    qint64 created = 0; // ms since 1970
    int promptTokens = 0;
    int tokens = 0;
    double seconds = 0;
    bool selected = true;
    bool damaged = false; // not on disk: its checksum was wrong when it was read
    bool operator==(const StoredMessage&) const = default;
};

struct StoredChat
{
    QString id;
    QString title;
    qint64 created = 0; // ms since 1970
    qint64 updated = 0;
    qint64 deleted = 0; // 0: not; else when: undo brings it back, the next start removes it
    QString settings;   // JSON object: what differs from the defaults
    QString draft;      // what is in the composer
    bool operator==(const StoredChat&) const = default;
};

enum class StoredOrigin { Edit = 0, Restore = 1 }; // numbers are on disk

/// A version of an artifact that no reply wrote: an edit by hand, or an older one brought back.
struct StoredVersion
{
    QString id;
    QString message;  // the reply with the newest version at that time: it comes after that one
    int artifact = 0; // number of the artifact in that reply
    StoredOrigin origin = StoredOrigin::Edit;
    QString from; // the version that was edited or restored (ArtifactHistory::key())
    QString title;
    QString text;
    qint64 created = 0;   // ms since 1970
    bool damaged = false; // not on disk: its checksum was wrong when it was read
    bool operator==(const StoredVersion&) const = default;
};

/// What belongs to an artifact through all its versions.
struct StoredArtifact
{
    QString id;      // of its first version
    QString message; // the reply with that version
    QString current; // the version that was chosen over the newest; empty: the newest
    QString storage; // JSON object: its localStorage and IndexedDB
    QString hosts;   // it may ask the network for, separated by spaces
    int tries = 0;   // to repair it, in a row, without a clean run
    QString ran;     // the newest version that ran without a problem; empty: none is known
    bool operator==(const StoredArtifact&) const = default;
};

/// A small picture of a version.
struct StoredThumbnail
{
    QString version; // its key
    QString message; // goes away with this one
    QByteArray png;
    bool operator==(const StoredThumbnail&) const = default;
};

struct StoredConversation
{
    StoredChat chat;
    QList<StoredMessage> messages; // oldest first, so parents come before children
    QList<StoredVersion> versions; // oldest first; not the damaged ones
    QList<StoredArtifact> artifacts;
    QList<StoredThumbnail> thumbnails;
};

struct SearchHit
{
    QString chat;
    QString message;
    QString snippet; // plain text around the first match
};

/// What opening the store found. `problem` is for the person; empty when all is well.
struct StoreReport
{
    QString problem;
    QString setAside;           // where the damaged file went; empty: none was
    int interruptedReplies = 0; // were being written when the program died
    int restoredChats = 0;      // from a backup or salvaged, after damage
    int restoredMessages = 0;
};

} // namespace atelier
