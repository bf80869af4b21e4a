// SPDX-License-Identifier: MIT
#include "app/core/device_controller.h"

#include "app/core/error_cards.h"
#include "app/storage/settings_file.h"

#include <utility>

namespace atelier {

namespace {

constexpr auto kDeviceKey = "device";

QString text(const std::string& value)
{
    return QString::fromStdString(value);
}

QString apiName(const std::string& backend)
{
    if (backend == "cpu") {
        return DeviceController::tr("Processor");
    }
    return backend == "vulkan" ? QStringLiteral("Vulkan") : text(backend).toUpper();
}

DeviceChoice choiceOf(const DeviceInfo& device)
{
    DeviceChoice choice;
    choice.id = text(deviceId(device));
    choice.name = text(device.name);
    choice.detail = device.totalMemoryBytes == 0 ? apiName(device.backend)
                                                 : DeviceController::tr("%1, %2 of %3 free")
                                                       .arg(apiName(device.backend),
                                                           gibibytes(device.availableMemoryBytes),
                                                           gibibytes(device.totalMemoryBytes));
    choice.driver = text(device.driver);
    choice.problem = text(device.lacks);
    return choice;
}

} // namespace

DeviceController::DeviceController(SettingsFile& settings,
    WindowScreen& window,
    const QString& forThisRun,
    std::function<DeviceList()> list,
    QObject* parent)
    : QObject(parent),
      m_settings(settings),
      m_window(window),
      m_list(std::move(list)),
      m_chosen(forThisRun.isEmpty() ? settings.text(QLatin1String(kDeviceKey)) : forThisRun)
{
    if (m_chosen == QLatin1String("auto")) {
        m_chosen.clear();
    }
    m_pool.setMaxThreadCount(1);
}

DeviceController::~DeviceController()
{
    m_pool.waitForDone(); // one look, at most about a second
}

void DeviceController::refresh()
{
    show();
    if (std::exchange(m_looking, true)) {
        return;
    }
    m_pool.start([this, list = m_list] {
        DeviceList devices = list();
        QMetaObject::invokeMethod(
            this,
            [this, devices = std::move(devices)] {
                m_looking = false;
                m_known = true;
                m_devices = devices;
                show();
            },
            Qt::QueuedConnection);
    });
}

void DeviceController::choose(const QString& id)
{
    if (id == m_chosen) {
        return;
    }
    m_chosen = id;
    (void)m_settings.set(QLatin1String(kDeviceKey), id);
    show();
    Q_EMIT changed();
}

void DeviceController::show()
{
    DeviceChoices choices;
    choices.known = m_known;
    choices.chosen = m_chosen;
    for (const DeviceInfo& device : m_devices.devices) {
        choices.devices << choiceOf(device);
        if (choices.automaticName.isEmpty() && device.chosenAutomatically && device.lacks.empty()) {
            choices.automaticName = text(device.name);
        }
    }
    for (const AbsentBackend& backend : m_devices.absent) {
        choices.absent << QStringLiteral("%1: %2").arg(
            apiName(backend.backend), text(backend.reason));
    }
    m_window.setDevices(choices);
}

} // namespace atelier
