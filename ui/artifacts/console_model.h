// SPDX-License-Identifier: MIT
// The console's entries as an item model: repetitions folded, the oldest dropped.
#pragma once

#include "renderers/artifact_view.h"

#include <QAbstractListModel>
#include <QList>
#include <array>

namespace atelier {

/// Owner: ConsoleList. Threads: GUI thread only.
class ConsoleModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        EntryRole = Qt::UserRole + 1, // ConsoleEntry
        PlaceRole,                    // QString, "line 63"
    };

    explicit ConsoleModel(QObject* parent = nullptr);

    void add(const ConsoleEntry& entry); // folded into the last one when it says the same
    void clear();
    void retranslate();
    int total(ConsoleEntry::Level level) const; // with repetitions, since clear()
    int problems() const;
    int lastLine() const; // 0: none

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    QList<ConsoleEntry> m_entries;
    std::array<int, 4> m_totals = {}; // by ConsoleEntry::Level
};

} // namespace atelier
