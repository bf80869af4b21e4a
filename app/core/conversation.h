// SPDX-License-Identifier: MIT
// A chat in memory: its tree of messages and the branch that is shown.
#pragma once

#include "app/storage/stored_chat.h"

#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>

namespace atelier {

/// Nothing is ever overwritten: an edit or another try is a new sibling.
class Conversation
{
public:
    Conversation() = default;
    /// Messages whose parent is missing become first messages; repeated ids and unknown chats are
    /// dropped, so that every message is reached from the top exactly once.
    explicit Conversation(StoredConversation stored);

    StoredChat chat;

    bool isEmpty() const { return m_messages.isEmpty(); }
    bool contains(const QString& id) const { return m_messages.contains(id); }
    const StoredMessage& message(const QString& id) const; // `id` must be there
    StoredMessage& message(const QString& id);

    /// The shown branch, from the first message to its leaf.
    QStringList path() const;
    /// The shown branch up to and with `id`, which need not be shown.
    QStringList pathTo(const QString& id) const;
    QStringList siblings(const QString& id) const; // with itself, oldest first

    void add(const StoredMessage& message); // when selected, its siblings no longer are
    void select(const QString& id);
    QString lastOf(StoredRole role) const; // on the shown branch; empty: none

private:
    QHash<QString, StoredMessage> m_messages;
    QHash<QString, QStringList> m_children; // of "" for first messages
};

} // namespace atelier
