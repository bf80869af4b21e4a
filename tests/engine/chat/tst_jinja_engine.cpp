// SPDX-License-Identifier: MIT
// Templates come out of files: they must render as their authors' tools render them, and end in
// bounded time, memory and depth whatever they say.
#include "engine/chat/jinja_engine.h"

#include "engine/base/thread_time.h"

#include <QFile>
#include <QTest>

#include <nlohmann/json.hpp>

using namespace atelier;

namespace {

using Json = nlohmann::ordered_json;

Result<std::string> render(
    const std::string& source, const std::string& variables = "{}", const std::string& mark = "")
{
    auto engine = JinjaEngine::create(source);
    return engine ? engine.value()->render(variables, mark, 0.0) : engine.error();
}

} // namespace

class TestJinjaEngine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void rendersAsJinja2_data();
    void rendersAsJinja2();
    void failuresSayWhy_data();
    void failuresSayWhy();
    void hostileTemplatesEndSoon_data();
    void hostileTemplatesEndSoon();
    void worksAgainAfterGivingUp();
    void keepsNothingBetweenRenderings();
    void garbageIsCollected();
    void numbersStayAsWritten();
    void textIsUtf8();
};

void TestJinjaEngine::initTestCase()
{
    if (!JinjaEngine::isAvailable()) {
        QVERIFY(!JinjaEngine::create("x"));
        QSKIP("This build has no script engine, so templates are not rendered.");
    }
}

void TestJinjaEngine::rendersAsJinja2_data()
{
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("variables");
    QFile file(QStringLiteral(ATELIER_TEST_DATA "/chat/jinja_cases.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto all = Json::parse(file.readAll().toStdString());
    for (const auto& one : all["cases"]) {
        const auto source = one["template"].get<std::string>();
        const QString tag = QString::fromStdString(source).replace('\n', QStringLiteral("\\n"));
        QTest::newRow(qPrintable(tag.left(60)))
            << QByteArray::fromStdString(source)
            << QByteArray::fromStdString(one["text"].get<std::string>())
            << QByteArray::fromStdString(all["variables"].dump());
    }
}

void TestJinjaEngine::rendersAsJinja2()
{
    QFETCH(QByteArray, source);
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, variables);
    const auto rendered = render(source.toStdString(), variables.toStdString());
    QVERIFY2(rendered, rendered ? "" : rendered.error().message.c_str());
    QCOMPARE(QByteArray::fromStdString(rendered.value()), text);
}

void TestJinjaEngine::failuresSayWhy_data()
{
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<QString>("reason");
    QTest::newRow("raised by the template")
        << QByteArray("{{ raise_exception('Roles must alternate') }}") << "Roles must alternate";
    QTest::newRow("not closed") << QByteArray("{% if x %}a") << "";
    QTest::newRow("open expression") << QByteArray("{{ x") << "";
    QTest::newRow("open comment") << QByteArray("a {# b") << "Missing end of comment tag";
    QTest::newRow("unknown filter") << QByteArray("{{ 'x' | no_such_filter }}") << "no_such_filter";
    QTest::newRow("unknown tag") << QByteArray("{% include 'x' %}") << "include";
    QTest::newRow("calls nothing") << QByteArray("{{ missing() }}") << "function";
    QTest::newRow("too long") << QByteArray(300 << 10, 'x') << "300.0 KiB";
}

void TestJinjaEngine::failuresSayWhy()
{
    QFETCH(QByteArray, source);
    QFETCH(QString, reason);
    const auto rendered = render(source.toStdString());
    QVERIFY(!rendered);
    QCOMPARE(rendered.error().code, ErrorCode::InvalidFormat);
    const QString message = QString::fromStdString(rendered.error().message);
    QVERIFY2(message.startsWith("The chat template"), qPrintable(message));
    QVERIFY2(message.contains(reason), qPrintable(message));
}

void TestJinjaEngine::hostileTemplatesEndSoon_data()
{
    QTest::addColumn<QByteArray>("source");
    const auto many = [](const char* text, int count) { return QByteArray(text).repeated(count); };
    QTest::newRow("huge range") << QByteArray("{% for i in range(10**9) %}x{% endfor %}");
    QTest::newRow("endless range") << QByteArray("{% for i in range(0, 5, 0) %}x{% endfor %}");
    QTest::newRow("infinite range") << QByteArray("{{ range(0, 10.0**300, 10.0**280) | length }}");
    QTest::newRow("nested loops") << QByteArray(
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}"
        "{% endfor %}{% endfor %}{% endfor %}");
    QTest::newRow("endless recursion")
        << QByteArray("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}");
    QTest::newRow("recursion that doubles")
        << QByteArray("{% macro f(x) %}{{ f(x ~ x) }}{{ f(x ~ x) }}{% endmacro %}{{ f('ab') }}");
    QTest::newRow("text that doubles") << QByteArray(
        "{% set ns = namespace(t='ab') %}{% for i in range(99) %}{% set ns.t = ns.t ~ ns.t %}"
        "{% endfor %}{{ ns.t }}");
    QTest::newRow("list that doubles") << QByteArray(
        "{% set ns = namespace(t=[1]) %}{% for i in range(99) %}{% set ns.t = ns.t + ns.t %}"
        "{% endfor %}");
    QTest::newRow("replacement that grows")
        << QByteArray("{% set ns = namespace(t='aa') %}{% for i in range(99) %}"
                      "{% set ns.t = ns.t.replace('a', 'aaaa') %}{% endfor %}");
    QTest::newRow("wide indent") << QByteArray("{{ 'a\\nb' | indent(10**9) }}");
    QTest::newRow("wide JSON") << QByteArray("{{ [[[1]]] | tojson(indent=10**9) }}");
    QTest::newRow("a thing that holds itself")
        << QByteArray("{% set ns = namespace() %}{% set ns.a = ns %}{{ ns | tojson }}");
    QTest::newRow("many parentheses") << "{{ " + many("(", 50000) + "1" + many(")", 50000) + " }}";
    QTest::newRow("many brackets") << "{{ " + many("[", 50000) + many("]", 50000) + " }}";
    QTest::newRow("many nots") << "{{ " + many("not ", 50000) + "1 }}";
    QTest::newRow("many blocks") << many("{% if 1 %}", 20000);
    QTest::newRow("many filters") << "{{ 1" + many("|string", 30000) + " }}";
    QTest::newRow("much space in a tag") << "{%" + QByteArray(200000, ' ') + "%}";
    QTest::newRow("much space before a tag") << QByteArray(200000, ' ') + "{%- generation -%}";
    QTest::newRow("many braces") << many("{", 200000);
    QTest::newRow("many generation tags") << many("{% generation ", 15000);
    QTest::newRow("a long number") << "{{ " + QByteArray(200000, '9') + " }}";
    QTest::newRow("a long name") << "{{ " + QByteArray(200000, 'a') + " }}";
    QTest::newRow("a long text") << "{{ '" + QByteArray(200000, 'a') + "' }}";
    QTest::newRow("sorting much") << QByteArray(
        "{% for i in range(9999) %}{{ range(99999) | list | sort | length }}{% endfor %}");
    QTest::newRow("NUL and no UTF-8") << QByteArray("a\0b\xFF\xED\xA0\x80{{ '\xC0' }}", 17);
    QTest::newRow("the script's own functions") << QByteArray(
        "{{ atelierRender('{}', '') }}{{ ''.constructor.constructor('while(1);')() }}");
}

// Some of these are correct templates; what counts is when they end.
void TestJinjaEngine::hostileTemplatesEndSoon()
{
    QFETCH(QByteArray, source);
    const double begin = threadSeconds();
    const auto rendered = render(source.toStdString());
    // Compiling and rendering may take 0.4 s each, of this thread's own time.
    const double seconds = threadSeconds() - begin;
    QVERIFY2(seconds < 1.0, qPrintable(QString::number(seconds)));
    if (!rendered) {
        QCOMPARE(rendered.error().code, ErrorCode::InvalidFormat);
        QVERIFY(!rendered.error().message.empty());
    }
}

void TestJinjaEngine::worksAgainAfterGivingUp()
{
    const auto engine = JinjaEngine::create(
        "{% if endless %}{% for i in range(99999) %}{% for i in range(99999) %}{% endfor %}"
        "{% endfor %}{% endif %}ok");
    QVERIFY(engine);
    for (int i = 0; i < 2; ++i) {
        const auto refused = engine.value()->render(R"({"endless": true})", "", 0.0);
        QVERIFY(!refused);
        QVERIFY2(refused.error().message.find("too long") != std::string::npos,
            refused.error().message.c_str());
        const auto rendered = engine.value()->render(R"({"endless": false})", "", 0.0);
        QVERIFY2(rendered, rendered ? "" : rendered.error().message.c_str());
        QCOMPARE(rendered.value(), std::string("ok"));
    }
}

void TestJinjaEngine::keepsNothingBetweenRenderings()
{
    const auto engine =
        JinjaEngine::create("[{{ x }}{{ y }}]{% set x = 'left' %}{% set ns = namespace(y=1) %}");
    QVERIFY(engine);
    QCOMPARE(
        engine.value()->render(R"({"x": "a", "y": "b"})", "", 0.0).value(), std::string("[ab]"));
    QCOMPARE(engine.value()->render("{}", "", 0.0).value(), std::string("[]"));
}

// What a template lets go of must not count: here some five times the heap, and never much at once.
void TestJinjaEngine::garbageIsCollected()
{
    JinjaLimits limits;
    limits.heapBytes = size_t(8) << 20;
    const auto engine = JinjaEngine::create(
        "{% for i in range(600) %}{% set x = ('abc' ~ i).strip() ~ text.strip() %}{% endfor %}ok",
        limits);
    QVERIFY(engine);
    const auto rendered =
        engine.value()->render(Json{{"text", std::string(50'000, 'x') + " "}}.dump(), "", 30.0);
    QVERIFY2(rendered, rendered ? "" : rendered.error().message.c_str());
    QCOMPARE(rendered.value(), std::string("ok"));
}

void TestJinjaEngine::numbersStayAsWritten()
{
    const auto rendered =
        render("{{ x | tojson }}", R"({"x": ["#1.0", "#12345678901234567890", "a#1"]})", "#");
    QVERIFY(rendered);
    QCOMPARE(rendered.value(), std::string(R"([1.0, 12345678901234567890, "a#1"])"));
}

void TestJinjaEngine::textIsUtf8()
{
    // One character each, as in Python; a pair of escapes is one, too, when it is written.
    const auto rendered =
        render("{{ x }}{{ x | length }} {{ x[0] }} {{ '\\ud83d\\ude00' }} 中 \xFF",
            "{\"x\": \"\xF0\x9F\x98\x80 \xE4\xB8\xAD\"}");
    QVERIFY(rendered);
    QCOMPARE(QString::fromStdString(rendered.value()), QString::fromUtf8("😀 中3 😀 😀 中 \uFFFD"));
}

QTEST_APPLESS_MAIN(TestJinjaEngine)
#include "tst_jinja_engine.moc"
