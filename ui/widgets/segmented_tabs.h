// SPDX-License-Identifier: MIT
// Tabs drawn as one row of segments, with a count where there is something to count.
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QTabBar>

namespace atelier {

/// A real tab bar, so arrow keys and screen readers work as everywhere.
/// Owner: its parent. Threads: GUI thread only.
class SegmentedTabs final : public QTabBar, public Themed
{
    Q_OBJECT

public:
    explicit SegmentedTabs(QWidget* parent = nullptr);

    void setCount(int index, int count); // 0: no badge
    int count(int index) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    QSize tabSizeHint(int index) const override;
    QSize minimumTabSizeHint(int index) const override { return tabSizeHint(index); }
    void paintEvent(QPaintEvent* event) override;
    void themeChanged() override;

private:
    int badgeWidth(int index) const;
};

} // namespace atelier
