// SPDX-License-Identifier: MIT
#include "app/storage/row_digest.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QIODevice>

namespace atelier {

namespace {

constexpr qsizetype kDigestBytes = 8;

template <class... Fields>
QByteArray digestOf(const Fields&... fields)
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_4); // part of the format on disk
    (stream << ... << fields);
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
        qint32(message.role),
        qint32(message.state),
        message.text,
        message.error,
        message.model,
        message.created,
        qint32(message.promptTokens),
        qint32(message.tokens),
        message.seconds);
}

} // namespace atelier
