// SPDX-License-Identifier: MIT
// The card at the foot of the sidebar: the device, its memory, settings.
#pragma once

#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QFrame>

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

Q_SIGNALS:
    void settingsRequested();

protected:
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    void retranslate();

    DeviceStatus m_status;
    QLabel* m_icon;
    ElidedLabel* m_name;
    MeterBar* m_bar;
    QLabel* m_memory;
    IconButton* m_settings;
};

} // namespace atelier
