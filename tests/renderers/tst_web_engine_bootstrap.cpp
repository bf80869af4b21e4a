// SPDX-License-Identifier: MIT
// The process's flags: what closes leaks is added, what would open the sandbox is not passed on.
#include "renderers/web_engine_bootstrap.h"

#include <QTest>

#ifndef Q_OS_WIN
#include <unistd.h>
#endif

using namespace atelier;

class TestWebEngineBootstrap : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void preparesTheProcess();
};

void TestWebEngineBootstrap::preparesTheProcess()
{
    qputenv("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu --no-sandbox --single-process");
    qputenv("QTWEBENGINE_DISABLE_SANDBOX", "1");
    const SandboxState state = prepareWebEngine(false);

    const QByteArrayList flags = qgetenv("QTWEBENGINE_CHROMIUM_FLAGS").split(' ');
    QVERIFY(flags.contains("--disable-gpu")); // the user's own stay
    QVERIFY(flags.contains("--proxy-server=socks5://127.0.0.1:9"));
    QVERIFY(flags.contains("--disable-blink-features=WebTransport"));
    QVERIFY(flags.contains("--force-webrtc-ip-handling-policy=disable_non_proxied_udp"));
    QVERIFY(!flags.contains("--no-sandbox"));
    QVERIFY(!flags.contains("--single-process"));
    // Not asked for, so not off: closed where it cannot work, on where it can.
    QVERIFY(!qEnvironmentVariableIsSet("QTWEBENGINE_DISABLE_SANDBOX"));
    QVERIFY(state != SandboxState::OffByUser);
    QCOMPARE(state, webSandboxState());
#ifndef Q_OS_WIN
    if (geteuid() == 0) {
        QCOMPARE(state, SandboxState::Unavailable);
        QVERIFY(sandboxExplanation().contains(QStringLiteral("root")));
    }
#endif
}

QTEST_APPLESS_MAIN(TestWebEngineBootstrap)

#include "tst_web_engine_bootstrap.moc"
