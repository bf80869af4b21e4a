// SPDX-License-Identifier: MIT
#include "renderers/artifact_run.h"

#include "renderers/artifact_interceptor.h"
#include "renderers/artifact_page.h"
#include "renderers/artifact_scheme_handler.h"
#include "renderers/library_scheme_handler.h"
#include "renderers/network_gate.h"
#include "renderers/offline_library.h"
#include "renderers/page_cover.h"
#include "renderers/page_process.h"
#include "renderers/page_tokens.h"
#include "renderers/run_mailbox.h"
#include "renderers/title_finder.h"
#include "renderers/watchdog.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QWebEngineDownloadRequest>
#include <QWebEngineProfile>
#include <QWebEngineScript>
#include <QWebEngineScriptCollection>
#include <QWebEngineView>
#include <array>

namespace atelier {
namespace {

constexpr int kPushInterval = 33;               // ms: more often costs more than it shows
constexpr int kMostRendered = 16 * 1024 * 1024; // characters
constexpr int kRenderedLimit = 5000;            // ms
constexpr int kDrawnLimit = 8000; // ms after the end: a page that hides its drawing is drawn then

QString randomWord(QLatin1String prefix)
{
    std::array<quint32, 4> words = {};
    QRandomGenerator::system()->fillRange(words.data(), qsizetype(words.size()));
    QString text = prefix;
    for (const quint32 word : words)
        text += QStringLiteral("%1").arg(word, 8, 16, QLatin1Char('0'));
    return text;
}

// JSON inside a string of JavaScript, whichever quotes that has.
QString literal(const QJsonObject& storage)
{
    const QString json = QString::fromUtf8(QJsonDocument(storage).toJson(QJsonDocument::Compact));
    QString text;
    text.reserve(json.size() + json.size() / 8);
    for (const QChar c : json) {
        if (c == u'\\' || c == u'"' || c == u'\'' || c == u'`' || c == u'$' || c == u'\n' ||
            c.unicode() == 0x2028 || c.unicode() == 0x2029)
            text += QStringLiteral("\\u%1").arg(int(c.unicode()), 4, 16, QLatin1Char('0'));
        else
            text += c;
    }
    return text;
}

/// No menu of a browser's on an artifact, nothing dropped onto it.
class StageView final : public QWebEngineView
{
    Q_OBJECT

public:
    explicit StageView(QWidget* parent) : QWebEngineView(parent)
    {
        setAcceptDrops(false);
        setContextMenuPolicy(Qt::NoContextMenu);
    }
};

} // namespace

ArtifactRun::ArtifactRun(ArtifactKind kind, const Circumstances& circumstances, QWidget* parent)
    : m_kind(kind),
      m_host(randomWord(QLatin1String("r"))),
      m_nonce(randomWord(QLatin1String("n"))),
      m_transformer(kind, m_nonce, SourceTransformer::Marks::Elements),
      m_stage(circumstances.stage),
      m_offline(circumstances.offline),
      m_gate(std::make_unique<NetworkGate>(circumstances.hosts)),
      m_mailbox(kind == ArtifactKind::Python ? std::make_unique<RunMailbox>() : nullptr),
      m_handler(std::make_unique<ArtifactSchemeHandler>(
          m_host, m_gate->sources(), m_mailbox ? RunMailbox::origin() : QString())),
      m_library(std::make_unique<LibrarySchemeHandler>(m_offline, *m_gate, m_mailbox.get())),
      m_refusal(std::make_unique<RefusingSchemeHandler>()),
      m_interceptor(
          std::make_unique<ArtifactInterceptor>(m_host, *m_offline, *m_gate, m_mailbox != nullptr)),
      m_profile(std::make_unique<QWebEngineProfile>()),
      m_view(new StageView(parent)),
      m_cover(new PageCover(m_view))
{
    const QUrl url(QStringLiteral("artifact://%1/").arg(m_host));
    m_profile->installUrlSchemeHandler("artifact", m_handler.get());
    m_profile->installUrlSchemeHandler("lib", m_library.get());
    m_profile->installUrlSchemeHandler("app", m_refusal.get());
    m_profile->setUrlRequestInterceptor(m_interceptor.get());
    m_page = std::make_unique<ArtifactPage>(m_profile.get(), url, m_nonce);
    m_watchdog = std::make_unique<Watchdog>(*m_page);
    m_page->setBackgroundColor(m_stage);
    m_cover->setColor(m_stage);
    m_view->setPage(m_page.get());
    m_frame.setSingleShot(true);
    connect(&m_frame, &QTimer::timeout, this, &ArtifactRun::flush);
    m_drawnLimit.setSingleShot(true);
    m_drawnLimit.setInterval(kDrawnLimit);
    installPrelude(circumstances.storage);
    if (isMarkupKind(kind))
        installPicker();
    watch();
    m_page->load(url);
}

ArtifactRun::~ArtifactRun()
{
    m_watchdog.reset();
    delete m_view;
}

void ArtifactRun::installPrelude(const QJsonObject& storage)
{
    QWebEngineScript prelude;
    prelude.setName(QStringLiteral("prelude"));
    prelude.setSourceCode(QString::fromUtf8(webFile(QStringLiteral("prelude.js")))
                              .replace(QStringLiteral("__ATELIER_NONCE__"), m_nonce)
                              .replace(QStringLiteral("__ATELIER_KEPT__"), literal(storage)));
    prelude.setInjectionPoint(QWebEngineScript::DocumentCreation);
    prelude.setWorldId(QWebEngineScript::MainWorld);
    prelude.setRunsOnSubFrames(true);
    m_page->scripts().insert(prelude);
}

void ArtifactRun::installPicker()
{
    QWebEngineScript picker;
    picker.setName(QStringLiteral("picker"));
    picker.setSourceCode(QString::fromUtf8(webFile(QStringLiteral("picker.js"))));
    picker.setInjectionPoint(QWebEngineScript::DocumentCreation);
    picker.setWorldId(QWebEngineScript::ApplicationWorld);
    m_page->scripts().insert(picker);
}

void ArtifactRun::watch()
{
    ArtifactPage* page = m_page.get();
    connect(page, &ArtifactPage::message, this, &ArtifactRun::hear);
    connect(page, &ArtifactPage::consoleEntry, this, &ArtifactRun::consoleEntry);
    connect(page, &QWebEnginePage::titleChanged, this, [this](const QString& title) {
        if (!title.isEmpty() && !title.contains(m_host)) // without a title it is the address
            Q_EMIT titleChanged(title);
    });
    // The one place a page can go to without being asked for leave: a blank one.
    connect(page, &QWebEnginePage::urlChanged, this, [this](const QUrl& url) {
        if (url.scheme() == QStringLiteral("about") && !m_terminated)
            stop(tr("Stopped: the page went away to %1.").arg(url.toDisplayString()));
    });
    connect(page, &QWebEnginePage::renderProcessTerminated, this, [this] {
        if (!m_terminated)
            stop(tr("The page's process ended by itself."));
    });
    connect(m_gate.get(), &NetworkGate::refused, this, [this](const QUrl& url, const QString& why) {
        m_page->reportBlocked(url.toDisplayString(), why);
    });
    const ArtifactInterceptor* interceptor = m_interceptor.get();
    connect(interceptor,
        &ArtifactInterceptor::blocked,
        this,
        [this](const QUrl& url, const QString& hint) {
            m_page->reportBlocked(
                url.toDisplayString(), hint.isEmpty() ? ArtifactPage::blockedHint(url) : hint);
        });
    connect(interceptor, &ArtifactInterceptor::noted, this, [this](const QString& note) {
        m_page->report({ConsoleEntry::Level::Log, note, {}, 0, 1});
    });
    connect(m_profile.get(),
        &QWebEngineProfile::downloadRequested,
        this,
        [this](QWebEngineDownloadRequest* request) {
            request->cancel();
            m_page->reportBlocked(tr("a download, %1").arg(request->suggestedFileName()));
        });

    Watchdog* watchdog = m_watchdog.get();
    connect(watchdog, &Watchdog::unresponsive, this, &ArtifactRun::unresponsive);
    connect(watchdog, &Watchdog::responsive, this, &ArtifactRun::responsive);
    connect(watchdog, &Watchdog::hopeless, this, [this] {
        stop(tr("Stopped: no pause for %1 s.").arg(Watchdog::kHopelessAfter / 1000));
    });
    connect(watchdog, &Watchdog::tooLarge, this, [this](qint64 bytes) {
        const double gib = double(bytes) / (1024.0 * 1024.0 * 1024.0);
        stop(tr("Stopped: the page used %1 GiB of memory; %2 GiB are allowed.")
                 .arg(gib, 0, 'f', 1)
                 .arg(double(Watchdog::kMostMemory) / (1024.0 * 1024.0 * 1024.0), 0, 'f', 1));
    });
    connect(&m_drawnLimit, &QTimer::timeout, this, [this] {
        if (!m_drawn && !m_terminated) {
            m_drawn = true;
            m_cover->reveal();
            Q_EMIT drawn();
        }
    });
}

void ArtifactRun::hear(const QJsonObject& message)
{
    const QString type = message.value(QStringLiteral("type")).toString();
    if (type == QStringLiteral("ready")) {
        m_watchdog->start();
    } else if (type == QStringLiteral("unsafe")) {
        stop(tr("Stopped: the page could not be kept apart from the program."));
    } else if (type == QStringLiteral("paint") && !m_painted) {
        m_painted = true;
        m_cover->reveal();
        // Pages are written for white paper; a background of their own covers it.
        if (m_kind != ArtifactKind::Svg)
            m_page->setBackgroundColor(Qt::white);
        Q_EMIT painted();
    } else if (type == QStringLiteral("storage")) {
        const QJsonObject storage = message.value(QStringLiteral("content")).toObject();
        if (QJsonDocument(storage).toJson(QJsonDocument::Compact).size() <=
            ArtifactView::kMostStorage)
            Q_EMIT storageChanged(storage);
        reportLeftOut(storage.value(QStringLiteral("left")).toObject());
    } else if (type == QStringLiteral("drawn") && m_ended && !m_drawn) {
        m_drawn = true;
        m_drawnLimit.stop();
        m_cover->reveal(); // a blank page has painted nothing
        if (message.value(QStringLiteral("blank")).toBool()) {
            report({ConsoleEntry::Level::Warning, tr("The page drew nothing."), {}, 0, 1});
            Q_EMIT blank();
        }
        Q_EMIT drawn();
    }
}

void ArtifactRun::reportLeftOut(const QJsonObject& left)
{
    const QString what = leftOutOfStorage(left);
    if (what.isEmpty() || what == m_leftOut)
        return;
    m_leftOut = what;
    report({ConsoleEntry::Level::Warning,
        tr("Not kept with the artifact: %1. Of a database, text, numbers, dates, buffers, blobs of "
           "up to 4 MB and what is made of them are kept, 5 MB in all.")
            .arg(what),
        {},
        0,
        1});
}

void ArtifactRun::append(const QString& source)
{
    if (m_ended)
        return;
    m_waiting += m_transformer.push(source);
    // Until something is to be seen nothing waits: the first shape is there two frames after its
    // token.
    if (!m_frame.isActive() || !m_painted)
        flush();
}

void ArtifactRun::flush()
{
    const QByteArray bytes = std::exchange(m_waiting, {}).toUtf8();
    const std::optional<SourceTransformer::Growing> growing = m_transformer.growing();
    if (bytes.isEmpty() && !growing)
        return;
    m_handler->push(bytes);
    if (m_kind == ArtifactKind::Svg && (growing || m_growing))
        showGrowing();
    m_frame.start(kPushInterval);
}

// An outline that is still being written is drawn as far as it goes, by a stand-in that the next
// call takes away. A shape that has not said its colors yet is a thin line, not a black area.
void ArtifactRun::showGrowing()
{
    static const QString kScript = QStringLiteral(R"((shape => {
        const mark = 'data-atelier-growing';
        document.querySelector(`[${mark}]`)?.remove();
        if (!shape) return;
        let place = document.querySelector('body>svg');
        for (const name of shape.place.slice(1)) place = place?.lastElementChild;
        if (place?.localName.toLowerCase() !== shape.place[shape.place.length - 1]) return;
        const made = document.createElementNS('http://www.w3.org/2000/svg', shape.name);
        for (const [name, value] of shape.attributes) made.setAttribute(name, value);
        if (!['fill', 'stroke', 'style', 'class'].some(name => made.hasAttribute(name))) {
            for (const [name, value] of [['fill', 'none'], ['stroke', '#7e8481'],
                ['stroke-width', '1'], ['vector-effect', 'non-scaling-stroke']])
                made.setAttribute(name, value);
        }
        made.setAttribute(mark, '');
        place.append(made);
    })(%1))");
    const std::optional<SourceTransformer::Growing> growing =
        m_ended ? std::nullopt : m_transformer.growing();
    m_growing = growing.has_value();
    QByteArray argument = "null";
    if (growing) {
        QJsonArray attributes;
        for (const auto& [name, value] : growing->shape.attributes)
            attributes.append(QJsonArray{name, decodedMarkup(value)});
        argument = QJsonDocument(
            QJsonObject{{QStringLiteral("name"), growing->shape.name},
                {QStringLiteral("attributes"), attributes},
                {QStringLiteral("place"), QJsonArray::fromStringList(growing->place)}})
                       .toJson(QJsonDocument::Compact);
    }
    m_page->runJavaScript(
        kScript.arg(QString::fromUtf8(argument)), QWebEngineScript::ApplicationWorld);
}

void ArtifactRun::end(SourceTransformer::End end)
{
    if (m_ended)
        return;
    m_ended = true;
    m_frame.stop();
    if (m_growing)
        showGrowing();
    m_handler->push((std::exchange(m_waiting, {}) + m_transformer.finish(end)).toUtf8());
    m_handler->finish();
    if (end == SourceTransformer::End::Complete)
        m_drawnLimit.start();
}

void ArtifactRun::setStage(const QColor& stage)
{
    m_stage = stage;
    m_cover->setColor(stage);
    if (m_kind == ArtifactKind::Svg || !m_painted)
        m_page->setBackgroundColor(stage);
}

void ArtifactRun::report(const ConsoleEntry& entry)
{
    m_page->report(entry);
}

void ArtifactRun::kill()
{
    if (m_terminated)
        return;
    m_terminated = true;
    m_watchdog->stop();
    killPageProcess(m_page->renderProcessPid());
    Q_EMIT terminated();
}

void ArtifactRun::stop(const QString& why)
{
    m_page->report({ConsoleEntry::Level::Error, why, {}, 0, 1});
    kill();
}

int ArtifactRun::navigations() const
{
    return m_page->navigations();
}

void ArtifactRun::takeRendered(std::function<void(const QString&)> callback)
{
    // Style sheets of libraries are named, so that they are put into the file as well.
    static const QString kScript = QStringLiteral(R"((() => {
        const links = [...document.querySelectorAll('link[rel=stylesheet]:not([data-atelier-own])')];
        const markup = links.map(link => link.outerHTML).join('') +
            (document.getElementById('root')?.outerHTML ?? '');
        return markup.length <= %1 ? markup : '';
    })())");
    // A page that hangs never answers; one that ends answers too late.
    auto answer = std::make_shared<std::function<void(const QString&)>>(std::move(callback));
    const auto once = [answer](const QString& markup) {
        if (*answer)
            std::exchange(*answer, nullptr)(markup);
    };
    QTimer::singleShot(kRenderedLimit, this, [once] { once({}); });
    m_page->runJavaScript(kScript.arg(kMostRendered),
        QWebEngineScript::ApplicationWorld,
        [once](const QVariant& markup) { once(markup.toString()); });
}

void ArtifactRun::runScript(const QString& script, std::function<void(const QVariant&)> callback)
{
    if (callback)
        m_page->runJavaScript(script, std::move(callback));
    else
        m_page->runJavaScript(script);
}

void ArtifactRun::askPicker(const QString& script, std::function<void(const QString&)> answer)
{
    m_page->runJavaScript(script,
        QWebEngineScript::ApplicationWorld,
        [answer = std::move(answer)](const QVariant& said) { answer(said.toString()); });
}

} // namespace atelier

#include "artifact_run.moc"
