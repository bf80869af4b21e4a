// SPDX-License-Identifier: MIT
// The sidebar's chats: rows of 30 px under the caption of their group.
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QListView>
#include <QPersistentModelIndex>
#include <QPointer>

class QLineEdit;

namespace atelier {

/// A plain item view over ui/roles.h. The first row of a group is taller by its caption, so that
/// every model row stays a row for keyboard and screen reader.
///
/// Owner: Sidebar. Threads: GUI thread only.
class ChatListView final : public QListView, public Themed
{
    Q_OBJECT

public:
    explicit ChatListView(QWidget* parent = nullptr);

    void setModel(QAbstractItemModel* model) override;
    QModelIndex indexAt(const QPoint& point) const override; // invalid on a caption
    bool startsGroup(const QModelIndex& index) const;
    QRect rowRect(const QModelIndex& index) const; // without the caption
    void beginRename(const QModelIndex& index);    // in place, whatever the model's flags say

Q_SIGNALS:
    void chosen(const QString& chatId);
    void renamed(const QString& chatId, const QString& title);
    void deleteRequested(const QString& chatId);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void themeChanged() override;

private:
    QString idOf(const QModelIndex& index) const;
    void endRename(bool keep);

    QPersistentModelIndex m_renaming;
    QPointer<QLineEdit> m_editor; // over the row that is renamed
};

} // namespace atelier
