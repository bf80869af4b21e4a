// SPDX-License-Identifier: MIT
#include "app/core/device_controller.h"

#include "app/core/error_cards.h"
#include "app/inference/thread_reaper.h"
#include "app/storage/settings_file.h"

#include <mutex>
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

struct DeviceController::Asked
{
    std::mutex mutex; // held while an answer is posted, and never while it is looked for
    DeviceController* by = nullptr; // null: gone
};

DeviceController::DeviceController(SettingsFile& settings,
    WindowScreen& window,
    ThreadReaper& reaper,
    const QString& forThisRun,
    std::function<DeviceList()> list,
    QObject* parent)
    : QObject(parent),
      m_settings(settings),
      m_window(window),
      m_reaper(reaper),
      m_list(std::move(list)),
      m_chosen(forThisRun.isEmpty() ? settings.text(QLatin1String(kDeviceKey)) : forThisRun),
      m_asked(std::make_shared<Asked>())
{
    m_asked->by = this;
    if (m_chosen == QLatin1String("auto")) {
        m_chosen.clear();
    }
}

DeviceController::~DeviceController()
{
    {
        const std::scoped_lock lock(m_asked->mutex);
        m_asked->by = nullptr;
    }
    if (m_look.joinable()) {
        m_reaper.take(std::move(m_look), std::move(m_lookEnded));
    }
}

void DeviceController::refresh()
{
    show();
    if (m_look.joinable()) {
        return;
    }
    std::promise<void> ended;
    m_lookEnded = ended.get_future();
    m_look = std::thread([asked = m_asked, list = m_list, ended = std::move(ended)]() mutable {
        DeviceList devices = list();
        {
            const std::scoped_lock lock(asked->mutex);
            if (DeviceController* by = asked->by) {
                QMetaObject::invokeMethod(
                    by,
                    [by, devices = std::move(devices)] { by->onAnswer(devices); },
                    Qt::QueuedConnection);
            }
        }
        list = nullptr; // what it holds is not kept by a thread that has ended
        ended.set_value();
    });
}

void DeviceController::onAnswer(const DeviceList& devices)
{
    m_look.join(); // it has nothing left to do
    m_known = true;
    m_devices = devices;
    show();
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
