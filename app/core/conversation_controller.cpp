// SPDX-License-Identifier: MIT
#include "app/core/conversation_controller.h"

#include "app/core/chat_list_model.h"
#include "app/core/error_cards.h"
#include "app/core/generation_defaults.h"
#include "app/core/transcript_text.h"
#include "app/storage/conversation_store.h"

#include <QDateTime>
#include <QUuid>

#include <utility>

namespace atelier {

namespace {

constexpr int kTickMs = 500;  // refreshes the rate twice a second and journals as often
constexpr int kDraftMs = 300; // of no typing, before the draft is saved and counted

QString newId()
{
    return QUuid::createUuid().toString(QUuid::WithoutBraces);
}

qint64 now()
{
    return QDateTime::currentMSecsSinceEpoch();
}

} // namespace

ConversationController::ConversationController(InferenceThread& inference,
    ConversationStore& store,
    ChatListModel& chats,
    Screens screens,
    QObject* parent)
    : QObject(parent),
      m_inference(inference),
      m_store(store),
      m_chats(chats),
      m_screens(screens),
      m_history(store),
      m_artifacts(screens.transcript, screens.artifact)
{
    using Self = ConversationController;
    connect(&inference, &InferenceThread::promptProgressed, this, &Self::onPromptProgress);
    connect(&inference, &InferenceThread::textArrived, this, &Self::onText);
    connect(&inference, &InferenceThread::generationFinished, this, &Self::onFinished);
    connect(&inference, &InferenceThread::generationFailed, this, &Self::onFailed);
    connect(&inference,
        &InferenceThread::promptsCounted,
        this,
        [this](RequestId request, const std::vector<uint32_t>& counts) {
            if (request != m_counting || counts.size() != 3 || !m_model) {
                return;
            }
            m_screens.window.setTokenCount(
                int(counts[0]) - int(counts[1]), int(m_model->contextTokens));
            m_usage.usedTokens = int(counts[2]);
            showUsage();
        });
    m_tick.setInterval(kTickMs);
    connect(&m_tick, &QTimer::timeout, this, &Self::tick);
    m_draftTimer.setSingleShot(true);
    m_draftTimer.setInterval(kDraftMs);
    connect(&m_draftTimer, &QTimer::timeout, this, [this] {
        saveDraft();
        countTokens();
    });
}

ConversationController::~ConversationController()
{
    keepEdit();
    if (m_live) {
        m_live->journal();
    }
    if (m_draftTimer.isActive()) {
        saveDraft();
    }
}

// Which chat is open ---------------------------------------------------------

void ConversationController::newChat()
{
    m_opening.clear();
    if (!m_conversation.chat.id.isEmpty() && m_conversation.isEmpty()) {
        return; // this one is new
    }
    saveDraft();
    Conversation conversation;
    conversation.chat.id = newId();
    conversation.chat.created = now();
    m_isSaved = false;
    show(std::move(conversation), {});
}

void ConversationController::openChat(const QString& chatId)
{
    if (chatId == m_conversation.chat.id && m_opening.isEmpty()) {
        return;
    }
    saveDraft();
    m_opening = chatId;
    m_store.loadChat(chatId, [this, chatId](const Result<StoredConversation>& loaded) {
        if (m_opening != chatId) {
            return; // another one was chosen meanwhile
        }
        m_opening.clear();
        if (!loaded) {
            m_screens.window.setCurrentChat(m_conversation.chat.id);
            m_screens.window.showError(storeErrorCard(loaded.error()));
            return;
        }
        m_isSaved = true;
        show(Conversation(loaded.value()), loaded.value());
    });
}

void ConversationController::show(Conversation conversation, const StoredConversation& kept)
{
    keepEdit();
    restoreWaiting();
    m_editing.clear();
    m_draftTimer.stop();
    m_conversation = std::move(conversation);
    m_parts.clear();
    m_history.open(kept);
    if (m_live && m_conversation.contains(m_live->message().id)) {
        m_conversation.message(m_live->message().id) = m_live->message();
    }
    m_settings = settingsFromJson(m_conversation.chat.settings, m_defaults);
    m_usage.usedTokens = 0;
    m_usage.cachedTokens = 0;

    m_artifacts.reset();
    showPathAfter({});
    m_screens.window.setCurrentChat(m_conversation.chat.id);
    m_screens.window.setComposerText(m_conversation.chat.draft);
    m_screens.window.setSettings(m_settings, m_defaults);
    const QString last = m_conversation.lastOf(StoredRole::Assistant);
    if (const int newest = last.isEmpty() ? -1 : partsOf(last).artifactCount() - 1; newest >= 0) {
        showVersionOf(m_history.currentOf(ArtifactHistory::key(last, newest)),
            ArtifactScreen::Reveal::Suggested);
    }
    tick();
    countTokens();
}

void ConversationController::showPathAfter(const QString& messageId)
{
    const QStringList path = m_conversation.path();
    rebuildHistory();
    m_screens.window.setEmptyChat(path.isEmpty());
    if (messageId.isEmpty()) {
        QList<TranscriptMessage> messages;
        for (const QString& id : path) {
            messages.append(shownMessage(id));
        }
        m_screens.transcript.setMessages(messages);
        return;
    }
    m_screens.transcript.removeMessagesAfter(messageId);
    for (const QString& id : path.mid(path.indexOf(messageId) + 1)) {
        m_screens.transcript.appendMessage(shownMessage(id));
    }
}

const ReplyParts& ConversationController::partsOf(const QString& messageId)
{
    if (isLiveShown() && m_live->message().id == messageId) {
        return m_live->parts();
    }
    auto known = m_parts.find(messageId);
    if (known == m_parts.end()) {
        const StoredMessage& message = m_conversation.message(messageId);
        known = m_parts
                    .emplace(messageId,
                        message.role == StoredRole::Assistant ? ReplyParts::of(message.text)
                                                              : ReplyParts())
                    .first;
    }
    return known->second;
}

bool ConversationController::isLiveShown() const
{
    return m_live && m_live->message().chat == m_conversation.chat.id &&
           m_conversation.path().contains(m_live->message().id);
}

void ConversationController::touchChat()
{
    m_conversation.chat.updated = now();
    m_store.saveChat(m_conversation.chat);
    m_isSaved = true;
    m_chats.update(m_conversation.chat);
}

void ConversationController::renameCurrent(const QString& title)
{
    m_conversation.chat.title = title;
    m_screens.window.setCurrentChat(m_conversation.chat.id);
}

// Sending --------------------------------------------------------------------

void ConversationController::send(const QString& text)
{
    if (text.trimmed().isEmpty()) {
        return;
    }
    if (!m_model && !m_modelLoading) {
        Q_EMIT noModel();
        return;
    }
    if (!m_opening.isEmpty()) {
        return; // the chat it belongs to is still being read; the text stays
    }
    if (canAnswer()) {
        const QStringList path = m_conversation.path();
        const QString parent = m_editing.isEmpty() ? (path.isEmpty() ? QString() : path.last())
                                                   : m_conversation.message(m_editing).parent;
        startTurn(text, parent);
        return;
    }
    if (m_waiting || !m_editing.isEmpty()) {
        m_screens.window.showToast(m_waiting ? tr("One message is waiting already")
                                             : tr("Send it when the reply has ended"),
            {},
            {});
        return;
    }
    m_waiting = Waiting{newId(), text};
    TranscriptMessage queued;
    queued.id = m_waiting->id;
    queued.role = MessageRole::User;
    queued.state = MessageState::Queued;
    queued.blocks.append(TranscriptBlock{});
    queued.blocks.last().markdown = text;
    m_screens.window.setEmptyChat(false);
    m_screens.transcript.appendMessage(queued);
    m_screens.window.setComposerText({});
    showWriting();
    // Until it is sent it is kept as what it was: a draft.
    m_conversation.chat.draft = text;
    m_store.saveChat(m_conversation.chat);
    m_isSaved = true;
}

void ConversationController::sendBeside(const QString& text)
{
    const QString typed = m_screens.window.composerText();
    if ((!m_model && !m_modelLoading) || !m_opening.isEmpty() || m_waiting) {
        const QString both = typed.isEmpty() ? text : typed + QStringLiteral("\n\n") + text;
        m_screens.window.setComposerText(both);
        setDraft(both);
        send(text); // says why not
        return;
    }
    const QString editing = std::exchange(m_editing, QString());
    send(text);
    if (!typed.isEmpty() && m_screens.window.composerText().isEmpty()) {
        m_screens.window.setComposerText(typed);
        setDraft(typed);
    }
    m_editing = editing;
}

void ConversationController::startTurn(const QString& text, const QString& parent)
{
    m_editing.clear();
    m_draftTimer.stop();
    m_conversation.chat.draft.clear();
    if (m_conversation.chat.title.isEmpty()) {
        m_conversation.chat.title = chatTitle(text);
    }
    touchChat();

    StoredMessage message;
    message.id = newId();
    message.chat = m_conversation.chat.id;
    message.parent = parent;
    message.text = text;
    message.created = now();
    m_conversation.add(message);
    m_store.addMessage(message);
    m_screens.window.setComposerText({});
    m_screens.window.clearError();
    m_screens.window.setCurrentChat(m_conversation.chat.id);
    if (m_conversation.siblings(message.id).size() > 1 && parent.isEmpty()) {
        showPathAfter({}); // the first message was edited: another beginning
    } else if (parent.isEmpty()) {
        m_screens.window.setEmptyChat(false);
        m_screens.transcript.appendMessage(shownMessage(message.id));
    } else {
        showPathAfter(parent);
    }
    startReply(message.id);
}

void ConversationController::startReply(const QString& userMessage)
{
    StoredMessage reply;
    reply.id = newId();
    reply.chat = m_conversation.chat.id;
    reply.parent = userMessage;
    reply.role = StoredRole::Assistant;
    reply.state = StoredState::Writing;
    reply.model = QString::fromStdString(m_model->info.name);
    reply.created = now();
    const QStringList path = m_conversation.pathTo(userMessage);
    m_conversation.add(reply);
    m_store.addMessage(reply);
    m_live = std::make_unique<LiveReply>(m_store, reply);
    rebuildHistory();
    m_screens.transcript.removeMessagesAfter(userMessage);
    TranscriptMessage shown = shownMessage(reply.id);
    shown.state = MessageState::Reading;
    m_screens.transcript.appendMessage(shown);
    generate(path, false);
}

void ConversationController::continueReply(const QString& messageId)
{
    StoredMessage& message = m_conversation.message(messageId);
    message.state = StoredState::Writing;
    m_store.finishMessage(message); // the journal adds to its text from here
    const QStringList path = m_conversation.pathTo(messageId);
    m_parts.erase(messageId);
    m_live = std::make_unique<LiveReply>(m_store, message);
    m_screens.transcript.removeMessagesAfter(message.parent);
    m_screens.transcript.appendMessage(shownMessage(messageId));
    const int open = m_live->parts().openArtifact();
    if (open >= 0) { // its end was made up; the stage starts again from the source
        m_artifacts.forget();
        showVersionOf(ArtifactHistory::key(messageId, open), ArtifactScreen::Reveal::Suggested);
    }
    generate(path, true);
}

void ConversationController::generate(const QStringList& path, bool continueLast)
{
    GenerationRequest request;
    request.messages = engineMessages(path);
    request.continueLast = continueLast;
    request.sampling = samplingOptions(m_settings);
    request.maxTokens = uint32_t(m_settings.maxTokens);
    m_live->request = m_inference.generate(request);
    m_chats.setBusy(m_conversation.chat.id);
    showWriting();
    m_tick.start();
}

std::vector<Message> ConversationController::engineMessages(const QStringList& path) const
{
    std::vector<Message> messages;
    if (!m_settings.systemPrompt.trimmed().isEmpty()) {
        messages.push_back({Role::System, m_settings.systemPrompt.toStdString(), {}});
    }
    for (const QString& id : path) {
        const StoredMessage& message = m_conversation.message(id);
        const bool user = message.role == StoredRole::User;
        messages.push_back({user ? Role::User : Role::Assistant, message.text.toStdString(), {}});
    }
    return messages;
}

void ConversationController::stop()
{
    restoreWaiting();
    if (m_live && !m_live->stopAsked) {
        m_live->stopAsked = true;
        m_inference.stop(m_live->request);
    }
}

void ConversationController::startWaiting()
{
    if (!m_waiting || !canAnswer()) {
        return;
    }
    const Waiting waiting = *std::exchange(m_waiting, std::nullopt);
    const QString typedSince = m_screens.window.composerText();
    const QStringList path = m_conversation.path();
    if (path.isEmpty()) {
        m_screens.transcript.setMessages({});
    } else {
        m_screens.transcript.removeMessagesAfter(path.last());
    }
    startTurn(waiting.text, path.isEmpty() ? QString() : path.last());
    if (!typedSince.isEmpty()) {
        m_screens.window.setComposerText(typedSince);
        setDraft(typedSince);
    }
}

void ConversationController::restoreWaiting()
{
    if (!m_waiting) {
        return;
    }
    const Waiting waiting = *std::exchange(m_waiting, std::nullopt);
    const QString typed = m_screens.window.composerText();
    const QString both = typed.isEmpty() ? waiting.text : waiting.text + QLatin1Char('\n') + typed;
    showWriting();
    showPathAfter(m_conversation.path().isEmpty() ? QString() : m_conversation.path().last());
    m_screens.window.setComposerText(both);
    m_conversation.chat.draft = both;
    m_store.saveChat(m_conversation.chat);
}

// Drafts, settings, model ----------------------------------------------------

void ConversationController::setDraft(const QString& text)
{
    if (m_waiting || text == m_conversation.chat.draft) {
        return;
    }
    if (text.isEmpty()) {
        m_editing.clear();
    }
    m_conversation.chat.draft = text;
    m_draftTimer.start();
}

void ConversationController::saveDraft()
{
    m_draftTimer.stop();
    if (m_isSaved || !m_conversation.chat.draft.isEmpty()) {
        m_store.saveChat(m_conversation.chat);
        m_chats.update(m_conversation.chat);
        m_isSaved = true;
    }
}

void ConversationController::countTokens()
{
    if (!m_model) {
        return;
    }
    const std::string draft = m_conversation.chat.draft.toStdString();
    std::vector<Message> all = engineMessages(m_conversation.path());
    if (!draft.empty()) {
        all.push_back({Role::User, draft, {}});
    }
    m_counting = m_inference.countPrompts(
        {{{Role::User, draft, {}}}, {{Role::User, {}, {}}}, std::move(all)});
}

void ConversationController::showUsage()
{
    m_usage.totalTokens = m_model ? int(m_model->contextTokens) : 0;
    m_screens.window.setContextUsage(m_usage);
}

void ConversationController::setSettings(const GenerationSettings& settings)
{
    if (settings == m_settings) {
        return;
    }
    m_settings = settings;
    m_conversation.chat.settings = settingsToJson(settings, m_defaults);
    if (m_isSaved) {
        m_store.saveChat(m_conversation.chat);
        m_chats.update(m_conversation.chat);
    }
    m_draftTimer.start(); // the system prompt takes tokens too
}

void ConversationController::setModelLoading(bool loading)
{
    m_modelLoading = loading;
    if (!loading && !m_model) {
        restoreWaiting();
    }
}

void ConversationController::setModel(const CurrentModel& model)
{
    m_model = model;
    m_modelLoading = false;
    m_defaults = defaultSettings(model.info);
    m_settings = settingsFromJson(m_conversation.chat.settings, m_defaults);
    m_screens.window.setSettings(m_settings, m_defaults);
    showUsage();
    countTokens();
    startWaiting();
}

} // namespace atelier
