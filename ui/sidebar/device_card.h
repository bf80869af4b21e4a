// SPDX-License-Identifier: MIT
// The card at the foot of the sidebar: the device, its memory, settings.
#pragma once

#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QFrame>

class QAbstractButton;
class QLabel;

namespace atelier {

class ElidedLabel;
class IconButton;
class MeterBar;

/// Owner: Sidebar. Threads: GUI thread only.
class DeviceCard final : public QFrame, public Themed
{
    Q_OBJECT

public:
    explicit DeviceCard(QWidget* parent = nullptr);

    void setStatus(const DeviceStatus& status);
    QPoint menuCorner() const; // global; where the settings menu opens, above the button
    QPoint corner() const;     // global; of the card

Q_SIGNALS:
    void settingsRequested();
    void devicesRequested(); // the card was pressed: another device may be chosen

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void themeChanged() override;

private:
    void retranslate();

    DeviceStatus m_status;
    QAbstractButton* m_choose; // all of the card, behind its parts
    QLabel* m_icon;
    ElidedLabel* m_name;
    MeterBar* m_bar;
    QLabel* m_memory;
    IconButton* m_settings;
};

} // namespace atelier
