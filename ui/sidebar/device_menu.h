// SPDX-License-Identifier: MIT
// The menu of the device card: what models can run on.
#pragma once

#include "ui/ui_types.h"

#include <QMenu>

namespace atelier {

/// Owner: MainWindow, while it is open. Threads: GUI thread only.
class DeviceMenu final : public QMenu
{
    Q_OBJECT

public:
    explicit DeviceMenu(QWidget* parent = nullptr);

    void setChoices(const DeviceChoices& choices); // also while it is open
    void openAbove(const QPoint& corner);          // global; its lower left corner

Q_SIGNALS:
    void chosen(const QString& id); // empty: automatic

private:
    void addChoice(const QString& id, const QString& text, const QString& tip, bool usable);

    DeviceChoices m_choices;
    QPoint m_corner;
};

} // namespace atelier
