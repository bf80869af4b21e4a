// SPDX-License-Identifier: MIT
#include "app/core/chat_list_controller.h"

#include "app/core/conversation_controller.h"
#include "app/core/error_cards.h"
#include "app/storage/conversation_store.h"

#include <QSet>

#include <chrono>
#include <utility>

namespace atelier {

ChatListController::ChatListController(ConversationStore& store,
    ChatListModel& model,
    ConversationController& conversation,
    WindowScreen& window,
    QObject* parent)
    : QObject(parent),
      m_store(store),
      m_model(model),
      m_conversation(conversation),
      m_window(window)
{
    m_day.setInterval(std::chrono::minutes(10)); // "Today" ends at midnight
    connect(&m_day, &QTimer::timeout, &m_model, &ChatListModel::refreshGroups);
    m_day.start();
}

void ChatListController::start()
{
    // The list comes from the disk: what is typed or sent meanwhile has a chat to go to, and stays.
    m_conversation.newChat();
    m_store.listChats([this](const Result<QList<StoredChat>>& chats) {
        const QList<StoredChat> meanwhile = m_model.all();
        if (chats) {
            m_model.setChats(chats.value());
        }
        for (const StoredChat& chat : meanwhile) {
            m_model.update(chat);
        }
        QString unsent;
        for (const StoredChat& chat : m_model.all()) {
            if (unsent.isEmpty() && chat.title.isEmpty() && !chat.draft.isEmpty()) {
                unsent = chat.id;
            }
        }
        if (!unsent.isEmpty() && m_conversation.isUntouched()) {
            m_conversation.openChat(unsent);
        }
        Q_EMIT started();
    });
}

void ChatListController::rename(const QString& chatId, const QString& title)
{
    const StoredChat* known = m_model.find(chatId);
    const QString name = title.simplified();
    if (!known || name.isEmpty() || name == known->title) {
        return;
    }
    StoredChat chat = *known;
    chat.title = name;
    m_store.saveChat(chat);
    m_model.update(chat);
    if (chatId == m_conversation.currentChat()) {
        m_conversation.renameCurrent(name);
    }
}

void ChatListController::remove(const QString& chatId)
{
    const StoredChat* known = m_model.find(chatId);
    if (!known) {
        return;
    }
    StoredChat chat = *known;
    chat.deleted = QDateTime::currentMSecsSinceEpoch();
    m_removed = chatId;
    if (chatId == m_conversation.currentChat()) {
        m_conversation.stop();
        m_conversation.newChat();
    }
    m_store.saveChat(chat);
    m_model.update(chat);
    m_window.showToast(tr("Chat deleted"), QString::fromLatin1(action::kUndoDelete), tr("Undo"));
}

void ChatListController::undoRemove()
{
    const StoredChat* known = m_model.find(std::exchange(m_removed, {}));
    if (!known) {
        return;
    }
    StoredChat chat = *known;
    chat.deleted = 0;
    m_store.saveChat(chat);
    m_model.update(chat);
    m_conversation.openChat(chat.id);
}

void ChatListController::search(const QString& text)
{
    m_searched = text.simplified();
    if (m_searched.isEmpty()) {
        m_model.setFilter(std::nullopt);
        return;
    }
    m_store.search(m_searched, [this, asked = m_searched](const Result<QList<SearchHit>>& hits) {
        if (asked == m_searched) { // else something else was typed meanwhile
            applySearch(asked, hits ? hits.value() : QList<SearchHit>());
        }
    });
}

void ChatListController::applySearch(const QString& text, const QList<SearchHit>& hits)
{
    QSet<QString> found;
    for (const SearchHit& hit : hits) {
        found.insert(hit.chat);
    }
    for (const StoredChat& chat : m_model.all()) {
        if (chat.title.contains(text, Qt::CaseInsensitive)) {
            found.insert(chat.id);
        }
    }
    m_model.setFilter(found);
}

} // namespace atelier
