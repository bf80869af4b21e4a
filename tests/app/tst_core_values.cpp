// SPDX-License-Identifier: MIT
// The values that controllers work with: trees, titles, rates, settings and the words of errors.
#include "app/core/conversation.h"
#include "app/core/element_request.h"
#include "app/core/error_cards.h"
#include "app/core/generation_defaults.h"
#include "app/core/rate_meter.h"
#include "app/core/reply_parts.h"
#include "app/core/transcript_text.h"

#include <QTest>

using namespace atelier;

namespace {

StoredMessage node(const QString& id, const QString& parent, bool selected = true)
{
    StoredMessage message;
    message.id = id;
    message.parent = parent;
    message.selected = selected;
    return message;
}

} // namespace

class CoreValuesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void conversationFollowsTheSelectedBranch()
    {
        Conversation conversation;
        conversation.add(node("u", {}));
        conversation.add(node("a", "u"));
        conversation.add(node("b", "u"));
        conversation.add(node("c", "a"));
        QCOMPARE(conversation.path(), (QStringList{"u", "b"}));
        conversation.select("a");
        QCOMPARE(conversation.path(), (QStringList{"u", "a", "c"}));
        QCOMPARE(conversation.pathTo("b"), (QStringList{"u", "b"}));
        QCOMPARE(conversation.siblings("a"), (QStringList{"a", "b"}));
    }

    void conversationTakesAnythingAFileHolds_data()
    {
        QTest::addColumn<QList<StoredMessage>>("messages");
        QTest::addColumn<QStringList>("path");
        QTest::newRow("nothing") << QList<StoredMessage>{} << QStringList{};
        QTest::newRow("none selected")
            << QList{node("a", {}, false), node("b", {}, false)} << QStringList{"b"};
        QTest::newRow("two selected") << QList{node("a", {}), node("b", {})} << QStringList{"b"};
        QTest::newRow("parent missing") << QList{node("a", "lost")} << QStringList{"a"};
        QTest::newRow("its own parent") << QList{node("a", "a")} << QStringList{"a"};
        QTest::newRow("a circle") << QList{node("a", "b"), node("b", "a")} << QStringList{"a", "b"};
        QTest::newRow("child before parent")
            << QList{node("b", "a"), node("a", {})} << QStringList{"a", "b"};
        QTest::newRow("an id twice") << QList{node("a", {}), node("a", {})} << QStringList{"a"};
    }

    void conversationTakesAnythingAFileHolds()
    {
        QFETCH(QList<StoredMessage>, messages);
        QFETCH(QStringList, path);
        QCOMPARE(Conversation({{}, messages, {}, {}, {}}).path(), path);
    }

    void titles_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("title");
        QTest::newRow("short") << "draw a circle"
                               << "Draw a circle";
        QTest::newRow("first line") << "\n  one  two \nthree"
                                    << "One two";
        QTest::newRow("long words")
            << QString("word ").repeated(40) << "Word" + QString(" word").repeated(11) + "…";
        QTest::newRow("Chinese") << QString("圆").repeated(100) << QString("圆").repeated(59) + "…";
        QTest::newRow("empty") << " \n "
                               << "";
    }

    void titles()
    {
        QFETCH(QString, text);
        QFETCH(QString, title);
        QCOMPARE(chatTitle(text), title);
    }

    void rateIsTheMeanOfTheLastTwoSeconds()
    {
        RateMeter meter;
        QCOMPARE(meter.perSecond(0), 0.0);
        meter.add(0, 0);
        QCOMPARE(meter.perSecond(0), 0.0);
        for (int ms = 100; ms <= 1000; ms += 100) {
            meter.add(ms, ms / 10); // 100 a second
        }
        QCOMPARE(meter.perSecond(1000), 100.0);
        for (int ms = 1100; ms <= 4000; ms += 100) {
            meter.add(ms, 100 + (ms - 1000) / 50); // 20 a second
        }
        QCOMPARE(meter.perSecond(4000), 20.0);
        QVERIFY2(meter.perSecond(8000) < 10, "silence lowers the rate");
    }

    void settingsSurviveJson()
    {
        GenerationSettings defaults;
        defaults.systemPrompt = "standard";
        QCOMPARE(settingsToJson(defaults, defaults), QString());
        GenerationSettings changed = defaults;
        changed.temperature = 0.25;
        changed.topK = 7;
        changed.seed = 9007199254740993; // more than a JSON number holds
        changed.systemPrompt.clear();
        const QString json = settingsToJson(changed, defaults);
        QVERIFY(!json.contains("topP"));
        QCOMPARE(settingsFromJson(json, defaults), changed);
    }

    void settingsBringWildValuesIntoRange_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<double>("temperature");
        QTest::addColumn<int>("maxTokens");
        QTest::newRow("no JSON") << "{temp" << 0.6 << 4096;
        QTest::newRow("an array") << "[1]" << 0.6 << 4096;
        QTest::newRow("wrong types")
            << "{\"temperature\": \"hot\", \"maxTokens\": []}" << 0.6 << 4096;
        QTest::newRow("too much") << "{\"temperature\": 99, \"maxTokens\": 1e300}" << 5.0
                                  << 1048576;
        QTest::newRow("too little") << "{\"temperature\": -1, \"maxTokens\": -5}" << 0.0 << 1;
    }

    void settingsBringWildValuesIntoRange()
    {
        QFETCH(QString, json);
        QFETCH(double, temperature);
        QFETCH(int, maxTokens);
        const GenerationSettings settings = settingsFromJson(json, {});
        QCOMPARE(settings.temperature, temperature);
        QCOMPARE(settings.maxTokens, maxTokens);
    }

    void familiesHaveTheirOwnDefaults()
    {
        ModelInfo model;
        model.name = "GLM-4-9B-0414";
        QCOMPARE(defaultSettings(model).temperature, 0.6);
        QCOMPARE(defaultSettings(model).topP, 0.8);
        QVERIFY(defaultSettings(model).systemPrompt.contains("Chromium 102"));
        model.name = "GLM-Z1-9B-0414";
        QCOMPARE(defaultSettings(model).topP, 0.95);
        QCOMPARE(defaultSettings(model).topK, 40);
        QCOMPARE(defaultSettings(model).maxTokens, 30000);
        model.name = "Atelier Demo 10M";
        QVERIFY(isDemoModel(model));
        QVERIFY(defaultSettings(model).systemPrompt.isEmpty());
    }

    void loadErrorsSayWhatWhyAndWhatToDo_data()
    {
        QTest::addColumn<Error>("error");
        QTest::addColumn<QString>("title");
        QTest::addColumn<QString>("text");
        constexpr uint64_t kGiB = 1ull << 30;
        QTest::newRow("not a GGUF")
            << Error{ErrorCode::NotAModel, "x"} << "This file is not a GGUF model."
            << "The first bytes of \"notes.bin\" are not \"GGUF\". It may be another "
               "format, or a web page saved by mistake.";
        QTest::newRow("truncated")
            << Error{ErrorCode::Truncated, "x", 2000, 1500} << "This model file is incomplete."
            << "\"notes.bin\" ends after 1,500 of 2,000 bytes. The download may have "
               "stopped early; download it again.";
        QTest::newRow("too large")
            << Error{ErrorCode::OutOfMemory, "x", 53 * kGiB / 2, 93 * kGiB / 4}
            << "Not enough memory: 3.3 GiB short."
            << "\"notes.bin\" needs 26.5 GiB and 23.3 GiB is free. Nothing was changed.";
        QTest::newRow("unsupported") << Error{ErrorCode::Unsupported, "No \"mamba\" here."}
                                     << "This model is not supported yet."
                                     << "No \"mamba\" here.";
        QTest::newRow("damaged")
            << Error{ErrorCode::InvalidFormat, "x"} << "This model file is damaged."
            << "Parts of \"notes.bin\" do not mean what they should. Nothing of it was "
               "loaded; download it again.";
        QTest::newRow("unreadable")
            << Error{ErrorCode::Io, "Permission denied."} << "This file could not be read."
            << "Permission denied.";
    }

    void loadErrorsSayWhatWhyAndWhatToDo()
    {
        QFETCH(Error, error);
        QFETCH(QString, title);
        QFETCH(QString, text);
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        const ErrorCard card = loadErrorCard("/tmp/notes.bin", error);
        QCOMPARE(card.title, title);
        QCOMPARE(card.text, text);
        QCOMPARE(card.actions.first().first, QString("choose-file"));
        QVERIFY(card.actions.size() >= 2);
    }

    void partsOfAReplyDoNotDependOnHowItIsSplit()
    {
        const QString reply =
            "A circle.\n\n```svg\n<svg viewBox=\"0 0 1 1\">\n<title>圆 🎨</title>\n"
            "<circle r=\"1\"/>\n</svg>\n```\n\nAnd `code`.";
        const ReplyParts whole = ReplyParts::of(reply);
        QCOMPARE(whole.artifactCount(), 1);
        QCOMPARE(whole.artifact(0).bytes, whole.artifact(0).text.toUtf8().size());
        QCOMPARE(whole.artifact(0).lines, whole.artifact(0).text.count('\n'));
        for (int size = 1; size < 12; ++size) {
            ReplyParts parts;
            for (qsizetype at = 0; at < reply.size(); at += size) {
                parts.push(reply.mid(at, size));
            }
            parts.finish();
            QCOMPARE(parts.parts().size(), whole.parts().size());
            for (int part = 0; part < whole.parts().size(); ++part) {
                QCOMPARE(parts.parts()[part].text, whole.parts()[part].text);
                QCOMPARE(parts.parts()[part].title, whole.parts()[part].title);
                QCOMPARE(parts.parts()[part].lines, whole.parts()[part].lines);
                QCOMPARE(parts.parts()[part].complete, whole.parts()[part].complete);
            }
        }
    }

    void aWishNamesItsElement_data()
    {
        QTest::addColumn<ElementWish::Scope>("scope");
        QTest::addColumn<QString>("reach");
        using Scope = ElementWish::Scope;
        QTest::newRow("one") << Scope::Element << "Change only this element.";
        QTest::newRow("alike") << Scope::Alike << "Change this element and every one like it";
        QTest::newRow("whole") << Scope::Whole << "in the whole artifact so that it fits.";
    }

    void aWishNamesItsElement()
    {
        QFETCH(ElementWish::Scope, scope);
        QFETCH(QString, reach);
        ElementWish wish;
        wish.element = {"b#x`y", "main", false, 4, 4};
        wish.quote = "  <b id=x>``` a</b>\n";
        wish.wish = "rounder";
        wish.scope = scope;
        QString text = elementRequest(wish, {" Tea\nshop ", 3, "html", {}});
        QVERIFY2(text.startsWith("rounder\n\nThis is about the element `b#xy` in “Tea shop”, "
                                 "version 3, line 4:\n"),
            qPrintable(text));
        QVERIFY(text.contains("\n````html\n  <b id=x>``` a</b>\n````\n")); // a longer fence
        QVERIFY(text.contains(reach));
        QVERIFY(!text.contains("A script makes"));
        QVERIFY(!text.contains("This is its source"));

        wish.element.scripted = true;
        wish.element.lastLine = 9;
        text = elementRequest(wish, {{}, 1, "html", "<p>all of it"});
        QVERIFY(text.contains("in version 1, lines 4 to 9:"));
        QVERIFY(text.contains("A script makes this element."));
        QVERIFY(text.contains("<main>"));
        QVERIFY(text.contains("\n```html\n<p>all of it\n```\n"));
    }

    void aLongElementIsQuotedByItsEnds()
    {
        ElementWish wish;
        for (int i = 1; i <= 1000; ++i) {
            wish.quote += QString("line %1\n").arg(i);
        }
        wish.quote += QString(100000, 'x') + '\n';
        const QString text = elementRequest(wish, {{}, 1, "svg", {}});
        QCOMPARE(text.count("line "), kMostQuoted - 1 - 1 + 1); // the dots; the x; the words
        QVERIFY(text.contains("line 1\n"));
        QVERIFY(text.contains("\nline 1000\n"));
        QVERIFY(text.size() < 6000);
    }
};

QTEST_GUILESS_MAIN(CoreValuesTest)
#include "tst_core_values.moc"
