// SPDX-License-Identifier: MIT
#include "ui/artifacts/console_list.h"

#include "ui/artifacts/console_model.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/painting.h"
#include "ui/widgets/text_label.h"

#include <QAction>
#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace atelier {
namespace {

constexpr int kRow = 30;

} // namespace

class ConsoleDelegate final : public QStyledItemDelegate
{
public:
    ConsoleDelegate(QObject* parent, const ThemeController* const& theme)
        : QStyledItemDelegate(parent),
          m_theme(theme)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return {80, m_theme ? m_theme->scaled(kRow) : kRow};
    }

    void paint(QPainter* painter,
        const QStyleOptionViewItem& option,
        const QModelIndex& index) const override
    {
        if (!m_theme)
            return;
        const auto entry = index.data(ConsoleModel::EntryRole).value<ConsoleEntry>();
        const char* ink = "text-secondary";
        QString icon = QStringLiteral("chevron-right");
        const QRect row = option.rect;
        painter->save();
        switch (entry.level) {
        case ConsoleEntry::Level::Error:
            painter->fillRect(row, m_theme->color("danger-soft"));
            ink = "danger";
            icon = QStringLiteral("warning");
            break;
        case ConsoleEntry::Level::Warning:
            painter->fillRect(row, m_theme->color("caution-soft"));
            ink = "caution";
            icon = QStringLiteral("warning");
            break;
        case ConsoleEntry::Level::Blocked:
            painter->fillRect(row, m_theme->color("caution-soft"));
            ink = "caution";
            icon = QStringLiteral("blocked");
            break;
        case ConsoleEntry::Level::Log:
            break;
        }
        if (option.state.testFlag(QStyle::State_Selected))
            painter->fillRect(row, m_theme->color("hover"));
        painter->fillRect(
            QRect(row.left(), row.bottom(), row.width(), 1), m_theme->color("border-subtle"));
        const int side = m_theme->scaled(14);
        m_theme->icon(icon, ink).paint(
            painter, QRect(row.left() + 12, row.center().y() - side / 2, side, side));
        painter->setFont(m_theme->monoFont());
        painter->setPen(m_theme->color(ink));
        QRect text = row.adjusted(12 + side + 8, 0, -12, 0);
        QString right = index.data(ConsoleModel::PlaceRole).toString();
        if (entry.count > 1)
            right = QStringLiteral("×%1  %2").arg(entry.count).arg(right);
        const int rightWidth = painter->fontMetrics().horizontalAdvance(right);
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignRight, right);
        text.adjust(0, 0, -rightWidth - 12, 0);
        painter->drawText(text,
            Qt::AlignVCenter | Qt::TextSingleLine,
            painter->fontMetrics().elidedText(
                index.data(Qt::DisplayRole).toString(), Qt::ElideRight, text.width()));
        painter->restore();
    }

private:
    const ThemeController* const& m_theme;
};

ConsoleList::ConsoleList(QWidget* parent)
    : QWidget(parent),
      m_model(new ConsoleModel(this)),
      m_list(new QListView),
      m_summary(makeLabel("secondary", "small")),
      m_silent(makeLabel("tertiary")),
      m_clear(new IconButton(QStringLiteral("trash")))
{
    m_list->setModel(m_model);
    m_list->setItemDelegate(new ConsoleDelegate(m_list, m_theme));
    m_list->setUniformItemSizes(true);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setProperty("ringRadius", 0);
    auto* copy = new QAction(m_list);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, [this] {
        if (m_list->currentIndex().isValid())
            QGuiApplication::clipboard()->setText(
                m_list->currentIndex().data(ConsoleModel::EntryRole).value<ConsoleEntry>().text);
    });
    m_list->addAction(copy);
    m_silent->setAlignment(Qt::AlignCenter);
    m_clear->setSide(24);

    auto* bar = new QFrame;
    bar->setObjectName(QStringLiteral("consoleBar"));
    auto* barLayout = new QHBoxLayout(bar);
    barLayout->setContentsMargins(12, 4, 8, 4);
    barLayout->addWidget(m_summary, 1);
    barLayout->addWidget(m_clear);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(bar);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_silent, 1);
    setAutoFillBackground(true);

    connect(m_clear, &QToolButton::clicked, this, &ConsoleList::clear);
    connect(m_list, &QListView::activated, this, [this](const QModelIndex& index) {
        const int line = index.data(ConsoleModel::EntryRole).value<ConsoleEntry>().line;
        if (line > 0)
            Q_EMIT lineActivated(line);
    });
    retranslate();
}

void ConsoleList::add(const ConsoleEntry& entry)
{
    m_model->add(entry);
    retranslate();
    Q_EMIT problemsChanged(m_model->problems());
}

void ConsoleList::clear()
{
    m_model->clear();
    retranslate();
    Q_EMIT problemsChanged(0);
}

int ConsoleList::entries() const
{
    return m_model->rowCount();
}

int ConsoleList::problems() const
{
    return m_model->problems();
}

void ConsoleList::retranslate()
{
    QStringList parts;
    if (const int errors = m_model->total(ConsoleEntry::Level::Error))
        parts.append(tr("%n error(s)", nullptr, errors));
    if (const int blocked = m_model->total(ConsoleEntry::Level::Blocked))
        parts.append(tr("%n blocked", nullptr, blocked));
    const int messages =
        m_model->total(ConsoleEntry::Level::Log) + m_model->total(ConsoleEntry::Level::Warning);
    if (messages)
        parts.append(tr("%n message(s)", nullptr, messages));
    m_summary->setText(parts.join(tr(", ", "between counts")));
    m_silent->setText(tr("The page has not written anything."));
    const bool empty = m_model->rowCount() == 0;
    m_list->setVisible(!empty);
    m_silent->setVisible(empty);
    m_clear->setEnabled(!empty);
    m_clear->setLabel(tr("Clear the console"));
    m_list->setAccessibleName(tr("Console"));
}

void ConsoleList::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange) {
        m_model->retranslate();
        retranslate();
    }
    QWidget::changeEvent(event);
}

void ConsoleList::themeChanged()
{
    QPalette colors = palette();
    colors.setColor(QPalette::Window, m_theme->color("canvas"));
    setPalette(colors);
    m_list->viewport()->update();
    m_list->doItemsLayout();
}

} // namespace atelier
