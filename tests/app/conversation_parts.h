// SPDX-License-Identifier: MIT
// What a conversation needs around it: a store on the disk, a scripted engine, and screens that
// remember what they were told.
#pragma once

#include "app/core/chat_list_controller.h"
#include "app/core/chat_list_model.h"
#include "app/core/conversation_controller.h"
#include "app/core/model_controller.h"
#include "app/inference/thread_reaper.h"
#include "app/storage/conversation_store.h"
#include "app/storage/settings_file.h"
#include "tests/support/fake_screens.h"
#include "tests/support/scripted_engine.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <memory>

namespace atelier::test {

struct ConversationParts
{
    void start()
    {
        make();
        QSignalSpy started(m_chats.get(), &ChatListController::started);
        m_chats->start();
        QTRY_COMPARE(started.size(), 1);
    }

    void make()
    {
        m_reaper = std::make_unique<ThreadReaper>();
        m_inference = std::make_unique<InferenceThread>(
            std::make_shared<ScriptedEngineFactory>(m_script), *m_reaper);
        m_store = std::make_unique<ConversationStore>(m_folder->path());
        m_settings = std::make_unique<SettingsFile>(m_folder->filePath(QStringLiteral("s.json")));
        m_list = std::make_unique<ChatListModel>();
        m_transcript = std::make_unique<FakeTranscript>();
        m_artifact = std::make_unique<FakeArtifact>();
        m_window = std::make_unique<FakeWindow>();
        m_chat = std::make_unique<ConversationController>(*m_inference,
            *m_store,
            *m_list,
            ConversationController::Screens{*m_transcript, *m_artifact, *m_window});
        m_chats = std::make_unique<ChatListController>(*m_store, *m_list, *m_chat, *m_window);
        m_models =
            std::make_unique<ModelController>(*m_inference, *m_settings, *m_window, QString());
        QObject::connect(m_models.get(),
            &ModelController::loadingChanged,
            m_chat.get(),
            &ConversationController::setModelLoading);
        QObject::connect(m_models.get(),
            &ModelController::modelReady,
            m_chat.get(),
            &ConversationController::setModel);
        QObject::connect(m_chat.get(),
            &ConversationController::noModel,
            m_models.get(),
            &ModelController::showNoModel);
    }

    void quit()
    {
        m_models.reset();
        m_chats.reset();
        m_chat.reset();
        m_inference.reset();
        m_store.reset();
        m_reaper.reset();
    }

    void restart()
    {
        quit();
        start();
    }

    void loadModel()
    {
        QSignalSpy ready(m_models.get(), &ModelController::modelReady);
        m_models->load(QStringLiteral("/one.gguf"));
        QTRY_COMPARE(ready.size(), 1);
    }

    void ask(const QString& text, const ScriptedReply& reply)
    {
        m_script->addReply(reply);
        QSignalSpy ended(m_chat.get(), &ConversationController::replyEnded);
        m_chat->send(text);
        QTRY_COMPARE(ended.size(), 1);
    }

    void act(int message, const char* action)
    {
        m_chat->act(m_transcript->messages[message].id, QString::fromLatin1(action));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<Script> m_script;
    std::unique_ptr<ThreadReaper> m_reaper;
    std::unique_ptr<InferenceThread> m_inference;
    std::unique_ptr<ConversationStore> m_store;
    std::unique_ptr<SettingsFile> m_settings;
    std::unique_ptr<ChatListModel> m_list;
    std::unique_ptr<FakeTranscript> m_transcript;
    std::unique_ptr<FakeArtifact> m_artifact;
    std::unique_ptr<FakeWindow> m_window;
    std::unique_ptr<ConversationController> m_chat;
    std::unique_ptr<ChatListController> m_chats;
    std::unique_ptr<ModelController> m_models;
};

} // namespace atelier::test
