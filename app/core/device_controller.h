// SPDX-License-Identifier: MIT
// Which device models run on: what there is, and what the person chose.
#pragma once

#include "app/core/screens.h"
#include "engine/api/devices.h"

#include <QObject>
#include <QString>

#include <functional>
#include <future>
#include <memory>
#include <thread>

namespace atelier {

class SettingsFile;
class ThreadReaper;

/// Everything handed in outlives it. Owner: Studio. Threads: GUI thread; `list` runs on a thread
/// of its own, because drivers start slowly; one that is still running in the end goes to `reaper`.
class DeviceController final : public QObject
{
    Q_OBJECT

public:
    /// `forThisRun`: from the command line, instead of what is in the settings; may be empty.
    DeviceController(SettingsFile& settings,
        WindowScreen& window,
        ThreadReaper& reaper,
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
    // Where a look-up leaves its answer, also when nobody wants it any more.
    struct Asked;

    void onAnswer(const DeviceList& devices);
    void show();

    SettingsFile& m_settings;
    WindowScreen& m_window;
    ThreadReaper& m_reaper;
    std::function<DeviceList()> m_list;
    QString m_chosen;
    DeviceList m_devices;
    bool m_known = false;
    std::shared_ptr<Asked> m_asked;
    std::thread m_look; // joinable: a slow answer is waited for, not asked for twice
    std::future<void> m_lookEnded;
};

} // namespace atelier
