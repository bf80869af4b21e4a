// SPDX-License-Identifier: MIT
#include "app/core/chat_list_model.h"

#include "ui/roles.h"

#include <algorithm>
#include <utility>

namespace atelier {

namespace {

bool isNewer(const StoredChat& a, const StoredChat& b)
{
    return a.updated != b.updated ? a.updated > b.updated : a.id < b.id;
}

} // namespace

ChatListModel::ChatListModel(Clock clock, QObject* parent)
    : QAbstractListModel(parent),
      m_clock(std::move(clock))
{
}

int ChatListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant ChatListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const StoredChat& chat = m_rows[index.row()];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
    case Qt::ToolTipRole:
        return chat.title;
    case ChatIdRole:
        return chat.id;
    case ChatGroupRole:
        return groupOf(chat);
    case ChatBusyRole:
        return chat.id == m_busy;
    default:
        return {};
    }
}

void ChatListModel::setChats(const QList<StoredChat>& chats)
{
    beginResetModel();
    m_all = chats;
    m_rows.clear();
    std::copy_if(
        m_all.cbegin(), m_all.cend(), std::back_inserter(m_rows), [this](const auto& chat) {
            return isShown(chat);
        });
    std::sort(m_rows.begin(), m_rows.end(), isNewer);
    endResetModel();
}

void ChatListModel::update(const StoredChat& chat)
{
    const auto known = std::find_if(
        m_all.begin(), m_all.end(), [&](const StoredChat& each) { return each.id == chat.id; });
    if (known != m_all.end()) {
        *known = chat;
    } else {
        m_all.append(chat);
    }

    const int row = rowOf(chat.id);
    if (row < 0) {
        if (isShown(chat)) {
            insertRow(chat);
        }
        return;
    }
    if (!isShown(chat)) {
        beginRemoveRows({}, row, row);
        m_rows.removeAt(row);
        endRemoveRows();
        return;
    }
    const auto others = [&] {
        QList<StoredChat> rest = m_rows;
        rest.removeAt(row);
        return rest;
    }();
    const int place =
        int(std::lower_bound(others.cbegin(), others.cend(), chat, isNewer) - others.cbegin());
    if (place != row) {
        // Qt counts the target in rows before the move.
        beginMoveRows({}, row, row, {}, place > row ? place + 1 : place);
        m_rows.move(row, place);
        endMoveRows();
    }
    m_rows[place] = chat;
    Q_EMIT dataChanged(index(place), index(place));
}

void ChatListModel::remove(const QString& chatId)
{
    m_all.removeIf([&](const StoredChat& chat) { return chat.id == chatId; });
    if (const int row = rowOf(chatId); row >= 0) {
        beginRemoveRows({}, row, row);
        m_rows.removeAt(row);
        endRemoveRows();
    }
}

void ChatListModel::setBusy(const QString& chatId)
{
    const QString before = std::exchange(m_busy, chatId);
    for (const QString& id : {before, chatId}) {
        if (const int row = before == chatId ? -1 : rowOf(id); row >= 0) {
            Q_EMIT dataChanged(index(row), index(row), {ChatBusyRole});
        }
    }
}

void ChatListModel::setFilter(std::optional<QSet<QString>> chatIds)
{
    if (chatIds == m_filter) {
        return;
    }
    m_filter = std::move(chatIds);
    setChats(QList<StoredChat>(m_all));
}

void ChatListModel::refreshGroups()
{
    if (!m_rows.isEmpty()) {
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), {ChatGroupRole});
    }
}

const StoredChat* ChatListModel::find(const QString& chatId) const
{
    const auto found = std::find_if(
        m_all.cbegin(), m_all.cend(), [&](const StoredChat& chat) { return chat.id == chatId; });
    return found != m_all.cend() ? &*found : nullptr;
}

bool ChatListModel::isShown(const StoredChat& chat) const
{
    return chat.deleted == 0 && !chat.title.isEmpty() && (!m_filter || m_filter->contains(chat.id));
}

QString ChatListModel::groupOf(const StoredChat& chat) const
{
    // By the calendar of the person, not by 24 hours.
    const qint64 days =
        QDateTime::fromMSecsSinceEpoch(chat.updated).date().daysTo(m_clock().date());
    if (days <= 0) {
        return tr("Today");
    }
    if (days == 1) {
        return tr("Yesterday");
    }
    return days <= 7 ? tr("Previous 7 days") : tr("Older");
}

int ChatListModel::rowOf(const QString& chatId) const
{
    for (int row = 0; row < m_rows.size(); ++row) {
        if (m_rows[row].id == chatId) {
            return row;
        }
    }
    return -1;
}

void ChatListModel::insertRow(const StoredChat& chat)
{
    const int place =
        int(std::lower_bound(m_rows.cbegin(), m_rows.cend(), chat, isNewer) - m_rows.cbegin());
    beginInsertRows({}, place, place);
    m_rows.insert(place, chat);
    endInsertRows();
}

} // namespace atelier
