// SPDX-License-Identifier: MIT
#include "renderers/web_engine_bootstrap.h"

#include "renderers/sandbox_probe.h"

#include <QByteArrayList>
#include <QCoreApplication>
#include <QWebEngineUrlScheme>

namespace atelier {
namespace {

constexpr char kFlagsVariable[] = "QTWEBENGINE_CHROMIUM_FLAGS";
constexpr char kSandboxVariable[] = "QTWEBENGINE_DISABLE_SANDBOX";

// Closed until prepareWebEngine() has found out that pages may be opened. Written once, before
// there are threads; the answer is a property of the process, as the sandbox is.
SandboxState g_state = SandboxState::Unavailable;
SandboxSupport g_support = SandboxSupport::DeniedBySystem;

void registerScheme(const QByteArray& name, QWebEngineUrlScheme::Flags flags)
{
    QWebEngineUrlScheme scheme(name);
    scheme.setSyntax(QWebEngineUrlScheme::Syntax::Host);
    scheme.setFlags(flags);
    QWebEngineUrlScheme::registerScheme(scheme);
}

// Each closes a way out that request interception does not see: WebTransport and WebRTC over UDP,
// WebRTC over TCP (the dead proxy). Values must not contain spaces.
QByteArrayList protectiveFlags()
{
    return {
        "--disable-blink-features=WebTransport",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--proxy-server=socks5://127.0.0.1:9",
        "--proxy-bypass-list=<-loopback>",
        "--ignore-gpu-blocklist", // WebGL without a graphics card
        "--js-flags=--max-old-space-size=1024",
    };
}

void setFlags()
{
    QByteArrayList flags;
    for (const QByteArray& flag : qgetenv(kFlagsVariable).split(' ')) {
        // Whoever wants the sandbox off says so to this program, which then says so to the user.
        const bool weakens = flag == "--no-sandbox" || flag == "--disable-setuid-sandbox" ||
                             flag == "--disable-namespace-sandbox" || flag == "--single-process" ||
                             flag.startsWith("--renderer-process-limit") ||
                             flag == "--process-per-site" || flag == "--disable-web-security";
        if (!flag.isEmpty() && !weakens)
            flags.append(flag);
    }
    for (const QByteArray& flag : protectiveFlags()) {
        if (!flags.contains(flag))
            flags.append(flag);
    }
    qputenv(kFlagsVariable, flags.join(' '));
}

} // namespace

SandboxState prepareWebEngine(bool allowNoSandbox)
{
    registerScheme("app", QWebEngineUrlScheme::SecureScheme);
    // Its pages have an opaque origin by the nature of the scheme. A policy that takes the origin
    // away instead ends the whole program when a page goes to about:blank (Qt 6.4).
    registerScheme("artifact",
        QWebEngineUrlScheme::SecureScheme | QWebEngineUrlScheme::CorsEnabled |
            QWebEngineUrlScheme::NoAccessAllowed);
    registerScheme("lib",
        QWebEngineUrlScheme::SecureScheme | QWebEngineUrlScheme::CorsEnabled |
            QWebEngineUrlScheme::ContentSecurityPolicyIgnored);
    setFlags();

    g_support = probeSandbox();
    qunsetenv(kSandboxVariable); // never silently off
    if (g_support == SandboxSupport::Works) {
        g_state = SandboxState::On;
    } else if (allowNoSandbox) {
        qputenv(kSandboxVariable, "1");
        g_state = SandboxState::OffByUser;
    } else {
        g_state = SandboxState::Unavailable;
    }
    return g_state;
}

SandboxState webSandboxState()
{
    return g_state;
}

QString sandboxExplanation()
{
    const QString why =
        g_support == SandboxSupport::RunsAsAdministrator
            ? QCoreApplication::translate("WebEngine",
                  "Atelier runs as the administrator (root), where the sandbox that keeps pages "
                  "apart from your files cannot work.")
            : QCoreApplication::translate("WebEngine",
                  "This system does not let programs create the sandbox that keeps pages apart "
                  "from your files (user namespaces are off).");
    const QString what =
        g_support == SandboxSupport::RunsAsAdministrator
            ? QCoreApplication::translate("WebEngine",
                  "Start Atelier as an ordinary user. In a container, --no-web-sandbox shows pages "
                  "without that protection.")
            : QCoreApplication::translate("WebEngine",
                  "Allow unprivileged user namespaces, or start Atelier with --no-web-sandbox to "
                  "show pages without that protection.");
    return why + QLatin1Char(' ') + what;
}

} // namespace atelier
