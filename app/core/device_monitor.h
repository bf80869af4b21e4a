// SPDX-License-Identifier: MIT
// Reads what the computer is doing every two seconds, off the GUI thread.
#pragma once

#include "app/inference/inference_thread.h"
#include "engine/api/machine.h"
#include "ui/ui_types.h"

#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <functional>
#include <optional>

namespace atelier {

/// Owner: Studio. Threads: GUI thread; `read` runs on a thread of its own.
class DeviceMonitor final : public QObject
{
    Q_OBJECT

public:
    explicit DeviceMonitor(
        std::function<MachineInfo()> read = &readMachineInfo, QObject* parent = nullptr);
    ~DeviceMonitor() override;

    void start();
    /// Shows the device that this model runs on, instead of the machine's processor.
    void setModel(const atelier::CurrentModel& model);

Q_SIGNALS:
    void changed(const atelier::DeviceStatus& status);

private:
    void readOnce();

    std::function<MachineInfo()> m_read;
    std::optional<CurrentModel> m_onDevice; // a model that runs on another device
    QThreadPool m_pool;
    QTimer m_timer;
    bool m_reading = false; // a slow answer is waited for, not asked for twice
};

} // namespace atelier
