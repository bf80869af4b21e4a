// SPDX-License-Identifier: MIT
#include "ui/sidebar/sidebar.h"

#include "ui/roles.h"
#include "ui/sidebar/chat_list_view.h"
#include "ui/sidebar/device_card.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/text_label.h"

#include <QAbstractItemModel>
#include <QEvent>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLineEdit>
#include <QVBoxLayout>

namespace atelier {

Sidebar::Sidebar(QWidget* parent)
    : QWidget(parent),
      m_header(new QWidget),
      m_hide(new IconButton(QStringLiteral("sidebar"))),
      m_newChat(new IconButton(QStringLiteral("new-chat"))),
      m_search(new QLineEdit),
      m_searchIcon(new QLabel(m_search)),
      m_searchKey(new QLabel(m_search)),
      m_list(new ChatListView),
      m_empty(makeLabel("tertiary", "small")),
      m_device(new DeviceCard)
{
    setObjectName(QStringLiteral("sidebar"));
    setAttribute(Qt::WA_StyledBackground);
    m_search->setObjectName(QStringLiteral("search"));
    m_searchKey->setProperty("key", true);
    for (QLabel* label : {m_searchIcon, m_searchKey})
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_search->installEventFilter(this);
    m_empty->setWordWrap(true);
    m_empty->setContentsMargins(16, 14, 16, 0);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);

    auto* header = new QHBoxLayout(m_header);
    header->setContentsMargins(10, 0, 10, 0);
    header->addWidget(m_hide);
    header->addStretch();
    header->addWidget(m_newChat);

    auto* search = new QHBoxLayout;
    search->setContentsMargins(10, 0, 10, 6);
    search->addWidget(m_search);
    auto* list = new QHBoxLayout;
    list->setContentsMargins(8, 0, 8, 0);
    list->addWidget(m_list);
    auto* device = new QHBoxLayout;
    device->setContentsMargins(10, 8, 10, 10);
    device->addWidget(m_device);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addLayout(search);
    layout->addWidget(m_empty, 1);
    layout->addLayout(list, 1);
    layout->addLayout(device);

    connect(m_hide, &QToolButton::clicked, this, &Sidebar::hideRequested);
    connect(m_newChat, &QToolButton::clicked, this, &Sidebar::newChatRequested);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        showOrHideEmpty();
        placeSearchParts();
        Q_EMIT searchChanged(text);
    });
    connect(m_list, &ChatListView::chosen, this, &Sidebar::chatChosen);
    connect(m_list, &ChatListView::renamed, this, &Sidebar::chatRenamed);
    connect(m_list, &ChatListView::deleteRequested, this, &Sidebar::chatDeleteRequested);
    connect(m_device, &DeviceCard::settingsRequested, this, &Sidebar::settingsRequested);
    connect(m_device, &DeviceCard::devicesRequested, this, &Sidebar::devicesRequested);
    retranslate();
    showOrHideEmpty();
}

void Sidebar::setModel(QAbstractItemModel* model)
{
    m_list->setModel(model);
    if (model) {
        const auto refresh = [this] {
            showOrHideEmpty();
            setCurrentChat(m_currentChat); // its row may have come or moved
        };
        connect(model, &QAbstractItemModel::rowsInserted, this, refresh);
        connect(model, &QAbstractItemModel::rowsRemoved, this, refresh);
        connect(model, &QAbstractItemModel::modelReset, this, refresh);
    }
    showOrHideEmpty();
    setCurrentChat(m_currentChat);
}

void Sidebar::setCurrentChat(const QString& chatId)
{
    m_currentChat = chatId;
    const QAbstractItemModel* model = m_list->model();
    if (!model)
        return;
    for (int row = 0; row < model->rowCount() && !chatId.isEmpty(); ++row) {
        const QModelIndex index = model->index(row, 0);
        if (index.data(ChatIdRole).toString() == chatId) {
            if (m_list->currentIndex() != index)
                m_list->setCurrentIndex(index);
            return;
        }
    }
    m_list->selectionModel()->clear();
}

void Sidebar::setDeviceStatus(const DeviceStatus& status)
{
    m_device->setStatus(status);
}

void Sidebar::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

QPoint Sidebar::settingsCorner() const
{
    return m_device->menuCorner();
}

QPoint Sidebar::deviceCorner() const
{
    return m_device->corner();
}

void Sidebar::showOrHideEmpty()
{
    const bool empty = !m_list->model() || m_list->model()->rowCount() == 0;
    m_empty->setText(m_search->text().isEmpty() ? tr("Chats appear here once you write.")
                                                : tr("No chat contains these words."));
    m_empty->setVisible(empty);
    m_list->setVisible(!empty);
}

void Sidebar::placeSearchParts()
{
    const int middle = m_search->height() / 2;
    m_searchIcon->adjustSize();
    m_searchIcon->move(8, middle - m_searchIcon->height() / 2);
    m_searchKey->adjustSize();
    m_searchKey->move(
        m_search->width() - m_searchKey->width() - 6, middle - m_searchKey->height() / 2);
    m_searchKey->setVisible(m_search->text().isEmpty() && !m_search->hasFocus());
}

bool Sidebar::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_search)
        return QWidget::eventFilter(watched, event);
    switch (event->type()) {
    case QEvent::Resize:
    case QEvent::FocusIn:
    case QEvent::FocusOut:
        // After the field itself knows of it.
        QMetaObject::invokeMethod(
            this, [this] { placeSearchParts(); }, Qt::QueuedConnection);
        break;
    case QEvent::ShortcutOverride:
    case QEvent::KeyPress: {
        auto* key = static_cast<QKeyEvent*>(event);
        const bool press = event->type() == QEvent::KeyPress;
        if (key->key() == Qt::Key_Escape && !m_search->text().isEmpty()) {
            event->accept(); // before the window's own Esc
            if (press)
                m_search->clear();
            return press;
        }
        if (press && key->key() == Qt::Key_Down && m_list->isVisible()) {
            m_list->setFocus(Qt::TabFocusReason);
            return true;
        }
        break;
    }
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void Sidebar::retranslate()
{
    m_hide->setLabel(tr("Hide sidebar"), QKeySequence(Qt::CTRL | Qt::Key_B));
    m_newChat->setLabel(tr("New chat"), QKeySequence(QKeySequence::New));
    m_search->setPlaceholderText(tr("Search chats"));
    m_search->setAccessibleName(tr("Search chats"));
    QString key = QKeySequence(Qt::CTRL | Qt::Key_K).toString(QKeySequence::NativeText);
    m_searchKey->setText(key.replace(u'+', u' '));
    m_list->setAccessibleName(tr("Chats"));
    showOrHideEmpty();
    placeSearchParts();
}

void Sidebar::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

void Sidebar::themeChanged()
{
    m_header->setFixedHeight(m_theme->scaled(m_theme->pixels("size-header")));
    const int side = m_theme->scaled(14);
    m_searchIcon->setPixmap(m_theme->icon(QStringLiteral("search"), "text-tertiary")
                                .pixmap(QSize(side, side), devicePixelRatio()));
    placeSearchParts();
}

} // namespace atelier
