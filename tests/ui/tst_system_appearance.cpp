// SPDX-License-Identifier: MIT
// Follows a settings portal of its own on a private bus, so the desktop of the machine does not
// matter.
#include "ui/widgets/theme_controller.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusVariant>
#include <QPalette>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>
#include <QThread>

using namespace atelier;

/// Lives in a thread of its own: the program asks with a blocking call.
class FakePortal final : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Settings")

public:
    QMap<QString, QVariant> values;

public Q_SLOTS:
    QDBusVariant Read(const QString& space, const QString& key)
    {
        // Portals before version 2 wrap the value twice.
        return QDBusVariant(QVariant::fromValue(QDBusVariant(values.value(space + u'/' + key))));
    }

Q_SIGNALS:
    void SettingChanged(const QString& space, const QString& key, const QDBusVariant& value);
};

class TestSystemAppearance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void startsLikeTheDesktop();
    void followsTheDesktopWhileItRuns();
    void aChosenThemeStays();
    void otherSettingsChangeNothing();

private:
    void change(const QString& space, const QString& key, const QVariant& value);

    QProcess m_daemon;
    QThread m_thread;
    FakePortal* m_portal = nullptr;
    QString m_connection = QStringLiteral("portal");
};

void TestSystemAppearance::initTestCase()
{
    const QString program = QStandardPaths::findExecutable(QStringLiteral("dbus-daemon"));
    if (program.isEmpty())
        QSKIP("dbus-daemon is not installed");
    m_daemon.start(program,
        {QStringLiteral("--session"),
            QStringLiteral("--nofork"),
            QStringLiteral("--print-address")});
    QVERIFY(m_daemon.waitForStarted());
    QVERIFY(m_daemon.waitForReadyRead());
    const QByteArray address = m_daemon.readLine().trimmed();
    QVERIFY(!address.isEmpty());
    qputenv("DBUS_SESSION_BUS_ADDRESS", address);

    m_portal = new FakePortal;
    m_portal->values = {
        {QStringLiteral("org.freedesktop.appearance/color-scheme"), 1u},
        {QStringLiteral("org.freedesktop.appearance/contrast"), 0u},
        {QStringLiteral("org.gnome.desktop.interface/enable-animations"), false},
    };
    QDBusConnection bus = QDBusConnection::connectToBus(QString::fromUtf8(address), m_connection);
    QVERIFY(bus.registerService(QStringLiteral("org.freedesktop.portal.Desktop")));
    QVERIFY(bus.registerObject(QStringLiteral("/org/freedesktop/portal/desktop"),
        m_portal,
        QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
    // Registered first: the connection gives the object a helper of its own.
    m_portal->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_portal, &QObject::deleteLater);
    m_thread.start();
}

void TestSystemAppearance::cleanupTestCase()
{
    QDBusConnection::disconnectFromBus(m_connection);
    m_thread.quit();
    m_thread.wait();
    m_daemon.kill();
    m_daemon.waitForFinished();
}

void TestSystemAppearance::change(const QString& space, const QString& key, const QVariant& value)
{
    QMetaObject::invokeMethod(m_portal, [this, space, key, value] {
        m_portal->values[space + u'/' + key] = value;
        Q_EMIT m_portal->SettingChanged(space, key, QDBusVariant(value));
    });
}

void TestSystemAppearance::startsLikeTheDesktop()
{
    const ThemeController theme(*qApp);
    QVERIFY(theme.appearance().dark);
    QVERIFY(theme.appearance().reducedMotion);
    QCOMPARE(theme.tokens().number("duration-base"), 0.0);
}

void TestSystemAppearance::followsTheDesktopWhileItRuns()
{
    ThemeController theme(*qApp);
    QSignalSpy changed(&theme, &ThemeController::appearanceChanged);
    const QString appearance = QStringLiteral("org.freedesktop.appearance");
    change(appearance, QStringLiteral("color-scheme"), 2u);
    QTRY_VERIFY(!theme.appearance().dark);
    QCOMPARE(qApp->palette().color(QPalette::Window), QColor(0xF2, 0xF2, 0xEF));
    change(
        QStringLiteral("org.gnome.desktop.interface"), QStringLiteral("enable-animations"), true);
    QTRY_VERIFY(!theme.appearance().reducedMotion);
    QCOMPARE(theme.tokens().number("duration-base"), 200.0);
    change(appearance, QStringLiteral("contrast"), 1u);
    QTRY_COMPARE(theme.color("border"), QColor(0x6B, 0x71, 0x6F));
    change(appearance, QStringLiteral("contrast"), 0u);
    change(appearance, QStringLiteral("color-scheme"), 1u);
    QTRY_VERIFY(theme.appearance().dark);
    QVERIFY(changed.size() >= 4);
}

void TestSystemAppearance::aChosenThemeStays()
{
    ThemeController theme(*qApp);
    theme.setTheme(QStringLiteral("light"));
    QVERIFY(!theme.appearance().dark);
    QSignalSpy changed(&theme, &ThemeController::appearanceChanged);
    const QString appearance = QStringLiteral("org.freedesktop.appearance");
    change(appearance, QStringLiteral("color-scheme"), 1u);
    QTRY_VERIFY(!changed.isEmpty());
    QVERIFY(!theme.appearance().dark);
    theme.setTheme(QString());
    QVERIFY(theme.appearance().dark);
}

void TestSystemAppearance::otherSettingsChangeNothing()
{
    ThemeController theme(*qApp);
    QSignalSpy changed(&theme, &ThemeController::appearanceChanged);
    change(QStringLiteral("org.gnome.desktop.interface"),
        QStringLiteral("font-name"),
        QStringLiteral("Cantarell 11"));
    change(QStringLiteral("org.freedesktop.appearance"), QStringLiteral("color-scheme"), 2u);
    QTRY_VERIFY(!theme.appearance().dark); // the second one has arrived, and so has the first
    QCOMPARE(changed.size(), 1);
}

QTEST_MAIN(TestSystemAppearance)
#include "tst_system_appearance.moc"
