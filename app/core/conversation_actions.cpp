// SPDX-License-Identifier: MIT
// What a person can do with a message that is there: try again, edit, branches, copy, artifacts.
#include "app/core/conversation_controller.h"
#include "app/storage/conversation_store.h"

namespace atelier {

void ConversationController::act(const QString& messageId, const QString& action)
{
    if (!m_conversation.contains(messageId)) {
        return; // a page answers late, or says what it was never told
    }
    const StoredMessage message = m_conversation.message(messageId);
    const bool isReply = message.role == StoredRole::Assistant;
    if (action == QLatin1String("copy")) {
        m_screens.window.copyText(message.text);
    } else if (action == QLatin1String("branch-previous")) {
        selectSibling(messageId, -1);
    } else if (action == QLatin1String("branch-next")) {
        selectSibling(messageId, +1);
    } else if (action == QLatin1String("edit")) {
        beginEdit(isReply ? message.parent : messageId);
    } else if (action == QLatin1String("retry") || action == QLatin1String("continue")) {
        if (!m_model) {
            Q_EMIT noModel();
        } else if (m_live) {
            m_screens.window.showToast(tr("Wait until the reply has ended"), {}, {});
        } else if (isReply && action == QLatin1String("continue")) {
            continueReply(messageId);
        } else if (!isReply) {
            startReply(messageId);
        } else if (!message.parent.isEmpty()) {
            startReply(message.parent);
        }
    }
}

void ConversationController::beginEdit(const QString& messageId)
{
    if (messageId.isEmpty() || !m_conversation.contains(messageId)) {
        return;
    }
    const QString text = m_conversation.message(messageId).text;
    m_screens.window.setComposerText(text);
    setDraft(text);
    m_editing = messageId;
    m_screens.window.showToast(tr("Sending makes a new branch; the old one stays"), {}, {});
}

void ConversationController::editLast()
{
    beginEdit(m_conversation.lastOf(StoredRole::User));
}

void ConversationController::copyLastAnswer()
{
    const QString last = m_conversation.lastOf(StoredRole::Assistant);
    if (!last.isEmpty()) {
        m_screens.window.copyText(m_conversation.message(last).text);
        m_screens.window.showToast(tr("Answer copied"), {}, {});
    }
}

void ConversationController::selectSibling(const QString& messageId, int offset)
{
    const QStringList siblings = m_conversation.siblings(messageId);
    const qsizetype wanted = siblings.indexOf(messageId) + offset;
    if (wanted < 0 || wanted >= siblings.size()) {
        return;
    }
    restoreWaiting();
    const QString chosen = siblings[wanted];
    m_conversation.select(chosen);
    m_store.selectBranch(chosen);
    showPathAfter(m_conversation.message(chosen).parent);
    const int newest = partsOf(chosen).artifactCount() - 1;
    if (newest >= 0 && m_artifacts.isShowingAnything()) { // the pane follows the branch
        showVersionOf(m_history.currentOf(ArtifactHistory::key(chosen, newest)),
            ArtifactScreen::Reveal::Suggested);
    } else {
        showVersions();
    }
    countTokens();
}

} // namespace atelier
