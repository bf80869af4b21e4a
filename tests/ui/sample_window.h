// SPDX-License-Identifier: MIT
// A window with sample chats, model and settings, for the tests and the gallery.
#pragma once

#include "ui/main_window/main_window.h"
#include "ui/widgets/theme_controller.h"

#include <QAbstractListModel>

namespace atelier {

/// Chats as the program's own model gives them, in three groups.
class SampleChats final : public QAbstractListModel
{
    Q_OBJECT

public:
    struct Chat
    {
        QString id;
        QString title;
        QString group;
        bool busy = false;
    };

    explicit SampleChats(bool chinese = false, QObject* parent = nullptr);

    void insert(int row, const Chat& chat);
    void remove(int row);
    void setBusy(int row, bool busy);
    const QList<Chat>& chats() const { return m_chats; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    QList<Chat> m_chats;
};

ModelStatus readyModel();
ModelStatus loadingModel();
void fillWindow(MainWindow& window, SampleChats& chats);

} // namespace atelier
