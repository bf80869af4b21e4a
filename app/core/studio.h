// SPDX-License-Identifier: MIT
// Everything behind the screens, put together: store, engine border and controllers.
#pragma once

#include "app/core/chat_list_controller.h"
#include "app/core/chat_list_model.h"
#include "app/core/conversation_controller.h"
#include "app/core/device_controller.h"
#include "app/core/device_monitor.h"
#include "app/core/model_controller.h"
#include "app/inference/inference_thread.h"
#include "app/storage/conversation_store.h"
#include "app/storage/settings_file.h"

#include <QString>

#include <memory>

namespace atelier {

class ThreadReaper;

struct StudioOptions
{
    QString settingsFile;
    QString chatsFolder;
    QString demoModel;        // the bundled one; empty when it is missing
    QString device = {};      // to run on this time, "vulkan:1"; empty: as chosen before
    QString cacheFolder = {}; // for compiled shaders; empty: none are kept
};

/// Owner: the window's or the terminal's program object. Threads: GUI thread only.
class Studio final : public QObject
{
    Q_OBJECT

public:
    Studio(const StudioOptions& options,
        std::shared_ptr<EngineFactory> engine,
        ThreadReaper& reaper,
        ConversationController::Screens screens);
    ~Studio() override;

    /// Opens the chats and loads a model: `modelFile`, or what ModelController::start() chooses.
    void start(const QString& modelFile);

    void actOnError(const QString& action); // of an error card
    void actOnToast(const QString& action);

    SettingsFile& settings() { return m_settings; }
    ConversationStore& store() { return m_store; }
    ChatListModel& chatList() { return m_list; }
    ConversationController& conversation() { return m_conversation; }
    ChatListController& chats() { return m_chats; }
    ModelController& models() { return m_models; }
    DeviceController& devices() { return m_devices; }

private:
    void connectParts();

    WindowScreen& m_window;
    SettingsFile m_settings;
    ConversationStore m_store;
    InferenceThread m_inference;
    ChatListModel m_list;
    ConversationController m_conversation;
    ChatListController m_chats;
    ModelController m_models;
    DeviceController m_devices;
    DeviceMonitor m_device;
    bool m_toldAboutWrites = false;
};

} // namespace atelier
