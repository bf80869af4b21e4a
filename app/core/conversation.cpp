// SPDX-License-Identifier: MIT
#include "app/core/conversation.h"

#include "engine/base/check.h"

#include <QSet>

#include <algorithm>
#include <utility>

namespace atelier {

Conversation::Conversation(StoredConversation stored) : chat(std::move(stored.chat))
{
    QHash<QString, StoredMessage> byId;
    QStringList order;
    for (StoredMessage& message : stored.messages) {
        if (!message.id.isEmpty() && !byId.contains(message.id)) {
            order << message.id;
            byId.insert(message.id, std::move(message));
        }
    }
    // A file can hold anything, even a circle of parents: such messages are put at the top.
    for (const QString& id : order) {
        QSet<QString> above = {id};
        for (QString at = byId[id].parent; !at.isEmpty(); at = byId[at].parent) {
            if (!byId.contains(at) || above.contains(at)) {
                byId[id].parent.clear();
                break;
            }
            above.insert(at);
        }
    }
    for (const QString& id : order) {
        m_children[byId[id].parent] << id;
    }
    m_messages = std::move(byId);
}

const StoredMessage& Conversation::message(const QString& id) const
{
    const auto found = m_messages.constFind(id);
    check(found != m_messages.constEnd(), "the message must be in the conversation");
    return *found;
}

StoredMessage& Conversation::message(const QString& id)
{
    const auto found = m_messages.find(id);
    check(found != m_messages.end(), "the message must be in the conversation");
    return *found;
}

QStringList Conversation::path() const
{
    QStringList path;
    QStringList children = m_children.value(QString());
    while (!children.isEmpty()) {
        // The newest selected one, or simply the newest where a damaged file selects none.
        const auto chosen = std::find_if(children.crbegin(),
            children.crend(),
            [this](const QString& id) { return m_messages[id].selected; });
        path << (chosen != children.crend() ? *chosen : children.last());
        children = m_children.value(path.last());
    }
    return path;
}

QStringList Conversation::pathTo(const QString& id) const
{
    QStringList path;
    for (QString at = id; !at.isEmpty(); at = message(at).parent) {
        path.prepend(at);
    }
    return path;
}

QStringList Conversation::siblings(const QString& id) const
{
    return m_children.value(message(id).parent);
}

void Conversation::add(const StoredMessage& added)
{
    check(!contains(added.id), "a message is added once");
    m_messages.insert(added.id, added);
    m_children[added.parent] << added.id;
    if (added.selected) {
        select(added.id);
    }
}

void Conversation::select(const QString& id)
{
    for (const QString& sibling : siblings(id)) {
        m_messages[sibling].selected = sibling == id;
    }
}

QString Conversation::lastOf(StoredRole role) const
{
    const QStringList shown = path();
    for (auto id = shown.crbegin(); id != shown.crend(); ++id) {
        if (m_messages[*id].role == role) {
            return *id;
        }
    }
    return {};
}

} // namespace atelier
