// SPDX-License-Identifier: MIT
#include "renderers/app_page.h"

#include "renderers/app_scheme_handler.h"
#include "renderers/artifact_scheme_handler.h"
#include "renderers/page_cover.h"
#include "renderers/page_process.h"
#include "renderers/page_tokens.h"

#include <QAction>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QLoggingCategory>
#include <QMenu>
#include <QWebEngineContextMenuRequest>
#include <QWebEnginePage>
#include <QWebEngineProfile>
#include <QWebEngineSettings>
#include <QWebEngineView>
#include <algorithm>

namespace atelier {
namespace {

Q_LOGGING_CATEGORY(pageLog, "atelier.pages")

constexpr int kFrame = 16;      // ms
constexpr int kMaxRestarts = 3; // a page that dies at once every time stays dead

QString json(const QJsonArray& value)
{
    return QString::fromUtf8(QJsonDocument(value).toJson(QJsonDocument::Compact));
}

/// Copy and select, nothing of a browser's.
class TrustedView final : public QWebEngineView
{
    Q_OBJECT

public:
    explicit TrustedView(QWidget* parent) : QWebEngineView(parent) { setAcceptDrops(false); }

protected:
    void contextMenuEvent(QContextMenuEvent* event) override
    {
        QMenu menu(this);
        if (const QWebEngineContextMenuRequest* request = lastContextMenuRequest()) {
            const QUrl link = request->linkUrl();
            if (link.isValid()) {
                connect(menu.addAction(tr("Copy link address")), &QAction::triggered, this, [link] {
                    QGuiApplication::clipboard()->setText(link.toString());
                });
            }
        }
        QAction* copy = menu.addAction(tr("Copy"));
        copy->setEnabled(hasSelection());
        connect(
            copy, &QAction::triggered, this, [this] { triggerPageAction(QWebEnginePage::Copy); });
        connect(menu.addAction(tr("Select all")), &QAction::triggered, this, [this] {
            triggerPageAction(QWebEnginePage::SelectAll);
        });
        menu.exec(event->globalPos());
    }
};

} // namespace

class TrustedPage final : public QWebEnginePage
{
    Q_OBJECT

public:
    TrustedPage(QWebEngineProfile* profile, const QUrl& own) : QWebEnginePage(profile), m_own(own)
    {
        const auto off = {QWebEngineSettings::JavascriptCanOpenWindows,
            QWebEngineSettings::LocalContentCanAccessFileUrls,
            QWebEngineSettings::LocalContentCanAccessRemoteUrls,
            QWebEngineSettings::PluginsEnabled,
            QWebEngineSettings::ScreenCaptureEnabled,
            QWebEngineSettings::FullScreenSupportEnabled,
            QWebEngineSettings::DnsPrefetchEnabled,
            QWebEngineSettings::HyperlinkAuditingEnabled,
            QWebEngineSettings::ErrorPageEnabled};
        for (const QWebEngineSettings::WebAttribute attribute : off)
            settings()->setAttribute(attribute, false);
        connect(this,
            &QWebEnginePage::featurePermissionRequested,
            this,
            [this](const QUrl& origin, Feature feature) {
                setFeaturePermission(origin, feature, PermissionDeniedByUser);
            });
    }

Q_SIGNALS:
    void message(const QJsonObject& message);

protected:
    bool acceptNavigationRequest(const QUrl& url, NavigationType, bool isMainFrame) override
    {
        return isMainFrame && url == m_own;
    }

    QWebEnginePage* createWindow(WebWindowType) override { return nullptr; }

    void javaScriptConsoleMessage(JavaScriptConsoleMessageLevel,
        const QString& text,
        int line,
        const QString& source) override
    {
        if (text.startsWith(QLatin1String("\u0001at:"))) {
            const QJsonDocument parsed = QJsonDocument::fromJson(QStringView(text).mid(4).toUtf8());
            if (parsed.isObject())
                Q_EMIT message(parsed.object());
            return;
        }
        qCWarning(pageLog).noquote() << source << line << text;
    }

private:
    const QUrl m_own;
};

AppPage::AppPage(const QString& name, QWidget* parent)
    : QObject(parent),
      m_name(name),
      m_handler(std::make_unique<AppSchemeHandler>()),
      m_refusal(std::make_unique<RefusingSchemeHandler>()),
      m_profile(std::make_unique<QWebEngineProfile>()),
      m_view(new TrustedView(parent)),
      m_cover(new PageCover(m_view))
{
    const QUrl url(QStringLiteral("app://chat/%1.html").arg(name));
    m_profile->installUrlSchemeHandler("app", m_handler.get());
    for (const char* foreign : {"artifact", "lib"})
        m_profile->installUrlSchemeHandler(foreign, m_refusal.get());
    m_page = std::make_unique<TrustedPage>(m_profile.get(), url);
    m_view->setPage(m_page.get());
    connect(m_page.get(), &TrustedPage::message, this, &AppPage::handle);
    connect(m_page.get(), &QWebEnginePage::renderProcessTerminated, this, &AppPage::terminated);
    m_frame.setSingleShot(true);
    m_frame.setTimerType(Qt::PreciseTimer);
    connect(&m_frame, &QTimer::timeout, this, &AppPage::flush);
    // After whoever makes the view has said how it should look.
    QTimer::singleShot(0, this, &AppPage::load);
}

AppPage::~AppPage()
{
    delete m_view;
}

QWidget* AppPage::widget() const
{
    return m_view;
}

void AppPage::load()
{
    m_loaded = false;
    m_handler->setAppearance(m_appearance);
    m_page->load(QUrl(QStringLiteral("app://chat/%1.html").arg(m_name)));
}

void AppPage::setAppearance(const PageAppearance& appearance, const QJsonObject& strings)
{
    m_appearance = appearance;
    const QColor canvas = pageColor(QStringLiteral("canvas"), appearance.dark);
    m_page->setBackgroundColor(canvas);
    m_cover->setColor(canvas);
    m_page->setZoomFactor(std::clamp(appearance.textScale, 0.5, 3.0));
    m_appearanceCommand = QJsonObject{{QStringLiteral("op"), QStringLiteral("appearance")},
        {QStringLiteral("dark"), appearance.dark},
        {QStringLiteral("language"), appearance.language},
        {QStringLiteral("reducedMotion"), appearance.reducedMotion},
        {QStringLiteral("strings"), strings}};
    if (m_loaded) {
        // Not with the next frame's commands: all pages change together.
        m_page->runJavaScript(
            QStringLiteral("atelier.receive(%1)").arg(json({m_appearanceCommand})));
    }
}

void AppPage::send(const QJsonObject& command)
{
    m_commands.append(command);
    if (m_loaded && !m_frame.isActive()) {
        const qint64 elapsed = m_sinceFlush.isValid() ? m_sinceFlush.elapsed() : kFrame;
        m_frame.start(static_cast<int>(std::clamp<qint64>(kFrame - elapsed, 0, kFrame)));
    }
}

void AppPage::run(const QString& script, std::function<void(const QVariant&)> callback)
{
    if (!m_loaded) {
        m_scripts.push_back({script, std::move(callback)});
        return;
    }
    flush();
    if (callback)
        m_page->runJavaScript(script, std::move(callback));
    else
        m_page->runJavaScript(script);
}

void AppPage::flush()
{
    m_frame.stop();
    if (!m_loaded || m_commands.isEmpty())
        return;
    m_sinceFlush.start();
    m_page->runJavaScript(QStringLiteral("atelier.receive(%1)").arg(json(m_commands)));
    m_commands = {};
}

void AppPage::loaded()
{
    m_loaded = true;
    m_page->runJavaScript(QStringLiteral("atelier.receive(%1)").arg(json({m_appearanceCommand})));
    flush();
    for (Script& script : std::exchange(m_scripts, {}))
        run(script.text, std::move(script.callback));
}

void AppPage::handle(const QJsonObject& received)
{
    const QString type = received.value(QStringLiteral("type")).toString();
    if (type == QStringLiteral("loaded")) {
        loaded();
    } else if (type == QStringLiteral("painted")) {
        m_cover->reveal();
        if (!m_painted) {
            m_painted = true;
            Q_EMIT painted();
        }
    } else if (type == QStringLiteral("copy")) {
        QGuiApplication::clipboard()->setText(received.value(QStringLiteral("text")).toString());
    } else {
        Q_EMIT message(received);
    }
}

void AppPage::kill()
{
    killPageProcess(m_page->renderProcessPid());
}

void AppPage::terminated()
{
    m_loaded = false;
    m_commands = {};
    if (++m_restarts > kMaxRestarts) {
        qCWarning(pageLog).noquote() << "The page" << m_name << "died" << m_restarts << "times.";
        return;
    }
    load();
    Q_EMIT restarted();
}

} // namespace atelier

#include "app_page.moc"
