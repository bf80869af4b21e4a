// SPDX-License-Identifier: MIT
// JSON schemas: what their grammars take and refuse, and that whatever they lead to validates.
#include "engine/sampling/grammar_matcher.h"
#include "engine/sampling/json_schema.h"
#include "engine/sampling/random.h"
#include "tests/support/json_validator.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QTest>

using namespace atelier;

namespace {

std::shared_ptr<const Grammar> grammarOf(const QString& schema)
{
    const auto made = grammarOfJsonSchema(schema.toStdString());
    if (!made) {
        qWarning("%s", made.error().message.c_str());
        return nullptr;
    }
    auto grammar = Grammar::parse(made.value().gbnf);
    if (!grammar) {
        qWarning("%s\n%s", grammar.error().message.c_str(), made.value().gbnf.c_str());
        return nullptr;
    }
    return grammar.take();
}

bool takes(GrammarMatcher& matcher, const QString& text)
{
    auto set = matcher.start();
    for (const char byte : text.toStdString()) {
        set = matcher.next(set, uint8_t(byte));
    }
    return matcher.canEnd(set);
}

QJsonValue parsed(const QByteArray& text)
{
    // A value that is neither object nor array is no document for Qt.
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson("[" + text + "]", &error);
    return document.array().size() == 1 && error.error == QJsonParseError::NoError
               ? document.array().first()
               : QJsonValue(QJsonValue::Undefined);
}

// A text of the grammar made of random bytes; short ends are preferred the longer it gets.
std::string randomText(GrammarMatcher& matcher, CounterRandom& random)
{
    auto set = matcher.start();
    std::string text;
    while (text.size() < 20'000) {
        if (matcher.canEnd(set) && (!matcher.canGoOn(set) || random.below(4) == 0)) {
            return text;
        }
        // Closing bytes first from some length on, so that recursion comes back.
        std::string bytes;
        for (int byte = 0; byte < 256; ++byte) {
            if (matcher.next(set, uint8_t(byte)) != GrammarMatcher::kDead) {
                bytes += char(byte);
            }
        }
        const size_t closing = bytes.find_first_of("\"]}");
        const bool close = closing != std::string::npos && random.below(400) < text.size();
        const char byte = close ? bytes[closing] : bytes[size_t(random.below(bytes.size()))];
        text += byte;
        set = matcher.next(set, uint8_t(byte));
    }
    return {};
}

} // namespace

class TestJsonSchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void valuesAreTakenOrNot_data();
    void valuesAreTakenOrNot();
    void limitsOfIntegersAreExact();
    void whateverComesOutValidates_data();
    void whateverComesOutValidates();
    void notesNameWhatIsNotEnforced();
    void unusableSchemasSayWhere_data();
    void unusableSchemasSayWhere();
    void hostileSchemasAreRefusedQuickly_data();
    void hostileSchemasAreRefusedQuickly();
};

void TestJsonSchema::valuesAreTakenOrNot_data()
{
    QTest::addColumn<QString>("schema");
    QTest::addColumn<QStringList>("taken");
    QTest::addColumn<QStringList>("refused");
    const auto row =
        [](const char* name, const char* schema, QStringList taken, QStringList refused) {
            QTest::newRow(name) << QString::fromUtf8(schema) << taken << refused;
        };

    row("integer",
        R"({"type": "integer"})",
        {"0", "-1", "42"},
        {"", "01", "1.0", "+1", " 1", "--1"});
    row("number",
        R"({"type": "number"})",
        {"0", "-1.5", "2e10", "0.5E-3"},
        {".5", "1.", "1e", "e1"});
    row("number from 0 to 1",
        R"({"type": "number", "minimum": 0, "maximum": 1})",
        {"0", "0.25", "1", "1.000", "0.0", "-0", "-0.0"},
        {"1.01", "-0.1", "2", "1e0", "00.5", "-1"});
    row("number below 1",
        R"({"minimum": 0, "exclusiveMaximum": 1})",
        {"0", "0.999999"},
        {"1", "1.0", "-0.5"});
    row("number above 0",
        R"({"type": "number", "exclusiveMinimum": 0})",
        {"0.1", "0.001", "1", "123456.75"},
        {"0", "0.0", "-0", "-1", "-0.0"});
    row("number below 0",
        R"({"type": "number", "exclusiveMaximum": 0})",
        {"-0.1", "-1", "-1.0", "-99.5"},
        {"0", "-0", "-0.0", "0.1", "1"});
    row("negative numbers",
        R"({"type": "number", "minimum": -2, "maximum": -1})",
        {"-1", "-1.5", "-2", "-2.0"},
        {"-0.5", "-2.1", "1", "0"});
    row("numbers around 0, draft 4",
        R"({"type": "number", "minimum": -12, "exclusiveMinimum": true, "maximum": 3})",
        {"-11.999", "-11", "-0.5", "0", "3", "2.5"},
        {"-12", "-12.0", "-12.5", "3.1"});
    row("one number only",
        R"({"type": "number", "minimum": 18, "maximum": 18})",
        {"18", "18.0"},
        {"17.9", "18.1"});
    row("integers between halves",
        R"({"type": "integer", "minimum": 0.5, "maximum": 2.5})",
        {"1", "2"},
        {"0", "3", "-1"});
    row("integers to the largest",
        R"({"type": "integer", "minimum": 0, "maximum": 18446744073709551615})",
        {"0", "65535", "999999999999999"},
        {"-1", "01"});
    row("integers without end",
        R"({"type": "integer", "maximum": 1e300})",
        {"0", "-5", "1234567890"},
        {"0.5"});
    row("boolean", R"({"type": "boolean"})", {"true", "false"}, {"True", "tru", "null"});
    row("null", R"({"type": "null"})", {"null"}, {"nul", "0"});
    row("list of types", R"({"type": ["string", "null"]})", {"null", "\"a\""}, {"1"});
    row("string",
        R"({"type": "string"})",
        {R"("")", R"("a\"b\\\n\u00e9é中😀")"},
        {R"(")", R"("a)", "\"a\nb\"", R"("\x")", R"("\u12")", R"("\ud800")", "\"a\"b\""});
    row("string lengths",
        R"({"type": "string", "minLength": 2, "maxLength": 3})",
        {R"("ab")", R"("中😀é")", R"("\n\u0041")"},
        {R"("a")", R"("abcd")", R"("")"});
    row("enum",
        R"({"enum": ["a", 1, null, {"b": [1, 2]}]})",
        {R"("a")", "1", "null", R"({"b":[1,2]})"},
        {R"("b")", "2", R"({"b": [1]})"});
    row("enum with quotes and breaks",
        R"({"enum": ["a\"b\nc\\", "é"]})",
        {R"("a\"b\nc\\")", R"("é")"},
        {R"("a"b)"});
    row("const", R"({"const": {"x": "y"}})", {R"({"x":"y"})"}, {R"({"x":"z"})", "{}"});
    row("anything",
        "true",
        {"1", "[]", R"({"a": [null, {"b": "c"}]})", R"("x")"},
        {"", "[1,]", "{1:2}"});
    row("anything, empty schema", "{}", {"1", "[1, \"a\"]"}, {"a"});

    row("required and optional in order",
        R"({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "null"},
            "c": {"type": "boolean"}}, "required": ["b"]})",
        {R"({"b":null})",
            R"({"a":1,"b":null})",
            R"({"a": 1, "b": null, "c": true})",
            R"({"b":null,"c":false})",
            "{\n  \"a\": 1,\n  \"b\": null\n}"},
        {"{}",
            R"({"a":1})",
            R"({"b":null,"a":1})",
            R"({"b":null,})",
            R"({,"b":null})",
            R"({"b":null "c":true})",
            R"({"b":null,"d":1})",
            R"({"b":null,"b":null})"});
    row("all optional",
        R"({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}})",
        {"{}", "{ }", R"({"a":1})", R"({"b":1})", R"({"a":1,"b":2})"},
        {R"({"b":1,"a":2})", R"({"a":1,})", R"({,"b":2})"});
    row("no other properties",
        R"({"type": "object", "properties": {"a": {}}, "additionalProperties": false})",
        {"{}", R"({"a":[]})"},
        {R"({"b":1})"});
    row("others by schema",
        R"({"type": "object", "properties": {"abc": {"type": "integer"}, "abd": {"type": "integer"},
            "x": {"type": "integer"}}, "required": ["x"],
            "additionalProperties": {"type": "string"}})",
        {R"({"x":1})",
            R"({"x":1,"y":"z"})",
            R"({"x":1,"ab":"z"})",
            R"({"x":1,"abcd":"z"})",
            R"({"abc":1,"x":1,"":"q"})",
            R"({"x":1,"xx":"","中":"b"})"},
        {R"({"y":"z"})", R"({"x":1,"y":1})", R"({"x":1,"x":"z"})", R"({"x":1,"abc":"z"})"});
    row("a map",
        R"({"type": "object", "additionalProperties": {"type": "integer"}})",
        {"{}", R"({"a":1})", R"({"a":1, "\n":2})"},
        {R"({"a":"b"})", R"({"a":1,})"});
    row("a map of some size",
        R"({"type": "object", "minProperties": 1, "maxProperties": 2})",
        {R"({"a":1})", R"({"a":1,"b":[]})"},
        {"{}", R"({"a":1,"b":2,"c":3})"});
    row("required without properties", R"({"required": ["k"]})", {R"({"k":[1]})"}, {"{}"});
    row("name with special characters",
        R"({"properties": {"a\"\\b": {"const": 1}}, "required": ["a\"\\b"]})",
        {R"({"a\"\\b":1})"},
        {R"({"a":1})"});

    row("array",
        R"({"type": "array", "items": {"type": "integer"}})",
        {"[]", "[ ]", "[1]", "[1,2]", "[\n  1,\n  2\n]"},
        {"[1,]", "[,1]", "[1 2]", "[\"a\"]"});
    row("array sizes",
        R"({"type": "array", "items": {"const": 1}, "minItems": 2, "maxItems": 3})",
        {"[1,1]", "[1,1,1]"},
        {"[]", "[1]", "[1,1,1,1]"});
    row("array of none", R"({"type": "array", "maxItems": 0})", {"[]"}, {"[1]"});
    row("no items", R"({"type": "array", "items": false})", {"[]"}, {"[1]"});
    row("tuple",
        R"({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]})",
        {R"([1,"a"])"},
        {"[]", "[1]", R"([1,"a",2])", R"(["a",1])"});
    row("tuple and more",
        R"({"prefixItems": [{"type": "integer"}], "items": {"type": "null"}, "maxItems": 3})",
        {"[1]", "[1,null]", "[1,null,null]"},
        {"[]", "[null]", "[1,null,null,null]"});
    row("old tuple",
        R"({"items": [{"type": "integer"}], "additionalItems": {"type": "null"}, "minItems": 2})",
        {"[1,null]"},
        {"[1]"});

    row("any of",
        R"({"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "null"}}]})",
        {"1", "[null]"},
        {"null", "[1]"});
    row("type beside any of",
        R"({"type": "string", "oneOf": [{"const": "a"}, {"minLength": 3}]})",
        {R"("a")", R"("abc")"},
        {R"("ab")", "1"});
    row("all of one",
        R"({"allOf": [{"$ref": "#/definitions/n"}], "definitions": {"n": {"type": "null"}}})",
        {"null"},
        {"1"});
    row("reference",
        R"({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "integer"}}})",
        {"5"},
        {"a"});
    row("recursive tree",
        R"({"$defs": {"node": {"type": "object", "properties": {"v": {"type": "integer"},
            "next": {"$ref": "#/$defs/node"}}, "required": ["v"]}}, "$ref": "#/$defs/node"})",
        {R"({"v":1})", R"({"v":1,"next":{"v":2,"next":{"v":3}}})"},
        {R"({"v":1,"next":{}})", R"({"next":{"v":1}})"});
    row("recursive root",
        R"({"type": "array", "items": {"$ref": "#"}})",
        {"[]", "[[],[[]]]"},
        {"[1]", "[[]"});

    row("pattern",
        R"({"type": "string", "pattern": "^[a-c]{2,3}\\d$"})",
        {R"("ab1")", R"("abc9")"},
        {R"("a1")", R"("ab")", R"("xab1")", R"("ab1x")"});
    row("pattern without anchors",
        R"({"type": "string", "pattern": "b+"})",
        {R"("b")", R"("abc")", R"("\nbb")"},
        {R"("ac")", R"("")"});
    row("pattern with alternatives",
        R"({"pattern": "^(?:cat|dog)s?$|^x"})",
        {R"("cat")", R"("dogs")", R"("xyz")"},
        {R"("catsx")", R"("acat")"});
    row("pattern with escaped characters",
        R"({"pattern": "^\"\\\\\\n[\"\\t]\\.$"})",
        {R"("\"\\\n\".")", R"("\"\\\n\t.")"},
        {R"("\"\\n\".")"});
    row("pattern for mail",
        R"({"pattern": "^[\\w.-]+@[^@\\s]+$"})",
        {R"("a.b-c@d.e")"},
        {R"("a@b@c")", R"("a@b c")", R"("@b")"});
    row("pattern with lazy repeats", R"({"pattern": "^a+?b*?$"})", {R"("aab")"}, {R"("b")"});
}

void TestJsonSchema::valuesAreTakenOrNot()
{
    QFETCH(QString, schema);
    QFETCH(QStringList, taken);
    QFETCH(QStringList, refused);
    const auto grammar = grammarOf(schema);
    QVERIFY(grammar);
    GrammarMatcher matcher(grammar);
    const test::JsonValidator validator(parsed(schema.toUtf8()));
    for (const QString& text : taken) {
        QVERIFY2(takes(matcher, text), qPrintable(text));
        QVERIFY2(validator.accepts(parsed(text.toUtf8())), qPrintable("validator: " + text));
    }
    for (const QString& text : refused) {
        QVERIFY2(!takes(matcher, text), qPrintable(text));
    }
}

// Every pair of limits around the places where the number of digits changes, against counting.
void TestJsonSchema::limitsOfIntegersAreExact()
{
    const std::vector<int> limits{-1234,
        -1000,
        -999,
        -101,
        -100,
        -99,
        -42,
        -10,
        -9,
        -1,
        0,
        1,
        5,
        9,
        10,
        11,
        19,
        20,
        99,
        100,
        109,
        190,
        999,
        1000,
        1099,
        2000,
        3456};
    std::vector<int> numbers;
    for (const int limit : limits) {
        for (int near = -2; near <= 2; ++near) {
            numbers.push_back(limit + near);
        }
    }
    for (const int least : limits) {
        for (const int most : limits) {
            const bool low = (least + most) % 2 == 0; // exclude this one
            const QString schema = QStringLiteral(R"({"type": "integer", "%1": %2, "%3": %4})")
                                       .arg(low ? "exclusiveMinimum" : "minimum")
                                       .arg(least)
                                       .arg(low ? "maximum" : "exclusiveMaximum")
                                       .arg(most);
            const auto made = grammarOfJsonSchema(schema.toStdString());
            const int first = least + (low ? 1 : 0);
            const int last = most - (low ? 0 : 1);
            QCOMPARE(bool(made), first <= last);
            if (!made) {
                continue;
            }
            const auto grammar = Grammar::parse(made.value().gbnf);
            QVERIFY(bool(grammar));
            GrammarMatcher matcher(grammar.value());
            for (const int number : numbers) {
                QVERIFY2(
                    takes(matcher, QString::number(number)) == (number >= first && number <= last),
                    qPrintable(schema + " " + QString::number(number)));
            }
        }
    }
}

void TestJsonSchema::whateverComesOutValidates_data()
{
    valuesAreTakenOrNot_data();
}

void TestJsonSchema::whateverComesOutValidates()
{
    QFETCH(QString, schema);
    const auto grammar = grammarOf(schema);
    QVERIFY(grammar);
    const test::JsonValidator validator(parsed(schema.toUtf8()));
    CounterRandom random(11);
    int whole = 0;
    for (int round = 0; round < 40; ++round) {
        GrammarMatcher matcher(grammar);
        const QByteArray text = QByteArray::fromStdString(randomText(matcher, random));
        if (text.isEmpty()) {
            continue; // did not come to an end
        }
        ++whole;
        const QJsonValue value = parsed(text);
        QVERIFY2(!value.isUndefined(), text.constData());
        QVERIFY2(validator.accepts(value), text.constData());
    }
    QVERIFY2(whole >= 20, qPrintable(QString::number(whole)));
}

void TestJsonSchema::notesNameWhatIsNotEnforced()
{
    const auto made = grammarOfJsonSchema(R"({"title": "t", "type": "object", "properties": {
        "age": {"type": "integer", "multipleOf": 2, "minimum": 1, "description": "years", "default": 3},
        "half": {"type": "number", "minimum": 0.5},
        "mail": {"type": "string", "format": "email", "pattern": "^a", "maxLength": 9}},
        "minProperties": 1})");
    QVERIFY(bool(made));
    QStringList notes;
    for (const std::string& note : made.value().notes) {
        notes << QString::fromStdString(note);
    }
    notes.sort();
    QCOMPARE(notes,
        (QStringList{
            "\"a limit that is no whole number\" at \"#/properties/half\" is not enforced.",
            "\"format\" at \"#/properties/mail\" is not enforced.",
            "\"maxLength\" at \"#/properties/mail\" is not enforced.",
            "\"minProperties\" at \"#\" is not enforced.",
            "\"multipleOf\" at \"#/properties/age\" is not enforced."}));
}

void TestJsonSchema::unusableSchemasSayWhere_data()
{
    QTest::addColumn<QString>("schema");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* schema, const char* expected) {
        QTest::newRow(name) << schema << expected;
    };
    row("no JSON", "{", "is not JSON");
    row("no schema", "3", "at \"#\", a schema must be");
    row("false", R"({"properties": {"a": false}})", "at \"#/properties/a\", the schema \"false\"");
    row("unknown type",
        R"({"items": {"type": "text"}})",
        "at \"#/items\", there is no type \"text\"");
    row("type of no name", R"({"type": [1]})", "\"type\" must be a name");
    row("empty enum", R"({"enum": []})", "\"enum\" must be a list");
    row("properties no object", R"({"properties": []})", "\"properties\" must be an object");
    row("required no list", R"({"required": {"a": 1}})", "\"required\" must be a list");
    row("negative count", R"({"type": "array", "minItems": -1})", "\"minItems\" must be a whole");
    row("counts cross", R"({"minLength": 3, "maxLength": 2})", "\"maxLength\" is less than");
    row("count too large", R"({"minLength": 20000})", "\"minLength\" is at most 10,000");
    row("remote reference",
        R"({"$ref": "https://example.com/s.json"})",
        "a place in this document");
    row("reference to nothing", R"({"$ref": "#/$defs/x"})", "there is no \"#/$defs/x\"");
    row("several allOf", R"({"allOf": [{}, {}]})", "has more than one schema");
    row("tuple too short", R"({"prefixItems": [{}], "minItems": 2})", "wants more items");
    row("limit no number", R"({"minimum": "1"})", "\"minimum\" must be a number");
    row("limits cross", R"({"type": "number", "minimum": 2, "maximum": 1})", "no number is within");
    row("nothing between",
        R"({"type": "integer", "exclusiveMinimum": 2, "exclusiveMaximum": 3})",
        "no whole number is within");
    row("too large", R"({"type": "integer", "minimum": 1e18})", "more than 15 digits");
    row("look-ahead", R"x({"pattern": "^(?=a)"})x", "look-around");
    row("reference back", R"({"pattern": "(a)\\1"})", "an escape that is not known");
    row("word boundary", R"({"pattern": "\\ba"})", "an escape that is not known");
    row("anchor inside", R"({"pattern": "a^b"})", "an anchor stands in the middle");
    row("anchor in a group", R"x({"pattern": "(^a)"})x", "an anchor is in a group");
    row("open group", R"({"pattern": "(a"})", "a group is not closed");
    row("stray bracket", R"x({"pattern": "a)"})x", "closes nothing");
    row("repeat of nothing", R"({"pattern": "*a"})", "repeats nothing");
    row("counts backwards", R"({"pattern": "a{2,1}"})", "a count is written");
    row("open set", R"({"pattern": "[a"})", "ends too early");
    row("range backwards", R"({"pattern": "[z-a]"})", "is no range");
}

void TestJsonSchema::unusableSchemasSayWhere()
{
    QFETCH(QString, schema);
    QFETCH(QString, expected);
    const auto made = grammarOfJsonSchema(schema.toStdString());
    QVERIFY(!made);
    QVERIFY(
        made.error().code == ErrorCode::InvalidUse || made.error().code == ErrorCode::Unsupported);
    const QString message = QString::fromStdString(made.error().message);
    QVERIFY2(message.contains(expected), qPrintable(message));
}

void TestJsonSchema::hostileSchemasAreRefusedQuickly_data()
{
    QTest::addColumn<QString>("schema");
    QTest::newRow("deep") << QString(R"({"items":)").repeated(50'000);
    QTest::newRow("deep and closed")
        << QString(R"({"items":)").repeated(200) + "{}" + QString("}").repeated(200);
    QTest::newRow("large") << "{\"title\": \"" + QString("a").repeated(2'000'000) + "\"}";
    QString many = R"({"properties": {)";
    for (int i = 0; i < 30'000; ++i) {
        many += QString(R"("p%1": {"const": %1},)").arg(i);
    }
    QTest::newRow("many properties") << many + R"("z": {}}})";
    QTest::newRow("refers to itself") << R"({"$ref": "#"})";
    QTest::newRow("never ends") << R"({"properties": {"a": {"$ref": "#"}}, "required": ["a"]})";
    QTest::newRow("any of itself") << R"({"anyOf": [{"$ref": "#"}, {"type": "null"}]})";
    QTest::newRow("deep pattern") << R"x({"pattern": ")x" + QString("(").repeated(10'000) + "\"}";
}

void TestJsonSchema::hostileSchemasAreRefusedQuickly()
{
    QFETCH(QString, schema);
    QElapsedTimer timer;
    timer.start();
    const auto made = grammarOfJsonSchema(schema.toStdString());
    if (made) {
        QVERIFY(!Grammar::parse(made.value().gbnf));
    } else {
        QVERIFY(!made.error().message.empty());
    }
    QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_APPLESS_MAIN(TestJsonSchema)
#include "tst_json_schema.moc"
