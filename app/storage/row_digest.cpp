// SPDX-License-Identifier: MIT
#include "app/storage/row_digest.h"

#include <QCryptographicHash>
#include <QtEndian>

#include <cstring>

namespace atelier {

namespace {

constexpr qsizetype kDigestBytes = 8;

// Part of the format on disk: big-endian numbers; text as its length in bytes and UTF-8, so that a
// null string and an empty one are the same.
void add(QByteArray& bytes, qint64 number)
{
    char raw[sizeof number];
    qToBigEndian(number, raw);
    bytes.append(raw, sizeof raw);
}

void add(QByteArray& bytes, double number)
{
    qint64 bits = 0;
    static_assert(sizeof bits == sizeof number);
    std::memcpy(&bits, &number, sizeof bits);
    add(bytes, bits);
}

void add(QByteArray& bytes, const QString& text)
{
    const QByteArray utf8 = text.toUtf8();
    add(bytes, qint64(utf8.size()));
    bytes.append(utf8);
}

template <class... Fields>
QByteArray digestOf(const Fields&... fields)
{
    QByteArray bytes;
    (add(bytes, fields), ...);
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).left(kDigestBytes);
}

} // namespace

QByteArray rowDigest(const StoredChat& chat)
{
    return digestOf(
        chat.id, chat.title, chat.created, chat.updated, chat.deleted, chat.settings, chat.draft);
}

QByteArray rowDigest(const StoredMessage& message)
{
    return digestOf(message.id,
        message.chat,
        message.parent,
        qint64(message.role),
        qint64(message.state),
        message.text,
        message.error,
        message.model,
        message.created,
        qint64(message.promptTokens),
        qint64(message.tokens),
        message.seconds);
}

QByteArray rowDigest(const StoredVersion& version)
{
    return digestOf(version.id,
        version.message,
        qint64(version.artifact),
        qint64(version.origin),
        version.from,
        version.title,
        version.text,
        version.created);
}

QByteArray rowDigest(const StoredArtifact& artifact)
{
    if (artifact.tries == 0 && artifact.ran.isEmpty()) { // also what schema 2 wrote
        return digestOf(
            artifact.id, artifact.message, artifact.current, artifact.storage, artifact.hosts);
    }
    return digestOf(artifact.id,
        artifact.message,
        artifact.current,
        artifact.storage,
        artifact.hosts,
        qint64(artifact.tries),
        artifact.ran);
}

} // namespace atelier
