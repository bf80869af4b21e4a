// SPDX-License-Identifier: MIT
#include "renderers/source_transformer.h"

#include <QElapsedTimer>
#include <QTest>

using namespace atelier;

namespace {

const QString kHeld = QStringLiteral(" type=\"text/x-atelier-held\" data-atelier-line=\"%1\"");

QString transformed(ArtifactKind kind, const QStringList& pieces)
{
    SourceTransformer transformer(kind, QStringLiteral("N"));
    QString out;
    for (const QString& piece : pieces)
        out += transformer.push(piece);
    return out + transformer.finish(SourceTransformer::End::Complete);
}

} // namespace

class TestSourceTransformer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rewritesHtml_data();
    void rewritesHtml();
    void anySplitGivesTheSame_data() { rewritesHtml_data(); }
    void anySplitGivesTheSame();
    void wrapsSvg_data();
    void wrapsSvg();
    void holdsBackUnfinishedTags();
    void knowsTheGrowingShape_data();
    void knowsTheGrowingShape();
    void saysHowItEnded();
    void isLinear();
};

void TestSourceTransformer::rewritesHtml_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const QString& source, const QString& expected) {
        QTest::newRow(name) << source << expected + QStringLiteral("<!--Nrun-->");
    };
    const auto same = [&](const char* name, const char* source) {
        row(name, QString::fromUtf8(source), QString::fromUtf8(source));
    };
    same("nothing", "");
    same("text and tags", "<!doctype html><p class=\"a>b\">x < y & z</p>\n");
    row("script", "<script>a<b</script>x", "<script" + kHeld.arg(1) + ">a<b</script>x");
    row("module on line 3",
        "\n\n<script type=module>x</script>",
        "\n\n<script" + kHeld.arg(3) + " data-atelier-type=module>x</script>");
    row("script tag over two lines",
        "<script\n defer>x</script>",
        "<script" + kHeld.arg(2) + "\n defer>x</script>");
    row("import map",
        "<script type=\"importmap\">{}</script>",
        "<script" + kHeld.arg(1) + " data-atelier-type=\"importmap\">{}</script>");
    row("javascript with a character set",
        "<script type='text/javascript; charset=utf-8'></script>",
        "<script" + kHeld.arg(1) + " data-atelier-type='text/javascript; charset=utf-8'></script>");
    same("templates and shaders",
        "<script type=\"x-shader/x-vertex\">void main(){}</script>"
        "<script type='application/json'>{\"a\":1}</script>");
    row("upper case",
        "<SCRIPT TYPE=MODULE>x</SCRIPT>",
        "<SCRIPT" + kHeld.arg(1) + " data-atelier-type=MODULE>x</SCRIPT>");
    same("tags in a script", "<script type=text/plain><p onclick='x'></p></script>");
    row("script text in a comment",
        "<!-- <script>x</script> --><script>y</script>",
        "<!-- <script>x</script> --><script" + kHeld.arg(1) + ">y</script>");
    same("abrupt comments", "<!--><p><!---><b>");
    same("script text in a textarea", "<textarea><script>x</script></textarea>");
    same("script text in a title", "<title><script>x</script></title>");
    same("script text in a style", "<style>p::after{content:'<script>'}</style>");
    same("script text in an attribute", "<p title='<script>x</script>'>y</p>");
    row("unquoted attribute with a quote",
        "<p title=a'b><script>x</script>",
        "<p title=a'b><script" + kHeld.arg(1) + ">x</script>");
    same("closing tag that is not one", "<style>a</stylex></style>");
    row("handlers",
        "<button onclick=\"go()\" id=b ONFOCUS=x>",
        "<button data-atelier-held data-atelier-held-onclick=\"go()\" id=b "
        "data-atelier-held-onfocus=x>");
    same("words that begin with on", "<p on=1 data-on=2>");
    row("integrity",
        "<link rel=x integrity=\"sha384-a\" crossorigin href=y>",
        "<link rel=x  crossorigin href=y>");
    row("frames",
        "<iframe srcdoc='<script>x</script>' src=\"javascript:y\"></iframe>",
        "<iframe data-atelier-held data-atelier-held-srcdoc='<script>x</script>' "
        "data-atelier-held-src=\"javascript:y\"></iframe>");
    row("embed and object",
        "<embed src=a><object data=b></object>",
        "<embed data-atelier-held data-atelier-held-src=a><object data-atelier-held "
        "data-atelier-held-data=b></object>");
    same("pictures keep their source", "<img src=data:,x>");
    row("svg title is no raw text",
        "<svg><title/><script>x</script></svg><title><script></title>",
        "<svg><title/><script" + kHeld.arg(1) + ">x</script></svg><title><script></title>");
    row("html inside svg",
        "<svg><foreignObject><style><script></style></foreignObject></svg>",
        "<svg><foreignObject><style><script></style></foreignObject></svg>");
    row("html ends an open svg",
        "<svg><p><title><script></title>",
        "<svg><p><title><script></title>");
    same("CDATA in svg", "<svg><style><![CDATA[ a > b <script> ]]></style></svg>");
    row("unfinished tag", "<p>x<div class='", "<p>x");
    row("unfinished comment", "<p><!-- x", "<p><!-- x-->");
    row("unfinished script", "<script>x", "<script" + kHeld.arg(1) + ">x</script>");
    row("unfinished closing tag", "<style>x</sty", "<style>x</sty</style>");
    same("lone angle bracket", "a <");
    same("outside the basic plane", "<p>\U0001F98A</p>");
    same("CRLF", "<p>\r\nx</p>\r\n");
}

void TestSourceTransformer::rewritesHtml()
{
    QFETCH(QString, source);
    QTEST(transformed(ArtifactKind::Html, {source}), "expected");
}

void TestSourceTransformer::anySplitGivesTheSame()
{
    QFETCH(QString, source);
    QFETCH(QString, expected);
    for (qsizetype at = 0; at <= source.size(); ++at)
        QCOMPARE(transformed(ArtifactKind::Html, {source.left(at), source.mid(at)}), expected);
    QStringList characters;
    for (const QChar c : source)
        characters.append(QString(c));
    QCOMPARE(transformed(ArtifactKind::Html, characters), expected);
}

void TestSourceTransformer::wrapsSvg_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("ratio");
    QTest::addColumn<QString>("body"); // after the page's own head, up to the end mark
    QTest::newRow("view box") << "<svg viewBox=\"0 0 960 1080\"><g/></svg>"
                              << "0.888889"
                              << "<svg viewBox=\"0 0 960 1080\"><g/></svg>";
    QTest::newRow("commas") << "<svg viewBox='0,0,20,10'>"
                            << "2"
                            << "<svg viewBox='0,0,20,10'>";
    QTest::newRow("size only") << "<svg width=\"200px\" height=\"100\">"
                               << "2"
                               << "<svg viewBox=\"0 0 200 100\" width=\"200px\" height=\"100\">";
    QTest::newRow("relative size") << "<svg width='100%' height='50%'>"
                                   << "1.33333"
                                   << "<svg width='100%' height='50%'>";
    QTest::newRow("nothing said") << "<svg>"
                                  << "1.33333"
                                  << "<svg>";
    QTest::newRow("nonsense") << "<svg viewBox='0 0 0 -1'>"
                              << "1.33333"
                              << "<svg viewBox='0 0 0 -1'>";
    QTest::newRow("declaration and doctype keep their lines")
        << "\uFEFF<?xml version='1.0'?>\n<!DOCTYPE svg>\n<!-- c\n -->\n<svg>\n<script>x</script>"
        << "1.33333"
        << "\n\n\n\n<svg>\n<script type=\"text/x-atelier-held\" data-atelier-line=\"6\">x</script>";
    QTest::newRow("handler") << "<svg onload='x()'>"
                             << "1.33333"
                             << "<svg data-atelier-held data-atelier-held-onload='x()'>";
}

void TestSourceTransformer::wrapsSvg()
{
    QFETCH(QString, source);
    QFETCH(QString, ratio);
    QFETCH(QString, body);
    for (qsizetype at = 0; at <= source.size(); ++at) {
        const QString out = transformed(ArtifactKind::Svg, {source.left(at), source.mid(at)});
        const QString head = QStringLiteral("style=\"--atelier-ratio:%1\">").arg(ratio);
        const qsizetype start = out.indexOf(head);
        QVERIFY2(start > 0, qPrintable(out));
        QVERIFY(!out.left(start).contains(u'\n'));
        QCOMPARE(out.mid(start + head.size()), body + QStringLiteral("<!--Nrun-->"));
    }
}

void TestSourceTransformer::holdsBackUnfinishedTags()
{
    SourceTransformer transformer(ArtifactKind::Html, QStringLiteral("N"));
    QCOMPARE(transformer.push(u"<p>one <b cl"), "<p>one ");
    QCOMPARE(transformer.push(u"ass='>'"), "");
    QCOMPARE(transformer.push(u">two"), "<b class='>'>two");
}

void TestSourceTransformer::knowsTheGrowingShape_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("expected"); // place: name attribute=value ...
    QTest::newRow("path") << "<svg><g><path fill='red' d='M0 0 L10 10 L2"
                          << "svg>g: path fill=red d=M0 0 L10 10";
    QTest::newRow("the last number may go on") << "<svg><path d='M0 0L1 1"
                                               << "svg: path d=M0 0";
    QTest::newRow("implicit commands") << "<svg><path d='M0,0 1-1.5.5 2 3 "
                                       << "svg: path d=M0,0 1-1.5.5 2";
    QTest::newRow("curve") << "<svg><path d=\"M1 1C1 1 2 2 3 3 4 4 5"
                           << "svg: path d=M1 1C1 1 2 2 3 3";
    QTest::newRow("arc with joined flags") << "<svg><path d='M0 0A5 5 0 0110 10 "
                                           << "svg: path d=M0 0A5 5 0 0110 10";
    QTest::newRow("closed") << "<svg><path d='M0 0h1v1z"
                            << "svg: path d=M0 0h1v1z";
    QTest::newRow("exponent") << "<svg><path d='M1e-3 2E2 L"
                              << "svg: path d=M1e-3 2E2";
    QTest::newRow("nonsense ends it") << "<svg><path d='M0 0 L1 1 # L2 2 "
                                      << "svg: path d=M0 0 L1 1";
    QTest::newRow("number before a command") << "<svg><path d='1 2 M0 0 "
                                             << "";
    QTest::newRow("whole outline, half a color") << "<svg><path d='M0 0L9 9' stroke='#f"
                                                 << "svg: path d=M0 0L9 9";
    QTest::newRow("whole color") << "<svg><path d='M0 0L9 9' stroke='#f00'"
                                 << "svg: path d=M0 0L9 9 stroke=#f00";
    QTest::newRow("points") << "<svg><polygon points='0,0 1,1 2,2 3"
                            << "svg: polygon points=0,0 1,1 2,2";
    QTest::newRow("no handler, no id") << "<svg><path id=a onclick='x()' d='M0 0 1 1 "
                                       << "svg: path d=M0 0 1 1";
    QTest::newRow("nothing to draw yet") << "<svg><path fill='red' d='M0"
                                         << "";
    QTest::newRow("other element") << "<svg><rect width='10"
                                   << "";
    QTest::newRow("after its end") << "<svg><path d='M0 0L9 9'/>"
                                   << "";
    QTest::newRow("closed groups are left") << "<svg><g><g></g></g><path d='M0 0 1 1 "
                                            << "svg: path d=M0 0 1 1";
    QTest::newRow("before the root") << "<path d='M0 0 1 1 "
                                     << "";
}

void TestSourceTransformer::knowsTheGrowingShape()
{
    QFETCH(QString, source);
    SourceTransformer transformer(ArtifactKind::Svg, QStringLiteral("N"));
    transformer.push(source);
    QString actual;
    if (const auto growing = transformer.growing()) {
        actual = growing->place.join(u'>') + QStringLiteral(": ") + growing->shape.name;
        for (const auto& [name, value] : growing->shape.attributes)
            actual += QStringLiteral(" %1=%2").arg(name, value);
    }
    QTEST(actual, "expected");
}

void TestSourceTransformer::saysHowItEnded()
{
    SourceTransformer transformer(ArtifactKind::Html, QStringLiteral("word"));
    transformer.push(u"<p>x");
    QCOMPARE(transformer.finish(SourceTransformer::End::CutOff), "<!--wordcut-->");
}

void TestSourceTransformer::isLinear()
{
    for (const QString& piece : {QStringLiteral("<p a='"),
             QStringLiteral("<"),
             QStringLiteral("</"),
             QStringLiteral("<script>"),
             QStringLiteral("<svg><p>"),
             QStringLiteral("<!--")}) {
        QElapsedTimer clock;
        clock.start();
        SourceTransformer transformer(ArtifactKind::Html, QStringLiteral("N"));
        for (qsizetype size = 0; size < 1'000'000; size += piece.size())
            transformer.push(piece);
        transformer.finish(SourceTransformer::End::Complete);
        QVERIFY2(clock.elapsed() < 5000, qPrintable(piece + QString::number(clock.elapsed())));
    }
}

QTEST_APPLESS_MAIN(TestSourceTransformer)

#include "tst_source_transformer.moc"
