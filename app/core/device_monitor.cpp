// SPDX-License-Identifier: MIT
#include "app/core/device_monitor.h"

#include <chrono>
#include <utility>

namespace atelier {

namespace {

DeviceStatus statusOf(const MachineInfo& machine)
{
    DeviceStatus status;
    status.name = QString::fromStdString(machine.processor);
    status.totalBytes = qint64(machine.totalMemoryBytes);
    status.ownBytes = qint64(machine.processResidentBytes);
    status.usedBytes = machine.totalMemoryBytes > machine.availableMemoryBytes
                           ? qint64(machine.totalMemoryBytes - machine.availableMemoryBytes)
                           : 0;
    return status;
}

DeviceStatus statusOf(const CurrentModel& model)
{
    DeviceStatus status;
    status.name = QString::fromStdString(model.info.deviceName);
    const DeviceMemory memory = model.deviceMemory ? model.deviceMemory() : DeviceMemory{};
    status.totalBytes = qint64(memory.totalBytes);
    status.ownBytes = qint64(model.plan.total() - model.plan.mappedWeights);
    status.usedBytes = memory.totalBytes > memory.availableBytes
                           ? qint64(memory.totalBytes - memory.availableBytes)
                           : 0;
    return status;
}

} // namespace

DeviceMonitor::DeviceMonitor(std::function<MachineInfo()> read, QObject* parent)
    : QObject(parent),
      m_read(std::move(read))
{
    m_pool.setMaxThreadCount(1);
    m_timer.setInterval(std::chrono::seconds(2));
    connect(&m_timer, &QTimer::timeout, this, &DeviceMonitor::readOnce);
}

DeviceMonitor::~DeviceMonitor()
{
    m_pool.waitForDone(); // one reading, well under a millisecond
}

void DeviceMonitor::start()
{
    readOnce();
    m_timer.start();
}

void DeviceMonitor::setModel(const CurrentModel& model)
{
    m_onDevice = model.info.backend == "cpu" ? std::nullopt : std::optional(model);
    if (m_timer.isActive()) {
        readOnce();
    }
}

void DeviceMonitor::readOnce()
{
    if (std::exchange(m_reading, true)) {
        return;
    }
    m_pool.start([this, read = m_read, model = m_onDevice] {
        const DeviceStatus status = model ? statusOf(*model) : statusOf(read());
        QMetaObject::invokeMethod(
            this,
            [this, status] {
                m_reading = false;
                Q_EMIT changed(status);
            },
            Qt::QueuedConnection);
    });
}

} // namespace atelier
