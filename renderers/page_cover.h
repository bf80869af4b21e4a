// SPDX-License-Identifier: MIT
// Lies over a page until its first frame has arrived: the widget below is white until then.
#pragma once

#include <QColor>
#include <QWidget>

namespace atelier {

/// Owner: the view it covers. Threads: GUI thread only.
class PageCover final : public QWidget
{
    Q_OBJECT

public:
    explicit PageCover(QWidget* view);

    void setColor(const QColor& color);
    /// The page has painted; its frame reaches the screen a little later.
    void reveal();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace atelier
