// SPDX-License-Identifier: MIT
#include "renderers/artifact_page.h"

#include <QJsonDocument>
#include <QRegularExpression>
#include <QWebEngineFullScreenRequest>
#include <QWebEngineQuotaRequest>
#include <QWebEngineSettings>

namespace atelier {
namespace {

constexpr int kReportInterval = 50;      // ms
constexpr qsizetype kMostEntries = 100;  // in one interval; a page can print 50,000 lines a second
constexpr qsizetype kLongestText = 4000; // characters

} // namespace

ArtifactPage::ArtifactPage(QWebEngineProfile* profile, const QUrl& own, const QString& nonce)
    : QWebEnginePage(profile),
      m_own(own),
      m_prefix(QStringLiteral("\u0001art:") + nonce)
{
    using Settings = QWebEngineSettings;
    const auto off = {Settings::JavascriptCanOpenWindows,
        Settings::JavascriptCanAccessClipboard,
        Settings::JavascriptCanPaste,
        Settings::LocalContentCanAccessFileUrls,
        Settings::LocalContentCanAccessRemoteUrls,
        Settings::PluginsEnabled,
        Settings::PdfViewerEnabled,
        Settings::ScreenCaptureEnabled,
        Settings::FullScreenSupportEnabled,
        Settings::DnsPrefetchEnabled,
        Settings::HyperlinkAuditingEnabled,
        Settings::AutoLoadIconsForPage,
        Settings::ErrorPageEnabled,
        Settings::NavigateOnDropEnabled};
    for (const Settings::WebAttribute attribute : off)
        settings()->setAttribute(attribute, false);
    settings()->setAttribute(Settings::PlaybackRequiresUserGesture, true);
    settings()->setUnknownUrlSchemePolicy(Settings::DisallowUnknownUrlSchemes);

    connect(this,
        &QWebEnginePage::featurePermissionRequested,
        this,
        [this](const QUrl& origin, Feature feature) {
            setFeaturePermission(origin, feature, PermissionDeniedByUser);
            reportBlocked(tr("a permission the page asked for"));
        });
    connect(this, &QWebEnginePage::quotaRequested, this, [](QWebEngineQuotaRequest request) {
        request.reject();
    });
    connect(
        this, &QWebEnginePage::fullScreenRequested, this, [](QWebEngineFullScreenRequest request) {
            request.reject();
        });
    m_timer.setSingleShot(true);
    m_timer.setInterval(kReportInterval);
    connect(&m_timer, &QTimer::timeout, this, &ArtifactPage::flush);
}

bool ArtifactPage::acceptNavigationRequest(const QUrl& url, NavigationType type, bool isMainFrame)
{
    const QString scheme = url.scheme();
    if (!isMainFrame) {
        const bool inside = scheme == QStringLiteral("blob") || scheme == QStringLiteral("data") ||
                            scheme == QStringLiteral("about");
        if (!inside)
            reportBlocked(url.toDisplayString());
        return inside;
    }
    const bool first = url == m_own && type == NavigationTypeTyped && m_navigations == 0;
    if (first)
        ++m_navigations;
    else
        reportBlocked(url.toDisplayString());
    return first;
}

QWebEnginePage* ArtifactPage::createWindow(WebWindowType)
{
    reportBlocked(tr("a new window"));
    return nullptr;
}

// Dialogs return at once: a page that opens them in a loop must not hold up the program.
void ArtifactPage::javaScriptAlert(const QUrl&, const QString& text)
{
    report({ConsoleEntry::Level::Log, QStringLiteral("alert: ") + text, {}, 0, 1});
}

bool ArtifactPage::javaScriptConfirm(const QUrl&, const QString& text)
{
    report({ConsoleEntry::Level::Log, QStringLiteral("confirm: ") + text, {}, 0, 1});
    return false;
}

bool ArtifactPage::javaScriptPrompt(const QUrl&, const QString& text, const QString&, QString*)
{
    report({ConsoleEntry::Level::Log, QStringLiteral("prompt: ") + text, {}, 0, 1});
    return false;
}

QStringList ArtifactPage::chooseFiles(FileSelectionMode, const QStringList&, const QStringList&)
{
    reportBlocked(tr("a file dialog"));
    return {};
}

void ArtifactPage::javaScriptConsoleMessage(
    JavaScriptConsoleMessageLevel level, const QString& text, int line, const QString& source)
{
    if (text.startsWith(m_prefix)) {
        hear(text.mid(m_prefix.size()));
        return;
    }
    if (hearRefusal(text))
        return;
    ConsoleEntry entry;
    entry.level = level == ErrorMessageLevel     ? ConsoleEntry::Level::Error
                  : level == WarningMessageLevel ? ConsoleEntry::Level::Warning
                                                 : ConsoleEntry::Level::Log;
    entry.text = text;
    entry.line = line;
    // The run's own address is no use to a reader.
    entry.source = QUrl(source).host() == m_own.host() ? QString() : source;
    report(entry);
}

// What the policy refused. The prelude reports it as well, with its line, but not for workers: so
// it has until the next report to do so.
bool ArtifactPage::hearRefusal(const QString& text)
{
    static const QRegularExpression kAddress(
        QStringLiteral("^(?:Refused to|Blocked) [^']{1,80}'([^']*)'"));
    const QRegularExpressionMatch match = kAddress.match(text);
    if (!match.hasMatch() && !text.startsWith(QLatin1String("Refused to ")))
        return false;
    if (text.startsWith(QLatin1String("Refused to create a TrustedTypePolicy")))
        return true; // the prelude looks whether the policy has arrived
    const QString url = match.captured(1);
    if (text.startsWith(QLatin1String("Blocked "))) {
        reportBlocked(url, tr("Artifacts open no windows and send no forms."));
    } else if (!url.isEmpty() && m_refused.size() < kMostEntries && !m_refused.contains(url)) {
        m_refused.append(url);
        if (!m_timer.isActive())
            m_timer.start();
    }
    return true;
}

void ArtifactPage::hear(const QString& json)
{
    const QJsonObject heard = QJsonDocument::fromJson(json.toUtf8()).object();
    const QString type = heard.value(QStringLiteral("type")).toString();
    const int line = heard.value(QStringLiteral("line")).toInt();
    if (type == QStringLiteral("console")) {
        const QString level = heard.value(QStringLiteral("level")).toString();
        ConsoleEntry entry;
        entry.level = level == QStringLiteral("error")     ? ConsoleEntry::Level::Error
                      : level == QStringLiteral("warning") ? ConsoleEntry::Level::Warning
                                                           : ConsoleEntry::Level::Log;
        entry.text = heard.value(QStringLiteral("text")).toString();
        entry.line = line;
        report(entry);
    } else if (type == QStringLiteral("blocked")) {
        const QString url = heard.value(QStringLiteral("url")).toString();
        m_refused.removeAll(url);
        reportBlocked(url, blockedHint(QUrl(url)), line);
    } else {
        Q_EMIT message(heard);
    }
}

QString ArtifactPage::blockedHint(const QUrl& url)
{
    const QString scheme = url.scheme();
    const bool network = scheme.startsWith(QStringLiteral("http")) ||
                         scheme == QStringLiteral("ws") || scheme == QStringLiteral("wss");
    return network ? tr("Artifacts have no network.") : QString();
}

void ArtifactPage::reportBlocked(const QString& what, const QString& hint, int line)
{
    report({ConsoleEntry::Level::Blocked, what, {}, line, 1, hint});
}

void ArtifactPage::report(const ConsoleEntry& entry)
{
    if (!m_entries.isEmpty()) {
        ConsoleEntry& last = m_entries.last();
        if (last.level == entry.level && last.line == entry.line && last.text == entry.text &&
            last.source == entry.source) {
            ++last.count;
            return;
        }
    }
    if (m_entries.size() >= kMostEntries) {
        ++m_dropped;
        return;
    }
    m_entries.append(entry);
    m_entries.last().text.truncate(kLongestText);
    if (!m_timer.isActive())
        m_timer.start();
}

void ArtifactPage::flush()
{
    for (const QString& url : std::exchange(m_refused, {}))
        reportBlocked(url, blockedHint(QUrl(url)));
    m_timer.stop();
    const QList<ConsoleEntry> entries = std::exchange(m_entries, {});
    const int dropped = std::exchange(m_dropped, 0);
    for (const ConsoleEntry& entry : entries)
        Q_EMIT consoleEntry(entry);
    if (dropped > 0) {
        Q_EMIT consoleEntry({ConsoleEntry::Level::Warning,
            tr("%n message(s) left out: the page prints too fast.", nullptr, dropped),
            {},
            0,
            1});
    }
}

} // namespace atelier
