// SPDX-License-Identifier: MIT
#include "ui/artifacts/console_model.h"

#include "ui/artifacts/console_list.h"

#include <algorithm>

namespace atelier {
namespace {

constexpr qsizetype kShownCharacters = 2000; // of one entry; the whole text can be copied

} // namespace

ConsoleModel::ConsoleModel(QObject* parent) : QAbstractListModel(parent) {}

void ConsoleModel::add(const ConsoleEntry& entry)
{
    const int times = std::max(1, entry.count);
    m_totals[static_cast<size_t>(entry.level)] += times;
    if (!m_entries.isEmpty()) {
        ConsoleEntry& last = m_entries.last();
        if (last.level == entry.level && last.text == entry.text && last.line == entry.line &&
            last.source == entry.source) {
            last.count += times;
            const QModelIndex changed = index(rowCount() - 1);
            Q_EMIT dataChanged(changed, changed);
            return;
        }
    }
    if (m_entries.size() >= ConsoleList::kMaxEntries) {
        beginRemoveRows({}, 0, 0);
        m_entries.removeFirst();
        endRemoveRows();
    }
    beginInsertRows({}, rowCount(), rowCount());
    m_entries.append(entry);
    m_entries.last().count = times;
    endInsertRows();
}

void ConsoleModel::clear()
{
    beginResetModel();
    m_entries.clear();
    m_totals = {};
    endResetModel();
}

void ConsoleModel::retranslate()
{
    if (!m_entries.isEmpty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

int ConsoleModel::total(ConsoleEntry::Level level) const
{
    return m_totals[static_cast<size_t>(level)];
}

int ConsoleModel::problems() const
{
    return total(ConsoleEntry::Level::Error) + total(ConsoleEntry::Level::Blocked);
}

int ConsoleModel::lastLine() const
{
    for (auto entry = m_entries.rbegin(); entry != m_entries.rend(); ++entry) {
        if (entry->line > 0)
            return entry->line;
    }
    return 0;
}

int ConsoleModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant ConsoleModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ConsoleEntry& entry = m_entries[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return entry.text.left(kShownCharacters).simplified();
    case Qt::AccessibleTextRole: {
        const QString level = entry.level == ConsoleEntry::Level::Error     ? tr("Error")
                              : entry.level == ConsoleEntry::Level::Warning ? tr("Warning")
                              : entry.level == ConsoleEntry::Level::Blocked ? tr("Blocked")
                                                                            : tr("Message");
        const QString hint = entry.hint.isEmpty() ? QString() : QStringLiteral(". ") + entry.hint;
        return level + QStringLiteral(": ") + entry.text.left(kShownCharacters).simplified() + hint;
    }
    case Qt::ToolTipRole:
        return entry.hint.isEmpty() ? QVariant() : QVariant(entry.hint.toHtmlEscaped());
    case EntryRole:
        return QVariant::fromValue(entry);
    case PlaceRole:
        return entry.line > 0 ? tr("line %1").arg(entry.line) : QString();
    default:
        return {};
    }
}

} // namespace atelier
