// SPDX-License-Identifier: MIT
#include "app/storage/conversation_store.h"

#include "app/storage/chat_database.h"

#include <utility>

namespace atelier {

namespace {

constexpr int kSearchHits = 200;

} // namespace

/// Holds the database on the store's thread. Its members are touched on that thread only.
class ConversationStore::Worker final : public QObject
{
public:
    void open(const QString& folder, StoreReport& report)
    {
        auto opened = ChatDatabase::open(folder, report);
        if (opened) {
            m_database = opened.take();
        } else {
            m_problem = opened.error();
        }
    }

    void close() { m_database.reset(); }

    ChatDatabase* database() { return m_database.get(); }
    const Error& problem() const { return m_problem; }

private:
    std::unique_ptr<ChatDatabase> m_database;
    Error m_problem;
};

ConversationStore::ConversationStore(const QString& folder, QObject* parent)
    : QObject(parent),
      m_worker(std::make_unique<Worker>())
{
    m_worker->moveToThread(&m_thread);
    m_thread.setObjectName(QStringLiteral("chats"));
    m_thread.start();
    Worker* worker = m_worker.get();
    QMetaObject::invokeMethod(worker, [this, worker, folder] {
        StoreReport report;
        worker->open(folder, report);
        const bool isOpen = worker->database() != nullptr;
        const Error problem = worker->problem();
        // `this` waits in its destructor until this lambda is done, so it may be named here.
        QMetaObject::invokeMethod(
            this,
            [this, isOpen, report, problem] {
                if (isOpen) {
                    Q_EMIT opened(report);
                } else {
                    Q_EMIT openFailed(problem);
                }
            },
            Qt::QueuedConnection);
    });
}

ConversationStore::~ConversationStore()
{
    Worker* worker = m_worker.get();
    // The last job in the queue: everything asked for before runs first.
    QMetaObject::invokeMethod(worker, [worker] {
        worker->close();
        worker->thread()->quit();
    });
    m_thread.wait();
}

void ConversationStore::write(std::function<Status(ChatDatabase&)> work)
{
    Worker* worker = m_worker.get();
    QMetaObject::invokeMethod(worker, [this, worker, work = std::move(work)] {
        ChatDatabase* database = worker->database();
        const Status done = database ? work(*database) : Status(worker->problem());
        if (!done) {
            QMetaObject::invokeMethod(
                this,
                [this, error = done.error()] { Q_EMIT writeFailed(error); },
                Qt::QueuedConnection);
        }
    });
}

template <class T>
void ConversationStore::read(std::function<Result<T>(ChatDatabase&)> work, Callback<T> callback)
{
    Worker* worker = m_worker.get();
    QMetaObject::invokeMethod(
        worker, [this, worker, work = std::move(work), callback = std::move(callback)] {
            ChatDatabase* database = worker->database();
            const auto result = database ? work(*database) : Result<T>(worker->problem());
            QMetaObject::invokeMethod(
                this, [callback, result] { callback(result); }, Qt::QueuedConnection);
        });
}

void ConversationStore::listChats(Callback<QList<StoredChat>> callback)
{
    read<QList<StoredChat>>(
        [](ChatDatabase& database) { return database.chats(); }, std::move(callback));
}

void ConversationStore::loadChat(const QString& chat, Callback<StoredConversation> callback)
{
    read<StoredConversation>([chat](ChatDatabase& database) { return database.conversation(chat); },
        std::move(callback));
}

void ConversationStore::search(const QString& text, Callback<QList<SearchHit>> callback)
{
    read<QList<SearchHit>>(
        [text](ChatDatabase& database) { return database.search(text, kSearchHits); },
        std::move(callback));
}

void ConversationStore::saveChat(const StoredChat& chat)
{
    write([chat](ChatDatabase& database) { return database.saveChat(chat); });
}

void ConversationStore::removeChat(const QString& chat)
{
    write([chat](ChatDatabase& database) { return database.removeChat(chat); });
}

void ConversationStore::addMessage(const StoredMessage& message)
{
    write([message](ChatDatabase& database) { return database.addMessage(message); });
}

void ConversationStore::finishMessage(const StoredMessage& message)
{
    write([message](ChatDatabase& database) { return database.finishMessage(message); });
}

void ConversationStore::appendJournal(const QString& message, int part, const QString& text)
{
    write([message, part, text](
              ChatDatabase& database) { return database.appendJournal(message, part, text); });
}

void ConversationStore::selectBranch(const QString& message)
{
    write([message](ChatDatabase& database) { return database.selectBranch(message); });
}

void ConversationStore::removeMessage(const QString& message)
{
    write([message](ChatDatabase& database) { return database.removeMessage(message); });
}

void ConversationStore::saveVersion(const StoredVersion& version)
{
    write([version](ChatDatabase& database) { return database.saveVersion(version); });
}

void ConversationStore::saveArtifact(const StoredArtifact& artifact)
{
    write([artifact](ChatDatabase& database) { return database.saveArtifact(artifact); });
}

void ConversationStore::saveThumbnail(const StoredThumbnail& thumbnail)
{
    write([thumbnail](ChatDatabase& database) { return database.saveThumbnail(thumbnail); });
}

void ConversationStore::whenWritten(std::function<void()> callback)
{
    Worker* worker = m_worker.get();
    QMetaObject::invokeMethod(worker, [this, callback = std::move(callback)] {
        QMetaObject::invokeMethod(this, callback, Qt::QueuedConnection);
    });
}

} // namespace atelier
