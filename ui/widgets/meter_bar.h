// SPDX-License-Identifier: MIT
// A thin bar that shows a share: context used, memory used, progress.
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QWidget>

namespace atelier {

/// Says its value in words to screen readers: give it setAccessibleName("Context, 6,200 of ...").
/// Owner: its parent. Threads: GUI thread only.
class MeterBar final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit MeterBar(QWidget* parent = nullptr);

    /// Shares in [0, 1], drawn one after the other; the token names their color.
    struct Part
    {
        double share = 0;
        const char* token = "accent";
    };
    void setParts(const QList<Part>& parts);
    void setShare(double share, const char* token = "accent");
    double share() const; // of all parts

    QSize sizeHint() const override { return {52, 4}; }
    QSize minimumSizeHint() const override { return {16, 4}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void themeChanged() override { update(); }

private:
    QList<Part> m_parts;
};

} // namespace atelier
