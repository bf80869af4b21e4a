// SPDX-License-Identifier: MIT
// macOS builds use Qt 6.5 or newer, whose style hints tell dark from light (theme_controller.cpp);
// nothing else has to be asked here.
#include "ui/widgets/system_appearance.h"

namespace atelier {

class SystemAppearance::Private
{
};

SystemAppearance::SystemAppearance(QObject* parent)
    : QObject(parent),
      m_private(std::make_unique<Private>())
{
}

SystemAppearance::~SystemAppearance() = default;

std::optional<bool> SystemAppearance::dark() const
{
    return std::nullopt;
}
bool SystemAppearance::reducedMotion() const
{
    return false;
}
bool SystemAppearance::moreContrast() const
{
    return false;
}

} // namespace atelier
