// SPDX-License-Identifier: MIT
#include "app/storage/chat_repair.h"
#include "tests/app/conversation_parts.h"
#include "ui/roles.h"

using namespace atelier;
using namespace atelier::test;

namespace {

const std::vector<std::string> kCircle = {"Here it is.\n\n",
    "```svg\n",
    "<svg viewBox=\"0 0 10 10\">\n",
    "<circle r=\"5\" fill=\"red\"/>\n",
    "</svg>\n",
    "```\n",
    "Done."};
const QString kCircleSource =
    QStringLiteral("<svg viewBox=\"0 0 10 10\">\n<circle r=\"5\" fill=\"red\"/>\n</svg>\n");

} // namespace

class ConversationControllerTest final : public QObject, private ConversationParts
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        m_script = std::make_shared<Script>();
        m_script->addModel("/one.gguf", {"One"});
        start();
    }

    void cleanup()
    {
        if (m_transcript) {
            QCOMPARE(m_transcript->mistakes, QStringList());
            QCOMPARE(m_artifact->mistakes, QStringList());
        }
        quit();
    }

    void streamsAReply()
    {
        loadModel();
        m_script->addReply({{"\nHel", "lo"}, FinishReason::EndOfTurn, true, 2});
        m_chat->send(QStringLiteral("  say hello\nplease "));
        QCOMPARE(m_transcript->texts(), (QStringList{"  say hello\nplease ", ""}));
        QCOMPARE(m_transcript->last().state, MessageState::Reading);
        QCOMPARE(m_window->composer, QString());
        QCOMPARE(m_window->writing.state, WritingStatus::State::Reading);
        m_script->release(1);
        QTRY_COMPARE(m_transcript->readDone, 1);
        QCOMPARE(m_transcript->readTotal, 2);
        m_script->release(2);
        QTRY_COMPARE(m_transcript->texts().last(), QStringLiteral("Hel"));
        QCOMPARE(m_transcript->last().state, MessageState::Writing);
        QCOMPARE(m_window->writing.state, WritingStatus::State::Writing);
        m_script->release(2);
        QTRY_COMPARE(m_transcript->last().state, MessageState::Done);
        QCOMPARE(m_transcript->texts().last(), QStringLiteral("Hello"));
        QCOMPARE(m_transcript->last().tokens, 2);
        QCOMPARE(m_window->writing.state, WritingStatus::State::Idle);
        QCOMPARE(m_list->index(0).data().toString(), QStringLiteral("Say hello"));
        QCOMPARE(m_window->usage.totalTokens, 2048);
        QVERIFY(m_window->usage.usedTokens > 0);
    }

    void keepsWhatIsSentBeforeTheListIsRead()
    {
        loadModel();
        ask(QStringLiteral("one"), {{"first"}});
        m_chat->newChat();
        m_chat->setDraft(QStringLiteral("unsent")); // would be opened again
        quit();
        make();
        m_script->addReply({{"second"}});
        QSignalSpy started(m_chats.get(), &ChatListController::started);
        QSignalSpy ended(m_chat.get(), &ConversationController::replyEnded);
        m_chats->start();
        m_models->load(QStringLiteral("/one.gguf"));
        m_chat->send(QStringLiteral("two")); // the disk has not answered yet
        QCOMPARE(started.size(), 0);
        QTRY_COMPARE(started.size(), 1);
        QTRY_COMPARE(ended.size(), 1);
        QCOMPARE(m_transcript->texts(), (QStringList{"two", "second"}));
        QVERIFY(!m_window->isEmpty);
        QCOMPARE(m_list->rowCount(), 2);
    }

    void keepsTheConversationOnDisk()
    {
        loadModel();
        ask(QStringLiteral("one"), {{"first"}});
        ask(QStringLiteral("two"), {{"second"}});
        const QString id = m_chat->currentChat();
        restart();
        QTRY_COMPARE(m_list->rowCount(), 1);
        QVERIFY(m_chat->currentChat() != id);
        m_chat->openChat(id);
        QTRY_COMPARE(m_transcript->texts(), (QStringList{"one", "first", "two", "second"}));
    }

    void keepsWhatIsWrittenEverySecond()
    {
        loadModel();
        m_script->addReply({{"half ", "of it"}, FinishReason::EndOfTurn, true});
        m_chat->send(QStringLiteral("write"));
        m_script->release(1);
        QTRY_COMPARE(m_transcript->texts().last(), QStringLiteral("half "));
        // What a program that is killed now would find at its next start.
        auto disk = Database::open(chatFile(m_folder->path()), Database::Mode::ReadOnly);
        QVERIFY(disk);
        const auto journal = [&] {
            return disk.value()
                ->scalar(QStringLiteral("SELECT group_concat(text, '') FROM journal"))
                .value()
                .toString();
        };
        QTRY_COMPARE_WITH_TIMEOUT(journal(), QStringLiteral("half "), 1000);
        m_script->release(2);
        QTRY_COMPARE(m_transcript->last().state, MessageState::Done);
        QTRY_COMPARE(journal(), QString());
    }

    void asksTheEngineForTheShownBranchOnly()
    {
        loadModel();
        GenerationSettings settings = m_window->settings;
        settings.systemPrompt = QStringLiteral("Be brief.");
        settings.temperature = 0;
        settings.seed = 7;
        settings.maxTokens = 55;
        m_chat->setSettings(settings);
        ask(QStringLiteral("one"), {{"\nfirst"}});
        act(0, "edit");
        ask(QStringLiteral("one again"), {{"other"}});
        ask(QStringLiteral("two"), {{"end"}});
        const GenerationRequest request = m_script->requests().back();
        QStringList contents;
        for (const Message& message : request.messages) {
            contents << QString::fromStdString(message.content);
        }
        QCOMPARE(contents, (QStringList{"Be brief.", "one again", "other", "two"}));
        QCOMPARE(request.messages[0].role, Role::System);
        QCOMPARE(request.messages[2].role, Role::Assistant);
        QCOMPARE(request.sampling.temperature, 0.0f);
        QCOMPARE(request.sampling.seed.value(), uint64_t(7));
        QCOMPARE(request.maxTokens, 55u);
        QVERIFY(!request.continueLast);
    }

    void growsAnArtifactOnTheStage()
    {
        loadModel();
        m_script->addReply({kCircle, FinishReason::EndOfTurn, true});
        m_chat->send(QStringLiteral("draw"));
        m_script->release(3);
        QTRY_COMPARE(m_artifact->source, QStringLiteral("<svg viewBox=\"0 0 10 10\">\n"));
        QCOMPARE(m_artifact->kind, ArtifactKind::Svg);
        QCOMPARE(m_artifact->suggested, 1);
        QCOMPARE(m_artifact->header.badge, ArtifactHeader::Badge::Draft);
        QCOMPARE(m_transcript->artifactOfLast()->state, ArtifactState::Draft);
        QVERIFY(m_transcript->showing.endsWith(QStringLiteral(" 0")));
        m_script->release(1);
        QTRY_VERIFY(m_artifact->source.contains(QStringLiteral("<circle")));
        QCOMPARE(m_artifact->state, FakeArtifact::State::Open);
        m_script->release(4);
        QTRY_COMPARE(m_transcript->last().state, MessageState::Done);
        QCOMPARE(m_artifact->state, FakeArtifact::State::Finished);
        QCOMPARE(m_artifact->source, kCircleSource);
        QCOMPARE(m_artifact->runs, 1);
        QCOMPARE(
            m_artifact->badges, (QList{ArtifactHeader::Badge::Draft, ArtifactHeader::Badge::None}));
        QCOMPARE(m_artifact->header.lines, 3);
        QCOMPARE(m_artifact->header.bytes, kCircleSource.size());
        QCOMPARE(m_transcript->artifactOfLast()->state, ArtifactState::Complete);
        QCOMPARE(m_transcript->texts().last().simplified(),
            QStringLiteral("Here it is. [artifact]Done."));
    }

    void continuesACutOffArtifact()
    {
        loadModel();
        ScriptedReply start{{kCircle.begin(), kCircle.begin() + 4}, FinishReason::LengthLimit};
        ask(QStringLiteral("draw"), start);
        QCOMPARE(m_transcript->last().state, MessageState::CutOff);
        QCOMPARE(m_transcript->artifactOfLast()->state, ArtifactState::CutOff);
        QCOMPARE(m_artifact->state, FakeArtifact::State::CutOff);
        QCOMPARE(m_artifact->header.badge, ArtifactHeader::Badge::CutOff);

        m_script->addReply({{kCircle.begin() + 4, kCircle.end()}});
        const QString id = m_transcript->last().id;
        act(1, "continue");
        QTRY_COMPARE(m_transcript->last().state, MessageState::Done);
        QCOMPARE(m_transcript->last().id, id);
        QCOMPARE(m_transcript->last().tokens, 7);
        QCOMPARE(m_transcript->messages.size(), 2);
        QCOMPARE(m_artifact->source, kCircleSource);
        QCOMPARE(m_artifact->state, FakeArtifact::State::Finished);
        QVERIFY(m_script->requests().back().continueLast);
        QCOMPARE(m_script->requests().back().messages.back().role, Role::Assistant);
        const QString chat = m_chat->currentChat();
        restart();
        m_chat->openChat(chat);
        QTRY_COMPARE(m_transcript->messages.size(), 2);
        QCOMPARE(m_artifact->source, kCircleSource);
    }

    void stops_data()
    {
        QTest::addColumn<int>("released");
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("artifactState");
        const auto row =
            [](const char* name, int steps, const char* text, FakeArtifact::State state) {
                QTest::newRow(name) << steps << QString::fromLatin1(text) << int(state);
            };
        row("while reading the prompt", 1, "", FakeArtifact::State::Empty);
        row("in prose", 3, "Here it is. ", FakeArtifact::State::Empty);
        row("in an artifact", 6, "Here it is. [artifact]", FakeArtifact::State::CutOff);
        row("after an artifact", 8, "Here it is. [artifact]", FakeArtifact::State::Finished);
    }

    void stops()
    {
        QFETCH(int, released);
        QFETCH(QString, text);
        QFETCH(int, artifactState);
        loadModel();
        m_script->addReply({kCircle, FinishReason::EndOfTurn, true, 2});
        m_chat->send(QStringLiteral("draw"));
        m_script->release(released);
        QTRY_VERIFY(m_transcript->readDone + m_transcript->last().tokens > 0);
        QTRY_COMPARE(m_script->pending(), 0);
        m_chat->stop();
        QTRY_COMPARE(m_transcript->last().state, MessageState::Stopped);
        QCOMPARE(m_transcript->texts().last().simplified(), text.simplified());
        QCOMPARE(int(m_artifact->state), artifactState);
        if (artifactState ==
            int(FakeArtifact::State::CutOff)) { // said on its card and on the stage
            QCOMPARE(m_transcript->artifactOfLast()->state, ArtifactState::Stopped);
            QCOMPARE(m_artifact->header.badge, ArtifactHeader::Badge::Stopped);
        }
        QCOMPARE(m_window->writing.state, WritingStatus::State::Idle);
        // And the next one is answered.
        ask(QStringLiteral("again"), {{"yes"}});
        QCOMPARE(m_transcript->texts().last(), QStringLiteral("yes"));
    }

    void triesAgainInANewBranch()
    {
        loadModel();
        ask(QStringLiteral("draw"), {{"one"}});
        m_script->addReply({{"two"}});
        act(1, "retry");
        QTRY_COMPARE(m_transcript->texts(), (QStringList{"draw", "two"}));
        QTRY_COMPARE(m_transcript->last().state, MessageState::Done);
        QCOMPARE(m_transcript->last().branch, 1);
        QCOMPARE(m_transcript->last().branches, 2);
        act(1, "branch-previous");
        QCOMPARE(m_transcript->texts(), (QStringList{"draw", "one"}));
        QCOMPARE(m_transcript->last().branch, 0);
        act(1, "branch-previous"); // there is none: nothing happens
        QCOMPARE(m_transcript->texts(), (QStringList{"draw", "one"}));
        const QString chat = m_chat->currentChat();
        restart();
        m_chat->openChat(chat);
        QTRY_COMPARE(m_transcript->texts(), (QStringList{"draw", "one"}));
        act(1, "branch-next");
        QCOMPARE(m_transcript->texts(), (QStringList{"draw", "two"}));
    }

    void editsInANewBranch()
    {
        loadModel();
        ask(QStringLiteral("a cat"), {{"cat"}});
        ask(QStringLiteral("bigger"), {{"big cat"}});
        m_chat->editLast();
        QCOMPARE(m_window->composer, QStringLiteral("bigger"));
        ask(QStringLiteral("smaller"), {{"small cat"}});
        QCOMPARE(m_transcript->texts(), (QStringList{"a cat", "cat", "smaller", "small cat"}));
        QCOMPARE(m_transcript->messages[2].branches, 2);
        act(2, "branch-previous");
        QCOMPARE(m_transcript->texts(), (QStringList{"a cat", "cat", "bigger", "big cat"}));
        act(0, "edit"); // the first message: another beginning
        ask(QStringLiteral("a dog"), {{"dog"}});
        QCOMPARE(m_transcript->texts(), (QStringList{"a dog", "dog"}));
        act(0, "branch-previous");
        QCOMPARE(m_transcript->texts(), (QStringList{"a cat", "cat", "bigger", "big cat"}));
    }

    void showsAFailureInPlaceAndTriesAgain()
    {
        loadModel();
        ScriptedReply failing{{"half"}};
        failing.error = Error{ErrorCode::ContextFull, "no room", 2048, 2048};
        m_script->addReply(failing);
        m_chat->send(QStringLiteral("draw"));
        QTRY_COMPARE(m_transcript->last().state, MessageState::Failed);
        QCOMPARE(m_transcript->last().errorTitle,
            QStringLiteral("This chat is full: 2,048 of 2,048 tokens."));
        QVERIFY(!m_transcript->last().errorText.isEmpty());
        QCOMPARE(m_transcript->last().errorActions.value(0), QStringLiteral("retry"));
        QCOMPARE(m_transcript->texts().last(), QStringLiteral("half"));
        m_script->addReply({{"whole"}});
        act(1, "retry");
        QTRY_COMPARE(m_transcript->texts(), (QStringList{"draw", "whole"}));
    }

    void goesOnWritingWhileAnotherChatIsOpen()
    {
        loadModel();
        m_script->addReply({{"a", "b", "c"}, FinishReason::EndOfTurn, true});
        m_chat->send(QStringLiteral("slow"));
        const QString first = m_chat->currentChat();
        m_script->release(1);
        QTRY_COMPARE(m_transcript->texts().last(), QStringLiteral("a"));
        QCOMPARE(m_list->index(0).data(ChatBusyRole).toBool(), true);
        m_chat->newChat();
        QVERIFY(m_transcript->messages.isEmpty());
        m_script->release(1);
        m_chat->openChat(first);
        QTRY_COMPARE(m_transcript->texts(), (QStringList{"slow", "ab"}));
        QCOMPARE(m_transcript->last().state, MessageState::Writing);
        m_chat->newChat();
        m_script->release(2);
        QTRY_VERIFY(!m_chat->isWriting());
        QCOMPARE(m_list->index(0).data(ChatBusyRole).toBool(), false);
        m_chat->openChat(first);
        QTRY_COMPARE(m_transcript->texts(), (QStringList{"slow", "abc"}));
        QCOMPARE(m_transcript->last().state, MessageState::Done);
    }

    void sendsTheWaitingMessageAfterTheReply()
    {
        loadModel();
        m_script->addReply({{"one"}, FinishReason::EndOfTurn, true});
        m_script->addReply({{"two"}});
        m_chat->send(QStringLiteral("first"));
        m_chat->send(QStringLiteral("second"));
        QCOMPARE(m_transcript->last().state, MessageState::Queued);
        QCOMPARE(m_window->composer, QString());
        m_window->composer = QStringLiteral("third");
        m_chat->send(QStringLiteral("third"));
        QVERIFY(!m_window->toast.isEmpty());
        QCOMPARE(m_window->composer, QStringLiteral("third"));
        m_script->release(2);
        QTRY_COMPARE(m_transcript->texts(), (QStringList{"first", "one", "second", "two"}));
        QCOMPARE(m_window->composer, QStringLiteral("third"));
    }

    void stopGivesTheWaitingMessageBack()
    {
        loadModel();
        m_script->addReply({{"one"}, FinishReason::EndOfTurn, true});
        m_chat->send(QStringLiteral("first"));
        m_chat->send(QStringLiteral("second"));
        m_chat->stop();
        QCOMPARE(m_window->composer, QStringLiteral("second"));
        QTRY_COMPARE(m_transcript->last().state, MessageState::Stopped);
        QCOMPARE(m_transcript->messages.size(), 2);
        QVERIFY(!m_chat->isWaitingForReply());
    }

    void waitsForTheModelThatIsLoading()
    {
        ScriptedModel slow{"Slow"};
        slow.paced = true;
        m_script->addModel("/slow.gguf", slow);
        m_models->load(QStringLiteral("/slow.gguf"));
        m_script->addReply({{"now"}});
        m_chat->send(QStringLiteral("early"));
        QCOMPARE(m_transcript->last().state, MessageState::Queued);
        m_script->release(4);
        QTRY_COMPARE(m_transcript->texts(), (QStringList{"early", "now"}));
    }

    void withoutAModelTheTextStays()
    {
        m_window->composer = QStringLiteral("hello");
        m_chat->send(QStringLiteral("hello"));
        QCOMPARE(m_window->composer, QStringLiteral("hello"));
        QVERIFY(m_transcript->messages.isEmpty());
        QVERIFY(m_window->card.title.contains(QStringLiteral("No model")));
    }

    void aFailedLoadKeepsModelAndConversation()
    {
        loadModel();
        ask(QStringLiteral("one"), {{"first"}});
        ScriptedModel bad;
        bad.error = Error{ErrorCode::NotAModel, "no"};
        m_script->addModel("/notes.bin", bad);
        m_models->load(QStringLiteral("/notes.bin"));
        QTRY_VERIFY(m_window->card.title.contains(QStringLiteral("not a GGUF")));
        QCOMPARE(m_window->model.state, ModelStatus::State::Ready);
        QCOMPARE(m_window->model.name, QStringLiteral("One"));
        ask(QStringLiteral("two"), {{"second"}});
        QCOMPARE(m_transcript->texts(), (QStringList{"one", "first", "two", "second"}));
    }

    void keepsTheDraft()
    {
        loadModel();
        ask(QStringLiteral("one"), {{"first"}});
        const QString id = m_chat->currentChat();
        m_chat->setDraft(QStringLiteral("not sent"));
        QTRY_COMPARE(m_window->draftTokens, 8);
        m_chat->newChat();
        m_chat->setDraft(QStringLiteral("new and not sent"));
        restart();
        QTRY_COMPARE(m_window->composer, QStringLiteral("new and not sent"));
        m_chat->openChat(id);
        QTRY_COMPARE(m_window->composer, QStringLiteral("not sent"));
    }

    void keepsSettingsWithTheirChat()
    {
        loadModel();
        ask(QStringLiteral("one"), {{"first"}});
        const QString id = m_chat->currentChat();
        GenerationSettings settings = m_window->settings;
        settings.temperature = 1.25;
        m_chat->setSettings(settings);
        m_chat->newChat();
        QCOMPARE(m_window->settings.temperature, m_window->defaults.temperature);
        restart();
        loadModel();
        m_chat->openChat(id);
        QTRY_COMPARE(m_window->settings.temperature, 1.25);
    }

    void aClickedCardIsShown()
    {
        loadModel();
        ask(QStringLiteral("draw"), {kCircle});
        const QString first = m_transcript->last().id;
        ask(QStringLiteral("another"),
            {{"```html\n", "<!doctype html><title>T</title>\n", "```\n"}});
        QCOMPARE(m_artifact->kind, ArtifactKind::Html);
        QCOMPARE(m_artifact->header.version, 1); // another artifact, not another version
        m_chat->showArtifact(first, 0);
        QCOMPARE(m_artifact->kind, ArtifactKind::Svg);
        QCOMPARE(m_artifact->source, kCircleSource);
        QCOMPARE(m_artifact->state, FakeArtifact::State::Finished);
        QCOMPARE(m_artifact->header.version, 1);
        QCOMPARE(m_artifact->asked, 1);
        m_chat->showArtifact(first, 5); // a page that lies
        m_chat->showArtifact(QStringLiteral("unknown"), 0);
        QCOMPARE(m_artifact->source, kCircleSource);
    }

    void aCardKeepsItsThumbnail()
    {
        loadModel();
        ask(QStringLiteral("draw"), {kCircle});
        const QString url = QStringLiteral("data:image/png;base64,AAAA");
        const QByteArray png = QByteArray::fromBase64("AAAA");
        const QString id = m_transcript->last().id;
        m_chat->setThumbnail(ArtifactHistory::key(id, 0), png);
        QCOMPARE(m_transcript->artifactOfLast()->thumbnailUrl, url);
        m_script->addReply({{"other"}});
        act(1, "retry");
        QTRY_COMPARE(m_transcript->texts().last(), QStringLiteral("other"));
        act(1, "branch-previous");
        QCOMPARE(m_transcript->artifactOfLast()->thumbnailUrl, url);
        m_chat->setThumbnail(ArtifactHistory::key(id, 7), png); // there is no such artifact
        m_chat->setThumbnail(QStringLiteral("unknown"), png);
        const QString chat = m_chat->currentChat();
        restart();
        m_chat->openChat(chat);
        QTRY_COMPARE(m_transcript->texts().size(), 2);
        QCOMPARE(m_transcript->artifactOfLast()->thumbnailUrl, url);
    }

    void theContextGaugeGrowsWithTheReply()
    {
        loadModel();
        m_script->addReply({{"a", "b", "c"}, FinishReason::EndOfTurn, true, 1});
        m_chat->send(QStringLiteral("hello"));
        m_script->release(2);
        QTRY_COMPARE(m_transcript->texts().last(), QStringLiteral("a"));
        const int atFirst = m_window->usage.usedTokens;
        m_script->release(1);
        QTRY_COMPARE(m_window->usage.usedTokens, atFirst + 1);
        m_script->release(2);
        QTRY_COMPARE(m_transcript->last().state, MessageState::Done);
    }

    void deletesAChatAndBringsItBack()
    {
        loadModel();
        ask(QStringLiteral("one"), {{"first"}});
        const QString id = m_chat->currentChat();
        m_chats->remove(id);
        QCOMPARE(m_list->rowCount(), 0);
        QVERIFY(m_transcript->messages.isEmpty());
        QCOMPARE(m_window->toastAction, QStringLiteral("undo-delete"));
        m_chats->undoRemove();
        QTRY_COMPARE(m_transcript->texts(), (QStringList{"one", "first"}));
        QCOMPARE(m_list->rowCount(), 1);
    }

    void findsChats()
    {
        loadModel();
        ask(QStringLiteral("a red circle"), {{"drawn"}});
        m_chat->newChat();
        ask(QStringLiteral("hello"), {{"圆形 is round"}});
        m_chats->search(QStringLiteral("圆形"));
        QTRY_COMPARE(m_list->rowCount(), 1);
        QCOMPARE(m_list->index(0).data().toString(), QStringLiteral("Hello"));
        m_chats->search(QStringLiteral("RED"));
        QTRY_COMPARE(m_list->index(0).data().toString(), QStringLiteral("A red circle"));
        m_chats->search(QString());
        QCOMPARE(m_list->rowCount(), 2);
    }
};

QTEST_GUILESS_MAIN(ConversationControllerTest)
#include "tst_conversation_controller.moc"
