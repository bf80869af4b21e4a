// SPDX-License-Identifier: MIT
#include "app/core/studio.h"

#include "app/core/error_cards.h"

#include <utility>

namespace atelier {

Studio::Studio(const StudioOptions& options,
    std::shared_ptr<EngineFactory> engine,
    ThreadReaper& reaper,
    ConversationController::Screens screens)
    : m_window(screens.window),
      m_settings(options.settingsFile),
      m_store(options.chatsFolder),
      m_inference(std::move(engine), reaper),
      m_conversation(m_inference, m_store, m_list, screens),
      m_chats(m_store, m_list, m_conversation, screens.window),
      m_models(m_inference, m_settings, screens.window, options.demoModel),
      m_devices(m_settings, screens.window, reaper, options.device)
{
    m_models.setCacheFolder(options.cacheFolder);
    connectParts();
}

Studio::~Studio() = default;

void Studio::connectParts()
{
    connect(&m_models,
        &ModelController::loadingChanged,
        &m_conversation,
        &ConversationController::setModelLoading);
    connect(&m_models,
        &ModelController::modelReady,
        &m_conversation,
        &ConversationController::setModel);
    m_models.setDevice(m_devices.chosen());
    connect(&m_devices, &DeviceController::changed, this, [this] {
        m_models.setDevice(m_devices.chosen());
        m_models.reload();
    });
    connect(&m_models, &ModelController::processorWanted, this, [this] {
        m_devices.choose(QStringLiteral("cpu"));
    });
    connect(&m_models, &ModelController::modelReady, &m_device, &DeviceMonitor::setModel);
    connect(&m_inference,
        &InferenceThread::generationFailed,
        this,
        [this](RequestId, const Error& error) {
            if (error.code == ErrorCode::DeviceLost) {
                m_window.showError(deviceLostCard(error));
            }
        });
    connect(&m_conversation,
        &ConversationController::noModel,
        &m_models,
        &ModelController::showNoModel);
    connect(&m_device, &DeviceMonitor::changed, this, [this](const DeviceStatus& status) {
        m_window.setDeviceStatus(status);
    });
    connect(&m_store, &ConversationStore::opened, this, [this](const StoreReport& report) {
        if (!report.problem.isEmpty()) {
            ErrorCard card;
            card.caution = true;
            card.title = tr("Your chats were repaired.");
            card.text = report.problem;
            m_window.showError(card);
        }
    });
    const auto tellOnce = [this](const Error& error) {
        if (!std::exchange(m_toldAboutWrites, true)) { // every later write fails the same way
            m_window.showError(storeErrorCard(error));
        }
    };
    connect(&m_store, &ConversationStore::openFailed, this, tellOnce);
    connect(&m_store, &ConversationStore::writeFailed, this, tellOnce);
}

void Studio::start(const QString& modelFile)
{
    m_chats.start();
    m_models.start(modelFile);
    m_device.start();
    if (!m_settings.problem().isEmpty()) {
        ErrorCard card;
        card.caution = true;
        card.title = tr("The settings were damaged.");
        card.text = m_settings.problem();
        m_window.showError(card);
    }
}

void Studio::actOnError(const QString& action)
{
    m_window.clearError();
    m_models.act(action);
}

void Studio::actOnToast(const QString& action)
{
    if (action == QLatin1String(action::kUndoDelete)) {
        m_chats.undoRemove();
    }
}

} // namespace atelier
