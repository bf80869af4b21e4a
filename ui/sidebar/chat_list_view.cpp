// SPDX-License-Identifier: MIT
#include "ui/sidebar/chat_list_view.h"

#include "ui/roles.h"
#include "ui/widgets/painting.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QToolTip>

namespace atelier {
namespace {

constexpr int kRow = 30;
constexpr int kCaption = 32; // 12 above, a line of 16, 4 below
constexpr int kDot = 7;
constexpr int kMaxTitle = 200;

} // namespace

class ChatDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    ChatDelegate(ChatListView& view, const ThemeController* const& theme)
        : QStyledItemDelegate(&view),
          m_view(view),
          m_theme(theme)
    {
    }

    int rowHeight() const
    {
        if (!m_theme)
            return kRow;
        return std::max(m_theme->scaled(kRow), QFontMetrics(m_theme->font("body")).height() + 8);
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override
    {
        const int caption = m_theme ? m_theme->scaled(kCaption) : kCaption;
        return {80, rowHeight() + (m_view.startsGroup(index) ? caption : 0)};
    }

    void paint(QPainter* painter,
        const QStyleOptionViewItem& option,
        const QModelIndex& index) const override
    {
        if (!m_theme)
            return;
        QRect row = option.rect;
        row.setTop(row.bottom() - rowHeight() + 1);
        painter->save();
        if (m_view.startsGroup(index)) {
            painter->setFont(m_theme->font("caption", ThemeController::Weight::Medium));
            painter->setPen(m_theme->color("text-tertiary"));
            painter->drawText(QRect(row.left() + 8,
                                  option.rect.top(),
                                  row.width() - 16,
                                  row.top() - option.rect.top() - 4),
                Qt::AlignLeft | Qt::AlignBottom,
                index.data(ChatGroupRole).toString());
        }
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        if (selected)
            paintBox(*painter, row, 6, m_theme->color("selected"));
        else if (option.state.testFlag(QStyle::State_MouseOver))
            paintBox(*painter, row, 6, m_theme->color("hover"));
        if (option.state.testFlag(QStyle::State_HasFocus) && m_view.hasFocus() &&
            m_view.property("keyboard").toBool())
            paintBox(*painter, row, 6, QColor(), m_theme->color("focus"), 2);

        QRect text = row.adjusted(8, 0, -8, 0);
        if (index.data(ChatBusyRole).toBool()) {
            const QRectF dot(
                text.right() - kDot + 1, row.center().y() - kDot / 2.0 + 1, kDot, kDot);
            paintBox(*painter, dot, kDot / 2.0, m_theme->color("accent"));
            text.adjust(0, 0, -kDot - 8, 0);
        }
        painter->setFont(m_theme->font(
            "body", selected ? ThemeController::Weight::Medium : ThemeController::Weight::Regular));
        painter->setPen(m_theme->color("text"));
        const QString title = index.data(Qt::DisplayRole).toString().simplified();
        painter->drawText(text,
            Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
            painter->fontMetrics().elidedText(title, Qt::ElideRight, text.width()));
        painter->restore();
    }

    bool helpEvent(QHelpEvent* event,
        QAbstractItemView* view,
        const QStyleOptionViewItem& option,
        const QModelIndex& index) override
    {
        const QString title = index.data(Qt::DisplayRole).toString().simplified();
        const int room = m_view.rowRect(index).width() - 16;
        if (event->type() != QEvent::ToolTip || !m_theme ||
            QFontMetrics(m_theme->font("body")).horizontalAdvance(title) <= room)
            return QStyledItemDelegate::helpEvent(event, view, option, index);
        // Escaped: a title comes from a message, and a tooltip would take it for markup.
        QToolTip::showText(event->globalPos(), title.toHtmlEscaped(), &m_view);
        return true;
    }

private:
    ChatListView& m_view;
    const ThemeController* const& m_theme;
};

ChatListView::ChatListView(QWidget* parent) : QListView(parent)
{
    setItemDelegate(new ChatDelegate(*this, m_theme));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers); // beginRename() has its own line
    setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_Hover);
    connect(this, &QListView::clicked, this, [this](const QModelIndex& index) {
        setProperty("keyboard", false);
        Q_EMIT chosen(idOf(index));
    });
    connect(this, &QListView::activated, this, [this](const QModelIndex& index) {
        if (property("keyboard").toBool())
            Q_EMIT chosen(idOf(index));
    });
    connect(this, &QListView::doubleClicked, this, &ChatListView::beginRename);
}

void ChatListView::setModel(QAbstractItemModel* model)
{
    if (this->model())
        disconnect(this->model(), nullptr, this, nullptr);
    QListView::setModel(model);
    if (!model)
        return;
    // A row that moves or goes can hand its caption to the next one.
    const auto relayout = [this] { scheduleDelayedItemsLayout(); };
    connect(model, &QAbstractItemModel::rowsInserted, this, relayout);
    connect(model, &QAbstractItemModel::rowsRemoved, this, relayout);
    connect(model, &QAbstractItemModel::rowsMoved, this, relayout);
    connect(model, &QAbstractItemModel::dataChanged, this, relayout);
    connect(model, &QAbstractItemModel::layoutChanged, this, relayout);
}

bool ChatListView::startsGroup(const QModelIndex& index) const
{
    const QString group = index.data(ChatGroupRole).toString();
    if (group.isEmpty())
        return false;
    return index.row() == 0 ||
           index.siblingAtRow(index.row() - 1).data(ChatGroupRole).toString() != group;
}

QRect ChatListView::rowRect(const QModelIndex& index) const
{
    QRect rect = visualRect(index);
    const int height = static_cast<ChatDelegate*>(itemDelegate())->rowHeight();
    rect.setTop(rect.bottom() - height + 1);
    return rect;
}

QModelIndex ChatListView::indexAt(const QPoint& point) const
{
    const QModelIndex index = QListView::indexAt(point);
    return index.isValid() && rowRect(index).contains(point) ? index : QModelIndex();
}

// A line of its own instead of an item editor: those need an editable model, and the program's
// model only follows what the program has stored.
void ChatListView::beginRename(const QModelIndex& index)
{
    endRename(false);
    if (!index.isValid())
        return;
    scrollTo(index);
    m_renaming = index;
    m_editor = new QLineEdit(index.data().toString(), viewport());
    m_editor->setMaxLength(kMaxTitle);
    m_editor->setAccessibleName(tr("Chat title"));
    m_editor->setGeometry(rowRect(index).adjusted(1, 1, -1, -1));
    m_editor->installEventFilter(this);
    m_editor->selectAll();
    m_editor->show();
    m_editor->setFocus();
}

void ChatListView::endRename(bool keep)
{
    if (!m_editor)
        return;
    QLineEdit* editor = m_editor;
    m_editor = nullptr; // before the focus goes, which ends here again
    const QString title = editor->text().simplified();
    const bool changed =
        m_renaming.isValid() && !title.isEmpty() && title != m_renaming.data().toString();
    const QString id = idOf(m_renaming);
    m_renaming = QPersistentModelIndex();
    if (editor->hasFocus())
        setFocus();
    editor->hide();
    editor->deleteLater();
    if (keep && changed)
        Q_EMIT renamed(id, title);
}

bool ChatListView::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_editor)
        return QListView::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut) {
        const auto reason = static_cast<QFocusEvent*>(event)->reason();
        // The menu of the line and another window are not an answer.
        if (reason != Qt::PopupFocusReason && reason != Qt::ActiveWindowFocusReason)
            endRename(true);
        return false;
    }
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
        return false;
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key != Qt::Key_Escape && key != Qt::Key_Return && key != Qt::Key_Enter)
        return false;
    event->accept(); // before the window's own Esc
    if (event->type() == QEvent::KeyPress)
        endRename(key != Qt::Key_Escape);
    return true;
}

void ChatListView::resizeEvent(QResizeEvent* event)
{
    endRename(true);
    QListView::resizeEvent(event);
}

void ChatListView::scrollContentsBy(int dx, int dy)
{
    endRename(true);
    QListView::scrollContentsBy(dx, dy);
}

QString ChatListView::idOf(const QModelIndex& index) const
{
    return index.data(ChatIdRole).toString();
}

void ChatListView::keyPressEvent(QKeyEvent* event)
{
    setProperty("keyboard", true);
    if (currentIndex().isValid()) {
        switch (event->key()) {
        case Qt::Key_Delete:
            Q_EMIT deleteRequested(idOf(currentIndex()));
            return;
        case Qt::Key_F2:
            beginRename(currentIndex());
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            Q_EMIT chosen(idOf(currentIndex()));
            return;
        default:
            break;
        }
    }
    QListView::keyPressEvent(event);
    viewport()->update();
}

void ChatListView::contextMenuEvent(QContextMenuEvent* event)
{
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const QPersistentModelIndex index = byKey ? currentIndex() : indexAt(event->pos());
    if (!index.isValid())
        return;
    const QString id = idOf(index);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction* rename = menu->addAction(tr("Rename"));
    rename->setShortcut(QKeySequence(Qt::Key_F2));
    connect(rename, &QAction::triggered, this, [this, index] {
        if (index.isValid())
            beginRename(index);
    });
    QAction* remove = menu->addAction(tr("Delete chat"));
    remove->setShortcut(QKeySequence::Delete);
    connect(remove, &QAction::triggered, this, [this, id] { Q_EMIT deleteRequested(id); });
    menu->popup(byKey ? viewport()->mapToGlobal(rowRect(index).bottomLeft()) : event->globalPos());
}

void ChatListView::themeChanged()
{
    scheduleDelayedItemsLayout();
    viewport()->update();
}

} // namespace atelier

#include "chat_list_view.moc"
