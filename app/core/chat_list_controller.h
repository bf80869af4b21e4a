// SPDX-License-Identifier: MIT
// The list of chats: filled from the store, searched, renamed, deleted and brought back.
#pragma once

#include "app/core/chat_list_model.h"
#include "app/core/screens.h"

#include <QObject>
#include <QTimer>

namespace atelier {

class ConversationController;
class ConversationStore;

/// Everything handed in outlives it. Owner: Studio. Threads: GUI thread only.
class ChatListController final : public QObject
{
    Q_OBJECT

public:
    ChatListController(ConversationStore& store,
        ChatListModel& model,
        ConversationController& conversation,
        WindowScreen& window,
        QObject* parent = nullptr);

    /// Reads the chats and opens what was being written last: an unsent draft, or a new chat.
    void start();

    void rename(const QString& chatId, const QString& title);
    void remove(const QString& chatId); // can be undone until the program ends
    void undoRemove();
    void search(const QString& text);

Q_SIGNALS:
    void started(); // the list is there

private:
    void applySearch(const QString& text, const QList<SearchHit>& hits);

    ConversationStore& m_store;
    ChatListModel& m_model;
    ConversationController& m_conversation;
    WindowScreen& m_window;
    QString m_searched;
    QString m_removed; // the last one
    QTimer m_day;
};

} // namespace atelier
