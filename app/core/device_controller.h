// SPDX-License-Identifier: MIT
// Which device models run on: what there is, and what the person chose.
#pragma once

#include "app/core/screens.h"
#include "engine/api/devices.h"

#include <QObject>
#include <QString>
#include <QThreadPool>

#include <functional>

namespace atelier {

class SettingsFile;

/// Everything handed in outlives it. Owner: Studio. Threads: GUI thread; `list` runs on a thread
/// of its own, because drivers start slowly.
class DeviceController final : public QObject
{
    Q_OBJECT

public:
    /// `forThisRun`: from the command line, instead of what is in the settings; may be empty.
    DeviceController(SettingsFile& settings,
        WindowScreen& window,
        const QString& forThisRun,
        std::function<DeviceList()> list = &listDevices,
        QObject* parent = nullptr);
    ~DeviceController() override;

    /// As LoadOptions::backend takes it; empty: automatic.
    const QString& chosen() const { return m_chosen; }

    /// Looks for devices and tells the window.
    void refresh();
    /// Keeps the choice, also for later runs.
    void choose(const QString& id);

Q_SIGNALS:
    void changed(); // chosen() is another one

private:
    void show();

    SettingsFile& m_settings;
    WindowScreen& m_window;
    std::function<DeviceList()> m_list;
    QString m_chosen;
    DeviceList m_devices;
    bool m_known = false;
    bool m_looking = false; // a slow answer is waited for, not asked for twice
    QThreadPool m_pool;
};

} // namespace atelier
