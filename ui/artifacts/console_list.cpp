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
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <array>

namespace atelier {
namespace {

constexpr int kRow = 30;
constexpr int kRowWithHint = 46;

} // namespace

class ConsoleDelegate final : public QStyledItemDelegate
{
public:
    ConsoleDelegate(QObject* parent, const ThemeController* const& theme)
        : QStyledItemDelegate(parent),
          m_theme(theme)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override
    {
        const auto entry = index.data(ConsoleModel::EntryRole).value<ConsoleEntry>();
        const int height = entry.hint.isEmpty() ? kRow : kRowWithHint;
        return {80, m_theme ? m_theme->scaled(height) : height};
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
        m_theme->icon(icon, ink).paint(painter,
            QRect(row.left() + 12, row.top() + (m_theme->scaled(kRow) - side) / 2, side, side));
        painter->setFont(m_theme->monoFont());
        painter->setPen(m_theme->color(ink));
        QRect text = row.adjusted(12 + side + 8, 0, -12, 0);
        text.setHeight(m_theme->scaled(kRow));
        QString right = index.data(ConsoleModel::PlaceRole).toString();
        if (entry.count > 1)
            right = QStringLiteral("×%1  %2").arg(entry.count).arg(right);
        const int rightWidth = painter->fontMetrics().horizontalAdvance(right);
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignRight, right);
        text.adjust(0, 0, -rightWidth - 12, 0);
        QString said = index.data(Qt::DisplayRole).toString();
        if (entry.level == ConsoleEntry::Level::Blocked)
            said.prepend(ConsoleModel::tr("Blocked") + QStringLiteral(": "));
        painter->drawText(text,
            Qt::AlignVCenter | Qt::TextSingleLine,
            painter->fontMetrics().elidedText(said, Qt::ElideRight, text.width()));
        if (!entry.hint.isEmpty()) {
            painter->setFont(m_theme->font("small"));
            painter->setPen(m_theme->color("text-secondary"));
            const QRect hint(text.left(),
                row.top() + m_theme->scaled(24),
                row.right() - 12 - text.left(),
                m_theme->scaled(18));
            painter->drawText(hint,
                Qt::AlignVCenter | Qt::TextSingleLine,
                painter->fontMetrics().elidedText(entry.hint, Qt::ElideRight, hint.width()));
        }
        painter->restore();
    }

private:
    const ThemeController* const& m_theme;
};

/// Shows the entries of one kind, or all.
class ConsoleFilter final : public QSortFilterProxyModel
{
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

    void set(ConsoleList::Filter filter)
    {
        m_filter = filter;
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override
    {
        using Filter = ConsoleList::Filter;
        using Level = ConsoleEntry::Level;
        const auto entry = sourceModel()
                               ->index(row, 0, parent)
                               .data(ConsoleModel::EntryRole)
                               .value<ConsoleEntry>();
        switch (m_filter) {
        case Filter::Errors:
            return entry.level == Level::Error;
        case Filter::Warnings:
            return entry.level == Level::Warning;
        case Filter::Blocked:
            return entry.level == Level::Blocked;
        case Filter::Messages:
            return entry.level == Level::Log;
        case Filter::All:
            break;
        }
        return true;
    }

private:
    ConsoleList::Filter m_filter = ConsoleList::Filter::All;
};

ConsoleList::ConsoleList(QWidget* parent)
    : QWidget(parent),
      m_model(new ConsoleModel(this)),
      m_shown(new ConsoleFilter(this)),
      m_title(makeLabel()),
      m_list(new QListView),
      m_summary(makeLabel("secondary", "small")),
      m_silent(makeLabel("tertiary")),
      m_fix(new QPushButton),
      m_filterButton(new IconButton(QStringLiteral("filter"))),
      m_clear(new IconButton(QStringLiteral("trash"))),
      m_close(new IconButton(QStringLiteral("close")))
{
    m_shown->setSourceModel(m_model);
    m_list->setModel(m_shown);
    m_list->setItemDelegate(new ConsoleDelegate(m_list, m_theme));
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
    m_title->setProperty("weight", "medium");
    m_title->setProperty("textSize", "small");
    for (IconButton* button : {m_filterButton, m_clear, m_close})
        button->setSide(24);

    auto* bar = new QFrame;
    bar->setObjectName(QStringLiteral("consoleBar"));
    auto* barLayout = new QHBoxLayout(bar);
    barLayout->setContentsMargins(12, 4, 8, 4);
    barLayout->setSpacing(4);
    barLayout->addWidget(m_title);
    barLayout->addStretch(1);
    barLayout->addWidget(m_summary);
    barLayout->addSpacing(4);
    barLayout->addWidget(m_fix);
    for (IconButton* button : {m_filterButton, m_clear, m_close})
        barLayout->addWidget(button);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(bar);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_silent, 1);
    setAutoFillBackground(true);

    connect(m_clear, &QToolButton::clicked, this, &ConsoleList::clear);
    m_fix->setProperty("kind", "link");
    connect(m_fix, &QPushButton::clicked, this, &ConsoleList::fixRequested);
    connect(m_close, &QToolButton::clicked, this, &ConsoleList::closeRequested);
    connect(m_filterButton, &QToolButton::clicked, this, &ConsoleList::openFilterMenu);
    connect(m_list, &QListView::activated, this, &ConsoleList::activate); // Enter
    connect(m_list, &QListView::clicked, this, &ConsoleList::activate);
    setDrawer(false);
    retranslate();
}

void ConsoleList::activate(const QModelIndex& index)
{
    const int line = index.data(ConsoleModel::EntryRole).value<ConsoleEntry>().line;
    if (line > 0)
        Q_EMIT lineActivated(line);
}

void ConsoleList::setDrawer(bool drawer)
{
    m_drawer = drawer;
    m_title->setVisible(drawer);
    m_close->setVisible(drawer);
}

void ConsoleList::setFilter(Filter filter)
{
    m_filter = filter;
    m_shown->set(filter);
    m_filterButton->setCheckable(true);
    m_filterButton->setChecked(filter != Filter::All);
    retranslate();
}

void ConsoleList::openFilterMenu()
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const std::array<QString, 5> names = {
        tr("All entries"), tr("Errors"), tr("Warnings"), tr("Blocked requests"), tr("Messages")};
    for (size_t i = 0; i < names.size(); ++i) {
        const auto filter = static_cast<Filter>(i);
        QAction* action = menu->addAction(names[i]);
        action->setCheckable(true);
        action->setChecked(filter == m_filter);
        connect(action, &QAction::triggered, this, [this, filter] { setFilter(filter); });
    }
    menu->popup(m_filterButton->mapToGlobal(QPoint(0, m_filterButton->height() + 2)));
    m_filterButton->setChecked(m_filter != Filter::All); // the click has turned it over
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

int ConsoleList::shownEntries() const
{
    return m_shown->rowCount();
}

int ConsoleList::lastLine() const
{
    return m_model->lastLine();
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
    m_title->setText(tr("Console"));
    m_fix->setText(tr("Ask GLM-4 to fix it"));
    m_fix->setVisible(m_model->problems() > 0);
    m_silent->setText(m_model->rowCount() == 0 ? tr("The page has not written anything.")
                                               : tr("Nothing of this kind."));
    const bool empty = m_shown->rowCount() == 0;
    m_list->setVisible(!empty);
    m_silent->setVisible(empty);
    m_clear->setEnabled(m_model->rowCount() > 0);
    m_close->setLabel(tr("Close the console"));
    m_filterButton->setLabel(tr("Choose what is listed"));
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
