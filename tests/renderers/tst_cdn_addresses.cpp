// SPDX-License-Identifier: MIT
// Addresses of CDNs as pages write them, each answered in a real page, with no network at all.
#include "tests/renderers/library_test.h"

#include <QRegularExpression>

using namespace atelier;
using test::becomes;
using test::evaluate;
using test::ofLevel;
using test::openForLibraries;
using test::said;

class TestCdnAddresses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void answersScripts_data();
    void answersScripts();
    void answersModules_data();
    void answersModules();
    void answersStyles_data();
    void answersStyles();
};

void TestCdnAddresses::initTestCase()
{
    QVERIFY2(!OfflineLibrary::shared().isEmpty(), "atelier-library.rcc was not found");
}

void TestCdnAddresses::answersScripts_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("expression"); // is true afterwards
    const auto row = [](const char* url, const char* expression) {
        QTest::newRow(url) << QString::fromLatin1(url) << QString::fromLatin1(expression);
    };
    row("https://cdn.tailwindcss.com", "typeof tailwind.config === 'object'");
    row("https://cdn.tailwindcss.com?plugins=forms,typography", "!!tailwind.plugin");
    row("https://cdn.jsdelivr.net/npm/@tailwindcss/browser@4", "!!tailwind.colors.red");
    row("https://unpkg.com/react@18/umd/react.production.min.js", "React.version === '18.3.1'");
    row("https://unpkg.com/react@17.0.2/umd/react.development.js", "!!React.useState");
    row("https://cdnjs.cloudflare.com/ajax/libs/react/18.2.0/umd/react.production.min.js",
        "!!React.createElement");
    row("https://unpkg.com/@babel/standalone/babel.min.js", "!!Babel.transform");
    row("https://cdnjs.cloudflare.com/ajax/libs/babel-standalone/7.23.5/babel.min.js",
        "!!Babel.transform");
    row("https://unpkg.com/vue@3/dist/vue.global.js", "Vue.version.startsWith('3.')");
    row("https://cdn.jsdelivr.net/npm/vue@2.6.14/dist/vue.js", "Vue.version.startsWith('2.')");
    row("https://cdnjs.cloudflare.com/ajax/libs/vue/3.3.4/vue.global.min.js", "!!Vue.createApp");
    row("https://cdn.bootcdn.net/ajax/libs/vue/2.6.10/vue.min.js", "!!Vue.component");
    row("https://unpkg.com/alpinejs@3.x.x/dist/cdn.min.js", "!!Alpine.version");
    row("https://unpkg.com/htmx.org@1.9.10", "!!htmx.ajax");
    row("https://code.jquery.com/jquery-3.6.0.min.js", "$.fn.jquery === '3.7.1'");
    row("https://code.jquery.com/jquery-3.6.0.slim.min.js", "!$.ajax && !!$.fn");
    row("https://ajax.googleapis.com/ajax/libs/jquery/3.5.1/jquery.min.js", "!!$.ajax");
    row("https://cdn.staticfile.org/jquery/2.1.4/jquery.min.js", "!!$.ajax");
    row("https://cdn.jsdelivr.net/npm/bootstrap@5.3.2/dist/js/bootstrap.bundle.min.js",
        "!!bootstrap.Modal");
    row("https://maxcdn.bootstrapcdn.com/bootstrap/4.5.2/js/bootstrap.bundle.min.js",
        "typeof bootstrap === 'object' || typeof jQuery === 'undefined'");
    row("https://kit.fontawesome.com/a076d05399.js",
        "document.querySelectorAll('link[href*=fontawesome]').length === 1");
    row("https://unpkg.com/lucide@latest", "!!lucide.createIcons");
    row("https://unpkg.com/aos@2.3.1/dist/aos.js", "!!AOS.init");
    row("https://cdn.jsdelivr.net/npm/swiper@11/swiper-bundle.min.js", "!!Swiper");
    row("https://cdn.jsdelivr.net/npm/chart.js", "Chart.version.startsWith('4.')");
    row("https://cdn.jsdelivr.net/npm/chart.js@3.7.0/dist/chart.min.js",
        "Chart.version.startsWith('3.')");
    row("https://cdnjs.cloudflare.com/ajax/libs/Chart.js/2.9.4/Chart.bundle.min.js",
        "!!Chart.helpers.color");
    row("https://cdnjs.cloudflare.com/ajax/libs/Chart.js/4.4.0/chart.umd.min.js",
        "!!Chart.register");
    row("https://d3js.org/d3.v7.min.js", "d3.version.startsWith('7.')");
    row("https://d3js.org/d3-force.v3.min.js", "!!d3.forceSimulation");
    row("https://cdnjs.cloudflare.com/ajax/libs/d3/7.8.5/d3.min.js", "!!d3.scaleLinear");
    row("https://cdn.jsdelivr.net/npm/echarts@5.4.3/dist/echarts.min.js",
        "echarts.version === '5.6.0'");
    row("https://cdn.plot.ly/plotly-2.27.0.min.js", "!!Plotly.newPlot");
    row("https://cdn.plot.ly/plotly-latest.min.js", "!!Plotly.newPlot");
    row("https://cdnjs.cloudflare.com/ajax/libs/mathjs/11.8.0/math.min.js",
        "math.evaluate('2 * 3') === 6");
    row("https://cdn.jsdelivr.net/npm/papaparse@5.4.1/papaparse.min.js",
        "Papa.parse('a,b').data[0][1] === 'b'");
    row("https://cdnjs.cloudflare.com/ajax/libs/three.js/r128/three.min.js",
        "THREE.REVISION === '128'");
    row("https://cdn.jsdelivr.net/npm/three@0.128.0/build/three.min.js", "!!THREE.Scene");
    row("https://cdn.jsdelivr.net/npm/three@0.150.0/build/three.min.js",
        "THREE.REVISION === '160'");
    row("https://cdnjs.cloudflare.com/ajax/libs/p5.js/1.4.0/p5.js", "typeof p5 === 'function'");
    row("https://cdnjs.cloudflare.com/ajax/libs/matter-js/0.19.0/matter.min.js",
        "!!Matter.Engine.create()");
    row("https://unpkg.com/konva@9/konva.min.js", "!!Konva.Stage");
    row("https://cdnjs.cloudflare.com/ajax/libs/animejs/3.2.1/anime.min.js",
        "typeof anime === 'function' && anime.version.startsWith('3.')");
    row("https://cdn.jsdelivr.net/npm/animejs@4/lib/anime.umd.min.js", "!!anime.animate");
    row("https://cdnjs.cloudflare.com/ajax/libs/tween.js/18.6.4/tween.umd.js", "!!TWEEN.Tween");
    row("https://cdn.jsdelivr.net/npm/canvas-confetti@1.6.0/dist/confetti.browser.min.js",
        "typeof confetti === 'function'");
    row("https://cdnjs.cloudflare.com/ajax/libs/dat-gui/0.7.9/dat.gui.min.js", "!!dat.GUI");
    row("https://cdnjs.cloudflare.com/ajax/libs/tone/14.8.49/Tone.js", "!!Tone.Synth");
    row("https://cdnjs.cloudflare.com/ajax/libs/howler/2.2.3/howler.min.js", "!!Howl");
    row("https://unpkg.com/leaflet@1.9.4/dist/leaflet.js", "L.version === '1.9.4'");
    row("https://cdn.jsdelivr.net/npm/katex@0.16.9/dist/katex.min.js",
        "katex.renderToString('x^2').includes('katex')");
    row("https://cdn.jsdelivr.net/npm/mathjax@3/es5/tex-mml-chtml.js", "!!MathJax.version");
    row("https://cdn.jsdelivr.net/npm/mermaid@10/dist/mermaid.min.js", "!!mermaid.render");
    row("https://cdn.jsdelivr.net/npm/marked/marked.min.js",
        "marked.parse('**b**').includes('<strong>')");
    row("https://cdnjs.cloudflare.com/ajax/libs/highlight.js/11.9.0/highlight.min.js",
        "!!hljs.highlightAll");
    row("https://cdnjs.cloudflare.com/ajax/libs/prism/1.29.0/prism.min.js", "!!Prism.highlight");
    row("https://cdn.jsdelivr.net/npm/lodash@4.17.21/lodash.min.js",
        "_.chunk([1, 2], 1).length === 2");
    row("https://cdn.jsdelivr.net/npm/dayjs@1/dayjs.min.js", "dayjs('2024-01-02').date() === 2");
    row("https://cdnjs.cloudflare.com/ajax/libs/moment.js/2.29.4/moment.min.js",
        "moment('2024-01-02').date() === 2");
    row("https://unpkg.com/axios/dist/axios.min.js", "!!axios.get");
    row("https://cdn.jsdelivr.net/npm/sortablejs@latest/Sortable.min.js", "!!Sortable.create");
    row("https://polyfill.io/v3/polyfill.min.js?features=es6", "true");
    row("//cdnjs.cloudflare.com/ajax/libs/lodash.js/4.17.21/lodash.min.js", "!!_.chunk");
    row("http://code.jquery.com/jquery-latest.min.js", "!!$.ajax");
}

void TestCdnAddresses::answersScripts()
{
    QFETCH(QString, url);
    QFETCH(QString, expression);
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    // A hash of other bytes: it must not matter. Nor must the case of a fetch().
    view.show(ArtifactKind::Html,
        QStringLiteral("<head></head><body><p>x</p><script src='%1' crossorigin=anonymous "
                       "integrity='sha384-AAAA'></script><script>mime = '?'; fetch('%2')"
                       ".then(r => mime = r.status + r.headers.get('content-type'))</script>")
            .arg(url,
                QString(url)
                    .replace(QStringLiteral("http://"), QStringLiteral("https://"))
                    .replace(
                        QRegularExpression(QStringLiteral("^//")), QStringLiteral("https://"))));
    QVERIFY2(becomes(view,
                 QStringLiteral("(() => { try { return String(%1) } catch { return '' } })()")
                     .arg(expression),
                 QStringLiteral("true")),
        said(entries).constData());
    QVERIFY2(becomes(view,
                 QStringLiteral("mime.split(';')[0]"),
                 QStringLiteral("200") + QStringLiteral("text/javascript")),
        said(entries).constData());
    QVERIFY2(ofLevel(entries, ConsoleEntry::Level::Blocked).isEmpty(), said(entries).constData());
}

void TestCdnAddresses::answersModules_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("expression"); // of the module, m
    const auto row = [](const char* url, const char* expression) {
        QTest::newRow(url) << QString::fromLatin1(url) << QString::fromLatin1(expression);
    };
    row("https://esm.sh/react@18", "!!m.useState && !!m.default.useState");
    row("https://esm.sh/react-dom@18.2.0/client", "!!m.createRoot");
    row("https://esm.sh/v135/react@18.2.0/es2022/react.mjs", "!!m.useState");
    row("https://cdn.jsdelivr.net/npm/react@18/+esm", "!!m.default.useState");
    row("https://ga.jspm.io/npm:react@18.2.0/index.js", "!!m.useState");
    row("https://cdn.skypack.dev/react", "!!m.useState");
    row("https://esm.sh/recharts@2.12.7?deps=react@18", "!!m.LineChart");
    row("https://esm.sh/framer-motion", "!!m.motion");
    row("https://esm.sh/lucide-react@0.263.1", "!!m.Camera");
    row("https://esm.run/d3", "!!m.scaleLinear");
    row("https://cdn.jsdelivr.net/npm/d3@7/+esm", "!!m.select");
    row("https://cdn.skypack.dev/d3-scale@4", "!!m.scaleLinear");
    row("https://cdn.jsdelivr.net/npm/three@0.160.0/build/three.module.js", "m.REVISION === '160'");
    row("https://unpkg.com/three@0.158.0/build/three.module.js?module", "!!m.Scene");
    row("https://threejs.org/build/three.module.js", "!!m.Scene");
    row("https://esm.sh/three@0.164.1/addons/controls/OrbitControls.js", "!!m.OrbitControls");
    row("https://unpkg.com/three@0.160.0/examples/jsm/loaders/GLTFLoader.js", "!!m.GLTFLoader");
    row("https://cdn.jsdelivr.net/npm/three@0.128/examples/jsm/postprocessing/EffectComposer.js",
        "!!m.EffectComposer");
    row("https://unpkg.com/vue@3/dist/vue.esm-browser.js", "!!m.createApp && !!m.compile");
    row("https://cdn.jsdelivr.net/npm/mermaid@10/dist/mermaid.esm.min.mjs", "!!m.default.render");
    row("https://esm.sh/chart.js/auto", "!!m.default.version");
    row("https://cdn.jsdelivr.net/npm/lodash-es/+esm", "!!m.debounce");
    row("https://esm.sh/canvas-confetti", "typeof m.default === 'function'");
    row("https://cdn.jsdelivr.net/npm/cannon-es@0.20.0/dist/cannon-es.js", "!!m.World");
    row("https://cdn.jsdelivr.net/npm/lil-gui@0.19/+esm", "!!m.GUI");
    row("https://esm.sh/marked", "!!m.marked");
    row("https://esm.sh/zustand", "!!m.create");
    row("https://cdn.jsdelivr.net/npm/katex@0.16/dist/katex.mjs", "!!m.default.render");
    row("https://esm.sh/p5", "typeof m.default === 'function'");
    row("https://unpkg.com/animejs@3.2.1/lib/anime.es.js", "typeof m.default === 'function'");
}

void TestCdnAddresses::answersModules()
{
    QFETCH(QString, url);
    QFETCH(QString, expression);
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral("<body><p>x</p><script>result = '?'</script><script type=module>import * as "
                       "m from '%1'; result = String(%2)</script>")
            .arg(url, expression));
    QVERIFY2(
        becomes(view, QStringLiteral("result"), QStringLiteral("true")), said(entries).constData());
    QVERIFY2(ofLevel(entries, ConsoleEntry::Level::Blocked).isEmpty(), said(entries).constData());
}

void TestCdnAddresses::answersStyles_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("body");
    QTest::addColumn<QString>("expression"); // of e, the computed style of #e, and the fonts' faces
    QTest::addColumn<QString>("result");
    const auto row =
        [](const char* url, const char* body, const char* expression, const char* result) {
            QTest::newRow(url) << QString::fromLatin1(url) << QString::fromLatin1(body)
                               << QString::fromLatin1(expression) << QString::fromLatin1(result);
        };
    row("https://cdn.jsdelivr.net/npm/bootstrap@5.3.0/dist/css/bootstrap.min.css",
        "<button id=e class='btn btn-primary'>b</button>",
        "e.backgroundColor",
        "rgb(13, 110, 253)");
    row("https://maxcdn.bootstrapcdn.com/bootstrap/4.5.2/css/bootstrap.min.css",
        "<button id=e class='btn btn-primary'>b</button>",
        "e.backgroundColor",
        "rgb(0, 123, 255)");
    row("https://cdnjs.cloudflare.com/ajax/libs/font-awesome/6.4.0/css/all.min.css",
        "<i id=e class='fas fa-star'></i>",
        "faces('Font Awesome 6 Free')",
        "loaded");
    row("https://cdnjs.cloudflare.com/ajax/libs/font-awesome/4.7.0/css/font-awesome.min.css",
        "<i id=e class='fa fa-star-o'></i>",
        "getComputedStyle(document.getElementById('e'), "
        "'::before').content.codePointAt(1).toString(16)",
        "f005");
    row("https://use.fontawesome.com/releases/v5.15.4/css/all.css",
        "<i id=e class='fas fa-home'></i>",
        "e.fontWeight",
        "900");
    row("https://cdn.jsdelivr.net/npm/bootstrap-icons@1.11.1/font/bootstrap-icons.css",
        "<i id=e class='bi bi-alarm'></i>",
        "faces('bootstrap-icons')",
        "loaded");
    row("https://fonts.googleapis.com/"
        "css2?family=Inter:wght@400;700&family=Roboto+Mono&display=swap",
        "<p id=e style='font-family:Inter'>x</p>",
        "faces('Inter')",
        "loaded");
    row("https://fonts.googleapis.com/css?family=Nobody+Knows:400,700|Lora",
        "<p id=e style='font-family:Lora'>x</p>",
        "e.fontFamily",
        "Lora");
    row("https://fonts.googleapis.com/icon?family=Material+Icons",
        "<i id=e class=material-icons>home</i>",
        "faces('Material Icons')",
        "loaded");
    row("https://fonts.googleapis.com/css2?family=Material+Symbols+Outlined:opsz,wght@20,400",
        "<i id=e class=material-symbols-outlined>home</i>",
        "faces('Material Symbols Outlined')",
        "loaded");
    row("https://cdn.jsdelivr.net/npm/katex@0.16.8/dist/katex.min.css",
        "<span id=e class=katex>x</span>",
        "faces('KaTeX_Main')",
        "loaded");
    row("https://unpkg.com/leaflet@1.9.4/dist/leaflet.css",
        "<p id=e class=leaflet-container>x</p>",
        "e.overflow",
        "hidden");
    row("https://cdnjs.cloudflare.com/ajax/libs/animate.css/4.1.1/animate.min.css",
        "<p id=e class=animate__animated>x</p>",
        "e.animationDuration",
        "1s");
    row("https://cdnjs.cloudflare.com/ajax/libs/highlight.js/11.8.0/styles/github-dark.min.css",
        "<p id=e class=hljs>x</p>",
        "e.backgroundColor",
        "rgb(13, 17, 23)");
    row("https://unpkg.com/aos@next/dist/aos.css", "<p id=e data-aos=fade>x</p>", "e.opacity", "0");
    row("https://cdnjs.cloudflare.com/ajax/libs/normalize/8.0.1/normalize.min.css",
        "<h1 id=e>x</h1>",
        "e.fontSize",
        "32px");
}

void TestCdnAddresses::answersStyles()
{
    QFETCH(QString, url);
    QFETCH(QString, body);
    QFETCH(QString, expression);
    QFETCH(QString, result);
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral(
            "<head><link rel=stylesheet href='%1'></head><body>%2<script>e = "
            "getComputedStyle(document.getElementById('e'));"
            "faces = name => [...document.fonts].some(f => f.family.replace(/\"/g, '') === name && "
            "f.status === 'loaded') ? 'loaded' : 'missing';"
            "mime = '?'; fetch('%1').then(r => mime = r.status + r.headers.get('content-type'))"
            "</script>")
            .arg(url, body));
    QVERIFY2(becomes(view, expression, result),
        (said(entries) + evaluate(view, expression).toByteArray()).constData());
    QVERIFY2(becomes(view,
                 QStringLiteral("mime.split(';')[0]"),
                 QStringLiteral("200") + QStringLiteral("text/css")),
        said(entries).constData());
    QVERIFY2(ofLevel(entries, ConsoleEntry::Level::Blocked).isEmpty(), said(entries).constData());
}

ATELIER_LIBRARY_TEST_MAIN(TestCdnAddresses)

#include "tst_cdn_addresses.moc"
