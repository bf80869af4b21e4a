// SPDX-License-Identifier: MIT
#include "ui/widgets/system_appearance.h"

#include <QGuiApplication>
#include <QSettings>

#include <windows.h>

namespace atelier {

/// The registry has no signal of its own, so it is read again when the program comes to the front.
class SystemAppearance::Private
{
public:
    std::optional<bool> dark;
    bool reducedMotion = false;
    bool moreContrast = false;

    void read()
    {
        const QSettings personalize(QStringLiteral("HKEY_CURRENT_USER\\Software\\Microsoft\\Windows"
                                                   "\\CurrentVersion\\Themes\\Personalize"),
            QSettings::NativeFormat);
        const QVariant light = personalize.value(QStringLiteral("AppsUseLightTheme"));
        dark = light.isValid() ? std::optional<bool>(light.toInt() == 0) : std::nullopt;
        BOOL animations = TRUE;
        if (SystemParametersInfoW(SPI_GETCLIENTAREAANIMATION, 0, &animations, 0))
            reducedMotion = animations == FALSE;
        HIGHCONTRASTW contrast = {};
        contrast.cbSize = sizeof(contrast);
        if (SystemParametersInfoW(SPI_GETHIGHCONTRAST, sizeof(contrast), &contrast, 0))
            moreContrast = (contrast.dwFlags & HCF_HIGHCONTRASTON) != 0;
    }
};

SystemAppearance::SystemAppearance(QObject* parent)
    : QObject(parent),
      m_private(std::make_unique<Private>())
{
    m_private->read();
    connect(qGuiApp, &QGuiApplication::applicationStateChanged, this, [this] {
        const auto before = *m_private;
        m_private->read();
        if (before.dark != m_private->dark || before.reducedMotion != m_private->reducedMotion ||
            before.moreContrast != m_private->moreContrast)
            Q_EMIT changed();
    });
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
