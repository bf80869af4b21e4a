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

namespace {

// Addresses with one number are asked by one page, in this order. Those that bring the same names
// are on different pages: what one has brought must not hide that another has not.
struct Address
{
    int page;
    const char* url;
    const char* expression; // is true once the address has been answered; of a module, m
};

constexpr Address kScripts[] = {
    {1, "https://cdn.tailwindcss.com", "typeof tailwind.config === 'object'"},
    {1, "https://unpkg.com/react@18/umd/react.production.min.js", "React.version === '18.3.1'"},
    {1, "https://unpkg.com/vue@3/dist/vue.global.js", "Vue.version.startsWith('3.')"},
    {1, "https://unpkg.com/alpinejs@3.x.x/dist/cdn.min.js", "!!Alpine.version"},
    {1, "https://code.jquery.com/jquery-3.6.0.min.js", "$.fn.jquery === '3.7.1'"},
    {1,
        "https://cdn.jsdelivr.net/npm/bootstrap@5.3.2/dist/js/bootstrap.bundle.min.js",
        "!!bootstrap.Modal"},
    {1, "https://unpkg.com/aos@2.3.1/dist/aos.js", "!!AOS.init"},
    {1, "https://cdn.jsdelivr.net/npm/chart.js", "Chart.version.startsWith('4.')"},
    {1, "https://d3js.org/d3.v7.min.js", "d3.version.startsWith('7.')"},
    {1,
        "https://cdn.jsdelivr.net/npm/papaparse@5.4.1/papaparse.min.js",
        "Papa.parse('a,b').data[0][1] === 'b'"},
    {1,
        "https://cdnjs.cloudflare.com/ajax/libs/three.js/r128/three.min.js",
        "THREE.REVISION === '128'"},
    {1,
        "https://cdnjs.cloudflare.com/ajax/libs/animejs/3.2.1/anime.min.js",
        "typeof anime === 'function' && anime.version.startsWith('3.')"},
    {1, "https://cdnjs.cloudflare.com/ajax/libs/dat-gui/0.7.9/dat.gui.min.js", "!!dat.GUI"},
    {2, "https://cdn.tailwindcss.com?plugins=forms,typography", "!!tailwind.plugin"},
    {2, "https://unpkg.com/react@17.0.2/umd/react.development.js", "!!React.useState"},
    {2, "https://unpkg.com/@babel/standalone/babel.min.js", "!!Babel.transform"},
    {2, "https://cdn.jsdelivr.net/npm/vue@2.6.14/dist/vue.js", "Vue.version.startsWith('2.')"},
    {2, "https://unpkg.com/htmx.org@1.9.10", "!!htmx.ajax"},
    {2, "https://code.jquery.com/jquery-3.6.0.slim.min.js", "!$.ajax && !!$.fn"},
    {2,
        "https://kit.fontawesome.com/a076d05399.js",
        "document.querySelectorAll('link[href*=fontawesome]').length === 1"},
    {2, "https://cdn.jsdelivr.net/npm/swiper@11/swiper-bundle.min.js", "!!Swiper"},
    {2,
        "https://cdn.jsdelivr.net/npm/chart.js@3.7.0/dist/chart.min.js",
        "Chart.version.startsWith('3.')"},
    {2, "https://d3js.org/d3-force.v3.min.js", "!!d3.forceSimulation"},
    {2, "https://cdn.jsdelivr.net/npm/three@0.128.0/build/three.min.js", "!!THREE.Scene"},
    {2,
        "https://cdnjs.cloudflare.com/ajax/libs/matter-js/0.19.0/matter.min.js",
        "!!Matter.Engine.create()"},
    {2, "https://cdn.jsdelivr.net/npm/animejs@4/lib/anime.umd.min.js", "!!anime.animate"},
    {2, "https://cdnjs.cloudflare.com/ajax/libs/tone/14.8.49/Tone.js", "!!Tone.Synth"},
    {3, "https://cdn.jsdelivr.net/npm/@tailwindcss/browser@4", "!!tailwind.colors.red"},
    {3,
        "https://cdnjs.cloudflare.com/ajax/libs/react/18.2.0/umd/react.production.min.js",
        "!!React.createElement"},
    {3,
        "https://cdnjs.cloudflare.com/ajax/libs/babel-standalone/7.23.5/babel.min.js",
        "!!Babel.transform"},
    {3, "https://cdnjs.cloudflare.com/ajax/libs/vue/3.3.4/vue.global.min.js", "!!Vue.createApp"},
    {3, "https://ajax.googleapis.com/ajax/libs/jquery/3.5.1/jquery.min.js", "!!$.ajax"},
    {3,
        "https://maxcdn.bootstrapcdn.com/bootstrap/4.5.2/js/bootstrap.bundle.min.js",
        "typeof bootstrap === 'object' || typeof jQuery === 'undefined'"},
    {3, "https://unpkg.com/lucide@latest", "!!lucide.createIcons"},
    {3,
        "https://cdnjs.cloudflare.com/ajax/libs/Chart.js/2.9.4/Chart.bundle.min.js",
        "!!Chart.helpers.color"},
    {3, "https://cdnjs.cloudflare.com/ajax/libs/d3/7.8.5/d3.min.js", "!!d3.scaleLinear"},
    {3,
        "https://cdnjs.cloudflare.com/ajax/libs/mathjs/11.8.0/math.min.js",
        "math.evaluate('2 * 3') === 6"},
    {3,
        "https://cdn.jsdelivr.net/npm/three@0.150.0/build/three.min.js",
        "THREE.REVISION === '160'"},
    {3, "https://unpkg.com/konva@9/konva.min.js", "!!Konva.Stage"},
    {3, "https://cdnjs.cloudflare.com/ajax/libs/tween.js/18.6.4/tween.umd.js", "!!TWEEN.Tween"},
    {3, "https://cdnjs.cloudflare.com/ajax/libs/howler/2.2.3/howler.min.js", "!!Howl"},
    {4, "https://cdn.bootcdn.net/ajax/libs/vue/2.6.10/vue.min.js", "!!Vue.component"},
    {4, "https://cdn.staticfile.org/jquery/2.1.4/jquery.min.js", "!!$.ajax"},
    {4,
        "https://cdnjs.cloudflare.com/ajax/libs/Chart.js/4.4.0/chart.umd.min.js",
        "!!Chart.register"},
    {4,
        "https://cdn.jsdelivr.net/npm/echarts@5.4.3/dist/echarts.min.js",
        "echarts.version === '5.6.0'"},
    {4, "https://cdn.plot.ly/plotly-2.27.0.min.js", "!!Plotly.newPlot"},
    {4, "https://cdnjs.cloudflare.com/ajax/libs/p5.js/1.4.0/p5.js", "typeof p5 === 'function'"},
    {4,
        "https://cdn.jsdelivr.net/npm/canvas-confetti@1.6.0/dist/confetti.browser.min.js",
        "typeof confetti === 'function'"},
    {4, "https://unpkg.com/leaflet@1.9.4/dist/leaflet.js", "L.version === '1.9.4'"},
    {4,
        "https://cdn.jsdelivr.net/npm/katex@0.16.9/dist/katex.min.js",
        "katex.renderToString('x^2').includes('katex')"},
    {4, "https://cdnjs.cloudflare.com/ajax/libs/prism/1.29.0/prism.min.js", "!!Prism.highlight"},
    {4,
        "https://cdn.jsdelivr.net/npm/lodash@4.17.21/lodash.min.js",
        "_.chunk([1, 2], 1).length === 2"},
    {5, "https://cdn.plot.ly/plotly-latest.min.js", "!!Plotly.newPlot"},
    {5, "https://cdn.jsdelivr.net/npm/mathjax@3/es5/tex-mml-chtml.js", "!!MathJax.version"},
    {5, "https://cdn.jsdelivr.net/npm/mermaid@10/dist/mermaid.min.js", "!!mermaid.render"},
    {5,
        "https://cdn.jsdelivr.net/npm/marked/marked.min.js",
        "marked.parse('**b**').includes('<strong>')"},
    {5,
        "https://cdnjs.cloudflare.com/ajax/libs/highlight.js/11.9.0/highlight.min.js",
        "!!hljs.highlightAll"},
    {5, "https://cdn.jsdelivr.net/npm/dayjs@1/dayjs.min.js", "dayjs('2024-01-02').date() === 2"},
    {5,
        "https://cdnjs.cloudflare.com/ajax/libs/moment.js/2.29.4/moment.min.js",
        "moment('2024-01-02').date() === 2"},
    {5, "https://unpkg.com/axios/dist/axios.min.js", "!!axios.get"},
    {5, "https://cdn.jsdelivr.net/npm/sortablejs@latest/Sortable.min.js", "!!Sortable.create"},
    {5, "https://polyfill.io/v3/polyfill.min.js?features=es6", "true"},
    {5, "//cdnjs.cloudflare.com/ajax/libs/lodash.js/4.17.21/lodash.min.js", "!!_.chunk"},
    {5, "http://code.jquery.com/jquery-latest.min.js", "!!$.ajax"},
};

constexpr Address kModules[] = {
    {1, "https://esm.sh/react@18", "!!m.useState && !!m.default.useState"},
    {1, "https://esm.sh/react-dom@18.2.0/client", "!!m.createRoot"},
    {1, "https://esm.sh/v135/react@18.2.0/es2022/react.mjs", "!!m.useState"},
    {1, "https://cdn.jsdelivr.net/npm/react@18/+esm", "!!m.default.useState"},
    {1, "https://ga.jspm.io/npm:react@18.2.0/index.js", "!!m.useState"},
    {1, "https://cdn.skypack.dev/react", "!!m.useState"},
    {1, "https://esm.sh/recharts@2.12.7?deps=react@18", "!!m.LineChart"},
    {1, "https://esm.sh/framer-motion", "!!m.motion"},
    {1, "https://esm.sh/lucide-react@0.263.1", "!!m.Camera"},
    {1, "https://esm.run/d3", "!!m.scaleLinear"},
    {2, "https://cdn.jsdelivr.net/npm/d3@7/+esm", "!!m.select"},
    {2, "https://cdn.skypack.dev/d3-scale@4", "!!m.scaleLinear"},
    {2, "https://cdn.jsdelivr.net/npm/three@0.160.0/build/three.module.js", "m.REVISION === '160'"},
    {2, "https://unpkg.com/three@0.158.0/build/three.module.js?module", "!!m.Scene"},
    {2, "https://threejs.org/build/three.module.js", "!!m.Scene"},
    {2, "https://esm.sh/three@0.164.1/addons/controls/OrbitControls.js", "!!m.OrbitControls"},
    {2, "https://unpkg.com/three@0.160.0/examples/jsm/loaders/GLTFLoader.js", "!!m.GLTFLoader"},
    {2,
        "https://cdn.jsdelivr.net/npm/three@0.128/examples/jsm/postprocessing/EffectComposer.js",
        "!!m.EffectComposer"},
    {2, "https://unpkg.com/vue@3/dist/vue.esm-browser.js", "!!m.createApp && !!m.compile"},
    {2, "https://cdn.jsdelivr.net/npm/mermaid@10/dist/mermaid.esm.min.mjs", "!!m.default.render"},
    {3, "https://esm.sh/chart.js/auto", "!!m.default.version"},
    {3, "https://cdn.jsdelivr.net/npm/lodash-es/+esm", "!!m.debounce"},
    {3, "https://esm.sh/canvas-confetti", "typeof m.default === 'function'"},
    {3, "https://cdn.jsdelivr.net/npm/cannon-es@0.20.0/dist/cannon-es.js", "!!m.World"},
    {3, "https://cdn.jsdelivr.net/npm/lil-gui@0.19/+esm", "!!m.GUI"},
    {3, "https://esm.sh/marked", "!!m.marked"},
    {3, "https://esm.sh/zustand", "!!m.create"},
    {3, "https://cdn.jsdelivr.net/npm/katex@0.16/dist/katex.mjs", "!!m.default.render"},
    {3, "https://esm.sh/p5", "typeof m.default === 'function'"},
    {3, "https://unpkg.com/animejs@3.2.1/lib/anime.es.js", "typeof m.default === 'function'"},
};

struct Style
{
    int page;
    const char* url;
    const char* body;
    const char* expression; // of e, the computed style of the element e, and the fonts' faces
    const char* result;
};

constexpr Style kStyles[] = {
    {1,
        "https://cdn.jsdelivr.net/npm/bootstrap@5.3.0/dist/css/bootstrap.min.css",
        "<button id=e class='btn btn-primary'>b</button>",
        "e.backgroundColor",
        "rgb(13, 110, 253)"},
    {1,
        "https://cdnjs.cloudflare.com/ajax/libs/font-awesome/6.4.0/css/all.min.css",
        "<i id=e class='fas fa-star'></i>",
        "faces('Font Awesome 6 Free')",
        "loaded"},
    {1,
        "https://cdn.jsdelivr.net/npm/bootstrap-icons@1.11.1/font/bootstrap-icons.css",
        "<i id=e class='bi bi-alarm'></i>",
        "faces('bootstrap-icons')",
        "loaded"},
    {1,
        "https://fonts.googleapis.com/"
        "css2?family=Inter:wght@400;700&family=Roboto+Mono&display=swap",
        "<p id=e style='font-family:Inter'>x</p>",
        "faces('Inter')",
        "loaded"},
    {1,
        "https://cdn.jsdelivr.net/npm/katex@0.16.8/dist/katex.min.css",
        "<span id=e class=katex>x</span>",
        "faces('KaTeX_Main')",
        "loaded"},
    {1,
        "https://cdnjs.cloudflare.com/ajax/libs/animate.css/4.1.1/animate.min.css",
        "<p id=e class=animate__animated>x</p>",
        "e.animationDuration",
        "1s"},
    {2,
        "https://maxcdn.bootstrapcdn.com/bootstrap/4.5.2/css/bootstrap.min.css",
        "<button id=e class='btn btn-primary'>b</button>",
        "e.backgroundColor",
        "rgb(0, 123, 255)"},
    {2,
        "https://cdnjs.cloudflare.com/ajax/libs/font-awesome/4.7.0/css/font-awesome.min.css",
        "<i id=e class='fa fa-star-o'></i>",
        "getComputedStyle(element, '::before').content.codePointAt(1).toString(16)",
        "f005"},
    {2,
        "https://fonts.googleapis.com/icon?family=Material+Icons",
        "<i id=e class=material-icons>home</i>",
        "faces('Material Icons')",
        "loaded"},
    {2,
        "https://unpkg.com/leaflet@1.9.4/dist/leaflet.css",
        "<p id=e class=leaflet-container>x</p>",
        "e.overflow",
        "hidden"},
    {2,
        "https://cdnjs.cloudflare.com/ajax/libs/highlight.js/11.8.0/styles/github-dark.min.css",
        "<p id=e class=hljs>x</p>",
        "e.backgroundColor",
        "rgb(13, 17, 23)"},
    {3,
        "https://use.fontawesome.com/releases/v5.15.4/css/all.css",
        "<i id=e class='fas fa-home'></i>",
        "e.fontWeight",
        "900"},
    {3,
        "https://fonts.googleapis.com/css?family=Nobody+Knows:400,700|Lora",
        "<p id=e style='font-family:Lora'>x</p>",
        "e.fontFamily",
        "Lora"},
    {3,
        "https://fonts.googleapis.com/css2?family=Material+Symbols+Outlined:opsz,wght@20,400",
        "<i id=e class=material-symbols-outlined>home</i>",
        "faces('Material Symbols Outlined')",
        "loaded"},
    {3, "https://unpkg.com/aos@next/dist/aos.css", "<p id=e data-aos=fade>x</p>", "e.opacity", "0"},
    {3,
        "https://cdnjs.cloudflare.com/ajax/libs/normalize/8.0.1/normalize.min.css",
        "<h1 id=e>x</h1>",
        "e.fontSize",
        "32px"},
};

QString latin1(const char* text)
{
    return QString::fromLatin1(text);
}

// Beside a fetch() of the same address, whose scheme may have any case but must be there.
QString fetched(const char* url)
{
    return latin1(url)
        .replace(QStringLiteral("http://"), QStringLiteral("https://"))
        .replace(QRegularExpression(QStringLiteral("^//")), QStringLiteral("https://"));
}

QString fetchOf(const QString& number, const QString& url)
{
    return QStringLiteral("<script>fetch('%2').then(r => asked.mimes[%1] = r.status + "
                          "r.headers.get('content-type').split(';')[0])</script>")
        .arg(number, url);
}

// Integrity attributes are hashes of other bytes: they must not matter.
QString pageOfScripts(int page)
{
    QString body;
    QString fetches;
    for (size_t i = 0; i < std::size(kScripts); ++i) {
        const auto& [onPage, url, expression] = kScripts[i];
        if (onPage != page)
            continue;
        body += QStringLiteral("<script>asked.checks[%1] = () => %2; asked.before[%1] = "
                               "asked.holds(%1)</script><script src='%3' crossorigin=anonymous "
                               "integrity='sha384-AAAA'></script>")
                    .arg(QString::number(i), latin1(expression), latin1(url));
        fetches += fetchOf(QString::number(i), fetched(url));
    }
    return QStringLiteral("<head></head><body><p>x</p><script>asked = {checks: {}, before: {}, "
                          "mimes: {}, holds: i => { try { return String(asked.checks[i]()) } catch "
                          "{ return '' } }}</script>") +
           body + fetches;
}

QString pageOfModules(int page)
{
    QString body = QStringLiteral("<body><p>x</p><script>asked = {results: {}}</script>");
    for (size_t i = 0; i < std::size(kModules); ++i) {
        const auto& [onPage, url, expression] = kModules[i];
        if (onPage == page)
            body += QStringLiteral("<script type=module>import * as m from '%1'; asked.results[%2] "
                                   "= String(%3)</script>")
                        .arg(latin1(url), QString::number(i), latin1(expression));
    }
    return body;
}

QString pageOfStyles(int page)
{
    QString head;
    QString body;
    for (size_t i = 0; i < std::size(kStyles); ++i) {
        const Style& style = kStyles[i];
        if (style.page != page)
            continue;
        const QString number = QString::number(i);
        head += QStringLiteral("<link rel=stylesheet href='%1'>").arg(latin1(style.url));
        body += latin1(style.body)
                    .replace(QStringLiteral("id=e"), QStringLiteral("id=e%1").arg(number)) +
                QStringLiteral("<script>asked.looks[%1] = (e, element) => %2</script>")
                    .arg(number, latin1(style.expression)) +
                fetchOf(number, latin1(style.url));
    }
    return QStringLiteral(
               "<head>%1</head><body><script>asked = {mimes: {}, looks: {}, look: i => { const "
               "element = document.getElementById('e' + i); return "
               "asked.looks[i](getComputedStyle(element), element) }};"
               "faces = name => [...document.fonts].some(f => f.family.replace(/\"/g, '') === name "
               "&& f.status === 'loaded') ? 'loaded' : 'missing'</script>")
               .arg(head) +
           body;
}

} // namespace

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
    void cleanupTestCase() { m_page.reset(); }

private:
    struct Page
    {
        explicit Page(const QString& text) : source(text)
        {
            openForLibraries(view);
            view.show(ArtifactKind::Html, source);
        }

        const QString source;
        ArtifactView view;
        QSignalSpy entries{&view, &ArtifactView::consoleEntry};
    };
    Page& pageWith(const QString& source);

    std::unique_ptr<Page> m_page; // the last one that a row has asked for
};

void TestCdnAddresses::initTestCase()
{
    QVERIFY2(!test::library()->isEmpty(), "atelier-library.rcc was not found");
}

TestCdnAddresses::Page& TestCdnAddresses::pageWith(const QString& source)
{
    if (!m_page || m_page->source != source) {
        m_page.reset();
        m_page = std::make_unique<Page>(source);
    }
    return *m_page;
}

template <class Row, size_t n>
static void addRows(const Row (&rows)[n])
{
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < n; ++i)
        QTest::newRow(rows[i].url) << int(i);
}

void TestCdnAddresses::answersScripts_data()
{
    addRows(kScripts);
}

void TestCdnAddresses::answersScripts()
{
    QFETCH(int, index);
    auto& [source, view, entries] = pageWith(pageOfScripts(kScripts[index].page));
    QVERIFY2(becomes(view, QStringLiteral("asked.holds(%1)").arg(index), QStringLiteral("true")),
        said(entries).constData());
    // This address has made it so, and none before it on the page.
    if (latin1(kScripts[index].expression) != QStringLiteral("true"))
        QVERIFY(evaluate(view, QStringLiteral("asked.before[%1]").arg(index)).toString() !=
                QStringLiteral("true"));
    QVERIFY2(becomes(view,
                 QStringLiteral("asked.mimes[%1]").arg(index),
                 QStringLiteral("200") + QStringLiteral("text/javascript")),
        said(entries).constData());
    QVERIFY2(ofLevel(entries, ConsoleEntry::Level::Blocked).isEmpty(), said(entries).constData());
}

void TestCdnAddresses::answersModules_data()
{
    addRows(kModules);
}

void TestCdnAddresses::answersModules()
{
    QFETCH(int, index);
    auto& [source, view, entries] = pageWith(pageOfModules(kModules[index].page));
    QVERIFY2(becomes(view, QStringLiteral("asked.results[%1]").arg(index), QStringLiteral("true")),
        said(entries).constData());
    QVERIFY2(ofLevel(entries, ConsoleEntry::Level::Blocked).isEmpty(), said(entries).constData());
}

void TestCdnAddresses::answersStyles_data()
{
    addRows(kStyles);
}

void TestCdnAddresses::answersStyles()
{
    QFETCH(int, index);
    auto& [source, view, entries] = pageWith(pageOfStyles(kStyles[index].page));
    const QString look = QStringLiteral("asked.look(%1)").arg(index);
    QVERIFY2(becomes(view, look, latin1(kStyles[index].result)),
        (said(entries) + evaluate(view, look).toByteArray()).constData());
    QVERIFY2(becomes(view,
                 QStringLiteral("asked.mimes[%1]").arg(index),
                 QStringLiteral("200") + QStringLiteral("text/css")),
        said(entries).constData());
    QVERIFY2(ofLevel(entries, ConsoleEntry::Level::Blocked).isEmpty(), said(entries).constData());
}

ATELIER_LIBRARY_TEST_MAIN(TestCdnAddresses)

#include "tst_cdn_addresses.moc"
