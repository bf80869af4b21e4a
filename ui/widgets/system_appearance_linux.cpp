// SPDX-License-Identifier: MIT
// The settings portal works alike on GNOME, KDE and inside Flatpak; Qt 6.4 has no API for it.
#include "ui/widgets/system_appearance.h"

#include <QDBusArgument>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusVariant>
#include <QVariant>

namespace atelier {
namespace {

constexpr auto kService = "org.freedesktop.portal.Desktop";
constexpr auto kPath = "/org/freedesktop/portal/desktop";
constexpr auto kInterface = "org.freedesktop.portal.Settings";
constexpr auto kAppearance = "org.freedesktop.appearance";
constexpr auto kGnome = "org.gnome.desktop.interface";
constexpr int kTimeoutMs = 250; // a desktop without an answer must not hold up the window

/// Portals before version 2 wrap the value in a second variant.
QVariant unwrap(QVariant value)
{
    while (value.userType() == qMetaTypeId<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value;
}

} // namespace

class SystemAppearance::Private final : public QObject
{
    Q_OBJECT

public:
    explicit Private(SystemAppearance& owner) : m_owner(owner)
    {
        // Without a bus address Qt would try to start a bus.
        if (qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS") &&
            qEnvironmentVariableIsEmpty("XDG_RUNTIME_DIR"))
            return;
        QDBusConnection bus = QDBusConnection::sessionBus();
        if (!bus.isConnected())
            return;
        if (!read(kAppearance, "color-scheme"))
            return; // no portal, so the other questions need not wait for it
        read(kAppearance, "contrast");
        read(kGnome, "enable-animations");
        bus.connect(QLatin1String(kService),
            QLatin1String(kPath),
            QLatin1String(kInterface),
            QStringLiteral("SettingChanged"),
            this,
            SLOT(onSettingChanged(QString, QString, QDBusVariant)));
    }

    std::optional<bool> dark;
    bool reducedMotion = false;
    bool moreContrast = false;

private Q_SLOTS:
    void onSettingChanged(const QString& space, const QString& key, const QDBusVariant& value)
    {
        if (store(space, key, unwrap(value.variant())))
            Q_EMIT m_owner.changed();
    }

private:
    bool read(const char* space, const char* key)
    {
        QDBusMessage question = QDBusMessage::createMethodCall(QLatin1String(kService),
            QLatin1String(kPath),
            QLatin1String(kInterface),
            QStringLiteral("Read"));
        question << QLatin1String(space) << QLatin1String(key);
        const QDBusMessage answer =
            QDBusConnection::sessionBus().call(question, QDBus::Block, kTimeoutMs);
        if (answer.type() != QDBusMessage::ReplyMessage || answer.arguments().isEmpty())
            return false;
        store(QLatin1String(space), QLatin1String(key), unwrap(answer.arguments().constFirst()));
        return true;
    }

    bool store(const QString& space, const QString& key, const QVariant& value)
    {
        if (space == QLatin1String(kAppearance) && key == QLatin1String("color-scheme")) {
            // 1: prefers dark, 2: prefers light, 0: no preference, which means light everywhere.
            dark = value.toUInt() == 1;
        } else if (space == QLatin1String(kAppearance) && key == QLatin1String("contrast")) {
            moreContrast = value.toUInt() == 1;
        } else if (space == QLatin1String(kGnome) && key == QLatin1String("enable-animations")) {
            reducedMotion = !value.toBool();
        } else {
            return false;
        }
        return true;
    }

    SystemAppearance& m_owner;
};

SystemAppearance::SystemAppearance(QObject* parent)
    : QObject(parent),
      m_private(std::make_unique<Private>(*this))
{
}

SystemAppearance::~SystemAppearance() = default;

std::optional<bool> SystemAppearance::dark() const
{
    return m_private->dark;
}
bool SystemAppearance::reducedMotion() const
{
    return m_private->reducedMotion;
}
bool SystemAppearance::moreContrast() const
{
    return m_private->moreContrast;
}

} // namespace atelier

#include "system_appearance_linux.moc"
