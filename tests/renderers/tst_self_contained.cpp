// SPDX-License-Identifier: MIT
// Exported pages run in a plain browser engine that counts what they ask the network for.
#include "renderers/self_contained.h"

#include "tests/renderers/library_test.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QWebEnginePage>
#include <QWebEngineProfile>
#include <QWebEngineUrlRequestInterceptor>

using namespace atelier;
using test::kPageTimeout;

namespace {

/// Lets nothing but the file itself through, and keeps account.
class Counter final : public QWebEngineUrlRequestInterceptor
{
public:
    void interceptRequest(QWebEngineUrlRequestInfo& info) override
    {
        const QString scheme = info.requestUrl().scheme();
        if (scheme == QStringLiteral("file") || scheme == QStringLiteral("data") ||
            scheme == QStringLiteral("blob"))
            return;
        asked.append(info.requestUrl().toDisplayString());
        info.block(true);
    }

    QStringList asked;
};

QString html(const char* body)
{
    return QStringLiteral("<!doctype html>\n<html><head><title>T</title>") +
           QString::fromUtf8(body) + QStringLiteral("</html>\n");
}

} // namespace

class TestSelfContained : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(!test::library()->isEmpty(), "atelier-library.rcc was not found");
    }

    void runsWithoutANetwork_data()
    {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("expected");
        const auto row =
            [](const char* name, const char* body, const char* script, const char* is) {
                QTest::newRow(name)
                    << html(body) << QString::fromUtf8(script) << QString::fromUtf8(is);
            };
        row("a page of its own",
            "<body><p id=a>x</p><script>a.textContent = 'ran'</script>",
            "a.textContent",
            "ran");
        row("a script of a CDN",
            "<script src=\"https://cdn.jsdelivr.net/npm/chart.js\" integrity=sha384-x "
            "crossorigin></script></head><body><script>r = typeof Chart</script>",
            "r",
            "function");
        row("in order, when deferred",
            "<script defer src=\"//unpkg.com/jquery@3\"></script></head><body><p id=a>x</p>"
            "<script>addEventListener('load', () => { r = $('#a').text() })</script>",
            "r",
            "x");
        row("Tailwind",
            "<script src=https://cdn.tailwindcss.com></script></head>"
            "<body><p id=a class='p-4'>x",
            "getComputedStyle(a).paddingLeft",
            "16px");
        row("a style sheet with its fonts",
            "<link rel=stylesheet "
            "href=https://cdn.jsdelivr.net/npm/katex@0.16.9/dist/katex.min.css>"
            "</head><body><p class=katex id=a>x<script>document.fonts.ready.then(async () => {"
            "await document.fonts.load('16px KaTeX_Main'); "
            "r = [...document.fonts].some(f => f.family == 'KaTeX_Main' && f.status == 'loaded') })"
            "</script>",
            "String(r)",
            "true");
        row("a font of Google's",
            "<link href='https://fonts.googleapis.com/css2?family=Inter' rel=stylesheet>"
            "</head><body><p>x<script>document.fonts.load('16px Inter').then(f => r = f.length > 0)"
            "</script>",
            "String(r)",
            "true");
        row("a module by its address",
            "<body><p>x<script type=module>import { Scene } from "
            "'https://unpkg.com/three@0.160.0/build/three.module.js'; window.r = typeof "
            "Scene</script>",
            "r",
            "function");
        row("an import map",
            "<script type=importmap>{\"imports\":{\"react\":\"https://esm.sh/react@18\"}}</script>"
            "</head><body><p>x<script type=module>import React from 'react';"
            "import other from 'https://esm.sh/react@18.2.0'; window.r = typeof "
            "React.createElement + "
            "(React === other)</script>",
            "r",
            "functiontrue");
        row("a library that is not there does not hold up the rest",
            "<script src=https://cdn.jsdelivr.net/npm/no-such-thing></script></head>"
            "<body><script>r = 'ran'</script>",
            "r",
            "ran");
        row("what asks for the network when it runs gets none",
            "<body><p>x<script>r = 'waits'; fetch('https://example.org/').catch(() => r = 'no');"
            "new Image().src = 'https://example.org/i.png'</script>",
            "r",
            "no");
    }

    void runsWithoutANetwork()
    {
        QFETCH(QString, source);
        QFETCH(QString, script);
        QFETCH(QString, expected);
        const SelfContainedPage page =
            selfContainedPage(ArtifactKind::Html, source, {}, {}, *test::library());
        QVERIFY(open(page.html));
        QVERIFY2(becomes(script, expected), qPrintable(m_said.join(u'\n')));
        QCOMPARE(m_counter.asked, QStringList());
    }

    void drawsAnSvg()
    {
        const SelfContainedPage page = selfContainedPage(ArtifactKind::Svg,
            QStringLiteral("<svg viewBox=\"0 0 9 9\"><circle id=\"c\" r=\"3\"/></svg>"),
            QStringLiteral("<Misty> Jiangnan"),
            {},
            *test::library());
        QVERIFY(open(page.html));
        QVERIFY(becomes(QStringLiteral("document.title"), QStringLiteral("<Misty> Jiangnan")));
        QVERIFY(becomes(QStringLiteral("c instanceof SVGCircleElement"), QStringLiteral("true")));
    }

    void bringsItsStorage()
    {
        const QJsonObject storage{{QStringLiteral("local"),
            QJsonObject{{QStringLiteral("best"), QStringLiteral("</script>7")}}}};
        const SelfContainedPage page = selfContainedPage(ArtifactKind::Html,
            html("<body><p>x<script>r = localStorage.best</script>"),
            {},
            storage,
            *test::library());
        QVERIFY(open(page.html));
        QVERIFY(becomes(QStringLiteral("r"), QStringLiteral("</script>7")));
    }

    void saysWhatIsMissing()
    {
        const SelfContainedPage page = selfContainedPage(ArtifactKind::Html,
            html("<script src=https://cdn.jsdelivr.net/npm/no-such-thing></script>"
                 "<link rel=preconnect href=https://fonts.gstatic.com>"
                 "<img src='https://example.org/a.png'>"),
            {},
            {},
            *test::library());
        QStringList missing = page.missing;
        missing.sort();
        QCOMPARE(missing,
            (QStringList{
                "https://cdn.jsdelivr.net/npm/no-such-thing", "https://example.org/a.png"}));
    }

    void anyPrefixIsAPage()
    {
        const QString source = html(
            "<style>a{background:url(x)}</style><script src=https://unpkg.com/jquery@3></script>"
            "<body onclick='a()'><!-- c --><script type=module>import 'https://esm.sh/react'"
            "</script>");
        for (qsizetype length = 0; length <= source.size(); length += 3) {
            const SelfContainedPage page = selfContainedPage(
                ArtifactKind::Html, source.left(length), {}, {}, *test::library());
            QVERIFY(page.html.contains(QStringLiteral("Content-Security-Policy")));
        }
    }

private:
    bool open(const QString& text)
    {
        m_page.reset();
        m_profile = std::make_unique<QWebEngineProfile>();
        m_counter.asked.clear();
        m_profile->setUrlRequestInterceptor(&m_counter);
        m_page = std::make_unique<QWebEnginePage>(m_profile.get());
        const QString path = m_folder.filePath(QStringLiteral("page%1.html").arg(++m_count));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text.toUtf8()) < 0)
            return false;
        file.close();
        QSignalSpy loaded(m_page.get(), &QWebEnginePage::loadFinished);
        m_page->load(QUrl::fromLocalFile(path));
        return QTest::qWaitFor([&] { return loaded.size() > 0; }, kPageTimeout);
    }

    bool becomes(const QString& script, const QString& wanted)
    {
        QElapsedTimer time;
        time.start();
        while (time.elapsed() < kPageTimeout) {
            auto result = std::make_shared<QVariant>();
            auto done = std::make_shared<bool>(false);
            m_page->runJavaScript(
                QStringLiteral(
                    "(() => { try { return String(%1) } catch (e) { return String(e) }})()")
                    .arg(script),
                [result, done](const QVariant& value) {
                    *result = value;
                    *done = true;
                });
            (void)QTest::qWaitFor([done] { return *done; }, 2000);
            if (result->toString() == wanted)
                return true;
            m_said = {result->toString()};
        }
        return false;
    }

    QTemporaryDir m_folder;
    Counter m_counter;
    QStringList m_said;
    int m_count = 0;
    std::unique_ptr<QWebEngineProfile> m_profile;
    std::unique_ptr<QWebEnginePage> m_page; // goes before its profile
};

ATELIER_LIBRARY_TEST_MAIN(TestSelfContained)
#include "tst_self_contained.moc"
