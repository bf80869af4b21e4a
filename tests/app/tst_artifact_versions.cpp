// SPDX-License-Identifier: MIT
// Which artifacts are versions of one another, and what becomes of them.
#include "app/core/artifact_lineage.h"
#include "tests/app/conversation_parts.h"

using namespace atelier;
using namespace atelier::test;

namespace {

// "svg:Title" or "python:Title" per artifact.
QList<ArtifactSketch> sketches(const QStringList& texts)
{
    QList<ArtifactSketch> list;
    for (const QString& text : texts) {
        ArtifactSketch sketch;
        const QString kind = text.section(QLatin1Char(':'), 0, 0);
        sketch.kind = kind == QLatin1String("svg")    ? ArtifactKind::Svg
                      : kind == QLatin1String("html") ? ArtifactKind::Html
                                                      : ArtifactKind::Code;
        sketch.language = kind;
        sketch.title = text.section(QLatin1Char(':'), 1);
        list.append(sketch);
    }
    return list;
}

std::vector<std::string> drawing(const std::string& title, const std::string& color)
{
    return {"```svg\n",
        "<svg viewBox=\"0 0 9 9\" aria-label=\"" + title + "\">\n",
        "<circle r=\"4\" fill=\"" + color + "\"/>\n",
        "</svg>\n",
        "```\n"};
}

QString sourceOf(const std::string& title, const std::string& color)
{
    const std::vector<std::string> lines = drawing(title, color);
    return QString::fromStdString(lines[1] + lines[2] + lines[3]);
}

} // namespace

class ArtifactVersionsTest final : public QObject, private ConversationParts
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
        loadModel();
    }

    void cleanup()
    {
        if (m_transcript) {
            QCOMPARE(m_transcript->mistakes, QStringList());
            QCOMPARE(m_artifact->mistakes, QStringList());
        }
        quit();
    }

    void similarTitles_data()
    {
        QTest::addColumn<QString>("one");
        QTest::addColumn<QString>("other");
        QTest::addColumn<bool>("similar");
        const auto row = [](const char* name, const char* one, const char* other, bool similar) {
            QTest::newRow(name) << QString::fromUtf8(one) << QString::fromUtf8(other) << similar;
        };
        row("the same", "Misty Jiangnan", "Misty Jiangnan", true);
        row("case and punctuation", "Misty Jiangnan", "misty jiangnan!", true);
        row("a version in it", "Rain on the canal", "Rain on the canal (v2)", true);
        row("updated", "Pomodoro timer", "Updated Pomodoro Timer", true);
        row("contained", "Moon phases", "Moon phases for November", true);
        row("contained, but as part of a word", "Moon", "Honeymoons abroad", false);
        row("half of the words", "A bouncing ball", "Bouncing ball in a hexagon", true);
        row("others", "Misty Jiangnan", "Pomodoro timer", false);
        row("one common word", "Moon phases of the year", "Lotus moon painting classes", false);
        row("Chinese, the same", "江南烟雨", "江南烟雨", true);
        row("Chinese, contained", "江南烟雨", "江南烟雨图", true);
        row("Chinese, others", "江南烟雨", "番茄钟", false);
        row("digits alone are a title", "2048", "2048", true);
        row("other digits", "2048", "1024", false);
        row("none", "", "", false);
        row("one has none", "Misty Jiangnan", "", false);
        row("punctuation alone is none", "...", "...", false);
    }

    void similarTitles()
    {
        QFETCH(QString, one);
        QFETCH(QString, other);
        QFETCH(bool, similar);
        QCOMPARE(isSimilarTitle(one, other), similar);
        QCOMPARE(isSimilarTitle(other, one), similar);
    }

    void rule_data()
    {
        QTest::addColumn<QList<QStringList>>("replies");
        QTest::addColumn<QList<QList<int>>>("expected");
        using Replies = QList<QStringList>;
        using Numbers = QList<QList<int>>;
        QTest::newRow("nothing") << Replies{} << Numbers{};
        QTest::newRow("a reply without artifacts between")
            << Replies{{"svg:A lake"}, {}, {"svg:A lake"}} << Numbers{{0}, {}, {0}};
        QTest::newRow("same kind, the only one in both")
            << Replies{{"svg:"}, {"svg:Whatever"}} << Numbers{{0}, {0}};
        QTest::newRow("another kind")
            << Replies{{"svg:A lake"}, {"html:A lake"}} << Numbers{{0}, {1}};
        QTest::newRow("code of another language")
            << Replies{{"python:A"}, {"rust:A"}, {"Python:A"}} << Numbers{{0}, {1}, {0}};
        QTest::newRow("two in one reply")
            << Replies{{"svg:Lake", "svg:Mountain"}} << Numbers{{0, 1}};
        QTest::newRow("by title, in another order")
            << Replies{{"svg:Lake", "svg:Mountain"}, {"svg:Mountain", "svg:Lake"}}
            << Numbers{{0, 1}, {1, 0}};
        QTest::newRow("one of two, by title")
            << Replies{{"svg:Lake", "svg:Mountain"}, {"svg:Mountain"}} << Numbers{{0, 1}, {1}};
        QTest::newRow("one of two, but which?")
            << Replies{{"svg:Lake", "svg:Mountain"}, {"svg:Harbour"}} << Numbers{{0, 1}, {2}};
        QTest::newRow("a new one beside the old one")
            << Replies{{"svg:Lake"}, {"svg:Lake", "svg:Harbour"}} << Numbers{{0}, {0, 1}};
        QTest::newRow("back to an older one by title")
            << Replies{{"html:Timer"}, {"html:Timer", "html:Clock face"}, {"html:Timer"}}
            << Numbers{{0}, {0, 1}, {0}};
        QTest::newRow("two of a reply never continue the same one")
            << Replies{{"svg:Lake"}, {"svg:Lake", "svg:Lake"}} << Numbers{{0}, {0, 1}};
        QTest::newRow("kinds do not disturb each other")
            << Replies{{"svg:", "html:"}, {"html:", "svg:"}} << Numbers{{0, 1}, {1, 0}};
    }

    void rule()
    {
        QFETCH(QList<QStringList>, replies);
        QFETCH(QList<QList<int>>, expected);
        QList<QList<ArtifactSketch>> branch;
        for (const QStringList& reply : replies) {
            branch.append(sketches(reply));
        }
        QCOMPARE(assignLineages(branch), expected);
    }

    void aRewriteIsTheNextVersion()
    {
        ask(QStringLiteral("first wash"), {drawing("Lake", "red")});
        QCOMPARE(m_artifact->header.version, 1);
        ask(QStringLiteral("bridge and boat"), {drawing("Lake", "blue")});
        QCOMPARE(m_artifact->header.version, 2);
        QCOMPARE(m_transcript->artifactOfLast()->version, 2);
        QCOMPARE(labels(), (QStringList{"First wash", "Bridge and boat"}));
        QCOMPARE(m_artifact->shown, m_artifact->versions[1].key);

        m_chat->showVersion(m_artifact->versions[0].key);
        QCOMPARE(m_artifact->source, sourceOf("Lake", "red"));
        QCOMPARE(m_artifact->header.version, 1);
        QCOMPARE(m_artifact->shown, m_artifact->versions[0].key);
        QVERIFY(m_transcript->showing.startsWith(m_transcript->messages[1].id));
        m_chat->stepVersion(-1); // there is none before it
        QCOMPARE(m_artifact->header.version, 1);
        m_chat->stepVersion(1);
        QCOMPARE(m_artifact->source, sourceOf("Lake", "blue"));
    }

    void versionsBelongToTheirBranch()
    {
        ask(QStringLiteral("one"), {drawing("Lake", "red")});
        ask(QStringLiteral("two"), {drawing("Lake", "blue")});
        m_script->addReply({drawing("Lake", "green")});
        QSignalSpy ended(m_chat.get(), &ConversationController::replyEnded);
        act(3, "retry");
        QTRY_COMPARE(ended.size(), 1);
        QCOMPARE(m_artifact->source, sourceOf("Lake", "green"));
        QCOMPARE(m_artifact->versions.size(), 2); // not the blue one
        act(3, "branch-previous");
        QCOMPARE(m_artifact->source, sourceOf("Lake", "blue"));
        QCOMPARE(m_artifact->versions.size(), 2);
    }

    void restoringMakesANewVersionThatSurvives()
    {
        ask(QStringLiteral("one"), {drawing("Lake", "red")});
        ask(QStringLiteral("two"), {drawing("Lake", "blue")});
        m_chat->restoreVersion(m_artifact->versions[0].key);
        QCOMPARE(m_artifact->source, sourceOf("Lake", "red"));
        QCOMPARE(m_artifact->header.version, 3);
        QCOMPARE(m_artifact->state, FakeArtifact::State::Finished);
        QCOMPARE(labels().last(), QStringLiteral("Version 1 again"));
        const QString chat = m_chat->currentChat();
        restart();
        m_chat->openChat(chat);
        QTRY_COMPARE(m_artifact->versions.size(), 3);
        QCOMPARE(m_artifact->header.version, 3);
        QCOMPARE(m_artifact->source, sourceOf("Lake", "red"));
        QCOMPARE(labels(), (QStringList{"One", "Two", "Version 1 again"}));
        loadModel();
        ask(QStringLiteral("three"), {drawing("Lake", "gold")});
        QCOMPARE(m_artifact->header.version, 4);
        QCOMPARE(labels(), (QStringList{"One", "Two", "Version 1 again", "Three"}));
    }

    void anEditIsKeptBeforeSomethingElseIsShown_data()
    {
        QTest::addColumn<int>("how");
        QTest::newRow("when asked to") << 0;
        QTest::newRow("when another version is chosen") << 1;
        QTest::newRow("when another chat is opened") << 2;
        QTest::newRow("when a reply begins to write one") << 3;
        QTest::newRow("when the program ends") << 4;
    }

    void anEditIsKeptBeforeSomethingElseIsShown()
    {
        QFETCH(int, how);
        ask(QStringLiteral("one"), {drawing("Lake", "red")});
        const QString chat = m_chat->currentChat();
        const QString edited = sourceOf("Lake", "teal");
        const int runs = m_artifact->runs;
        m_chat->setEdit(edited);
        QCOMPARE(m_artifact->versions.size(), 1); // not yet
        switch (how) {
        case 0:
            m_chat->keepEdit();
            QCOMPARE(m_artifact->runs, runs); // it runs already
            QCOMPARE(m_artifact->header.version, 2);
            break;
        case 1:
            m_chat->restoreVersion(m_artifact->versions[0].key);
            QCOMPARE(m_artifact->versions.size(), 3);
            break;
        case 2:
            m_chat->newChat();
            break;
        case 3:
            ask(QStringLiteral("two"), {drawing("Lake", "blue")});
            QCOMPARE(m_artifact->versions.size(), 3);
            QCOMPARE(m_artifact->header.version, 3);
            break;
        default:
            break;
        }
        restart();
        m_chat->openChat(chat);
        QTRY_VERIFY(m_artifact->versions.size() >= 2);
        QCOMPARE(m_artifact->versions[1].label, QStringLiteral("Edited by hand"));
        m_chat->showVersion(m_artifact->versions[1].key);
        QCOMPARE(m_artifact->source, edited);
    }

    void anEditCanBeDiscarded()
    {
        ask(QStringLiteral("one"), {drawing("Lake", "red")});
        const int runs = m_artifact->runs;
        m_chat->setEdit(sourceOf("Lake", "teal"));
        m_chat->discardEdit();
        QCOMPARE(m_artifact->source, sourceOf("Lake", "red"));
        QCOMPARE(m_artifact->runs, runs + 1); // what was typed ran on the stage
        m_chat->newChat();
        QCOMPARE(m_chat->artifactHistory().versionsWith(m_artifact->shown).size(), 0);
        m_chat->setEdit(QStringLiteral("nothing is shown"));
        m_chat->keepEdit();
    }

    void anUnchangedSourceIsNoEdit()
    {
        ask(QStringLiteral("one"), {drawing("Lake", "red")});
        m_chat->setEdit(sourceOf("Lake", "teal"));
        m_chat->setEdit(sourceOf("Lake", "red")); // typed back
        m_chat->keepEdit();
        QCOMPARE(m_artifact->versions.size(), 1);
    }

    void storageBelongsToTheArtifactThroughItsVersions()
    {
        ask(QStringLiteral("one"), {drawing("Lake", "red")});
        const QJsonObject stored{{QStringLiteral("best"), QStringLiteral("7")}};
        m_chat->setArtifactStorage(stored);
        ask(QStringLiteral("two"), {drawing("Lake", "blue")});
        QCOMPARE(m_artifact->storage, stored); // the next version finds it
        ask(QStringLiteral("three"), {drawing("Mountain", "red"), FinishReason::EndOfTurn});
        QCOMPARE(m_artifact->versions.size(), 3); // the only one of its kind in both
        const QString chat = m_chat->currentChat();
        restart();
        m_chat->openChat(chat);
        QTRY_COMPARE(m_artifact->storage, stored);
        loadModel();
        ask(QStringLiteral("a page"), {{"```html\n<!doctype html><title>T</title></html>\n```\n"}});
        QCOMPARE(m_artifact->storage, QJsonObject()); // another artifact's is its own
    }

private:
    QStringList labels() const
    {
        QStringList labels;
        for (const VersionCard& card : m_artifact->versions) {
            labels << card.label;
        }
        return labels;
    }
};

QTEST_GUILESS_MAIN(ArtifactVersionsTest)
#include "tst_artifact_versions.moc"
