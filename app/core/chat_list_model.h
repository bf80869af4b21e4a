// SPDX-License-Identifier: MIT
// The sidebar's chats as rows, newest first, in groups by day (roles: ui/roles.h).
#pragma once

#include "app/storage/stored_chat.h"

#include <QAbstractListModel>
#include <QDateTime>
#include <QSet>

#include <functional>
#include <optional>

namespace atelier {

/// Chats without a title have nothing to show yet and get no row.
///
/// Owner: the ChatListController. Threads: GUI thread only.
class ChatListModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    using Clock = std::function<QDateTime()>; // local time; tests hand in their own

    explicit ChatListModel(Clock clock = &QDateTime::currentDateTime, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    void setChats(const QList<StoredChat>& chats);
    /// Adds it or replaces what is known of it, and moves its row to its place.
    void update(const StoredChat& chat);
    void remove(const QString& chatId);
    void setBusy(const QString& chatId); // the chat a reply is being written in; empty: none
    /// Shows only these; nothing: all of them.
    void setFilter(std::optional<QSet<QString>> chatIds);
    /// Tells the view that days have passed.
    void refreshGroups();

    const StoredChat* find(const QString& chatId) const; // also those a filter hides
    const QList<StoredChat>& all() const { return m_all; }

private:
    bool isShown(const StoredChat& chat) const;
    QString groupOf(const StoredChat& chat) const;
    int rowOf(const QString& chatId) const;
    void insertRow(const StoredChat& chat);

    Clock m_clock;
    QList<StoredChat> m_all;
    QList<StoredChat> m_rows; // shown, newest first
    QString m_busy;
    std::optional<QSet<QString>> m_filter;
};

} // namespace atelier
