// SPDX-License-Identifier: MIT
// The left column: search, chats, the device.
#pragma once

#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QWidget>

class QAbstractItemModel;
class QLabel;
class QLineEdit;

namespace atelier {

class ChatListView;
class DeviceCard;
class IconButton;

/// Owner: MainWindow. Threads: GUI thread only.
class Sidebar final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit Sidebar(QWidget* parent = nullptr);

    void setModel(QAbstractItemModel* model); // not owned
    void setCurrentChat(const QString& chatId);
    void setDeviceStatus(const DeviceStatus& status);
    void focusSearch();
    ChatListView& chats() { return *m_list; }
    QPoint settingsCorner() const; // global
    QPoint deviceCorner() const;   // global

Q_SIGNALS:
    void hideRequested();
    void newChatRequested();
    void chatChosen(const QString& chatId);
    void chatRenamed(const QString& chatId, const QString& title);
    void chatDeleteRequested(const QString& chatId);
    void searchChanged(const QString& text);
    void settingsRequested();
    void devicesRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    void retranslate();
    void showOrHideEmpty();
    void placeSearchParts();

    QWidget* m_header;
    IconButton* m_hide;
    IconButton* m_newChat;
    QLineEdit* m_search;
    QLabel* m_searchIcon;
    QLabel* m_searchKey;
    ChatListView* m_list;
    QLabel* m_empty;
    DeviceCard* m_device;
    QString m_currentChat;
};

} // namespace atelier
