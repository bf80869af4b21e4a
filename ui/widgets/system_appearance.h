// SPDX-License-Identifier: MIT
// What the desktop says about looks: dark or light, less motion, more contrast.
#pragma once

#include <QObject>
#include <memory>
#include <optional>

namespace atelier {

/// Asks the desktop once, then listens. One source file a system: the D-Bus settings portal on
/// Linux, the registry on Windows, Qt's own hints on macOS.
///
/// Owner: ThemeController. Threads: GUI thread only.
/// Errors: what cannot be found out stays nullopt or false.
class SystemAppearance final : public QObject
{
    Q_OBJECT

public:
    explicit SystemAppearance(QObject* parent = nullptr);
    ~SystemAppearance() override;

    std::optional<bool> dark() const; // nullopt: the desktop has no such setting
    bool reducedMotion() const;
    bool moreContrast() const;

Q_SIGNALS:
    void changed();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace atelier
