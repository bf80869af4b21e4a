// SPDX-License-Identifier: MIT
// The chats on disk, written by one thread of their own, so that the GUI never waits for a disk.
#pragma once

#include "app/storage/stored_chat.h"
#include "engine/base/result.h"

#include <QObject>
#include <QString>
#include <QThread>

#include <functional>
#include <memory>

namespace atelier {

class ChatDatabase;

/// Operations run in the order in which they were asked for, so a read sees every write before it.
///
/// Owner:    main(). Threads: call on the thread that owns it; callbacks and signals arrive there,
///           never before the call returns, and no more once it is destroyed.
/// Errors:   a write that failed is told by writeFailed(); the program goes on with what it holds
///           in memory.
/// Lifetime: destruction waits until everything that was asked for is on the disk.
class ConversationStore final : public QObject
{
    Q_OBJECT

public:
    template <class T>
    using Callback = std::function<void(const Result<T>&)>;

    explicit ConversationStore(const QString& folder, QObject* parent = nullptr);
    ~ConversationStore() override;

    void listChats(Callback<QList<StoredChat>> callback);
    void loadChat(const QString& chat, Callback<StoredConversation> callback);
    void search(const QString& text, Callback<QList<SearchHit>> callback);

    void saveChat(const StoredChat& chat);
    void removeChat(const QString& chat);
    void addMessage(const StoredMessage& message);
    void finishMessage(const StoredMessage& message);
    void appendJournal(const QString& message, int part, const QString& text);
    void selectBranch(const QString& message);
    void removeMessage(const QString& message);
    void saveVersion(const StoredVersion& version);
    void saveArtifact(const StoredArtifact& artifact);
    void saveThumbnail(const StoredThumbnail& thumbnail);

    /// Called once everything asked for before is on the disk.
    void whenWritten(std::function<void()> callback);

Q_SIGNALS:
    void opened(const atelier::StoreReport& report);
    /// Nothing can be kept: every later operation fails with the same reason.
    void openFailed(const atelier::Error& error);
    void writeFailed(const atelier::Error& error);

private:
    class Worker;

    void write(std::function<Status(ChatDatabase&)> work);
    template <class T>
    void read(std::function<Result<T>(ChatDatabase&)> work, Callback<T> callback);

    QThread m_thread;
    std::unique_ptr<Worker> m_worker; // lives on m_thread
};

} // namespace atelier
