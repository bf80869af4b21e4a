// SPDX-License-Identifier: MIT
#include "renderers/page_cover.h"

#include <QEvent>
#include <QTimer>

namespace atelier {
namespace {

constexpr int kFrameArrives = 50; // ms: three frames at 60 Hz

} // namespace

PageCover::PageCover(QWidget* view) : QWidget(view)
{
    setAutoFillBackground(true);
    setFocusPolicy(Qt::NoFocus);
    setGeometry(view->rect());
    view->installEventFilter(this);
}

void PageCover::setColor(const QColor& color)
{
    QPalette colors = palette();
    colors.setColor(QPalette::Window, color);
    setPalette(colors);
}

void PageCover::reveal()
{
    if (!isHidden())
        QTimer::singleShot(kFrameArrives, this, &QWidget::hide);
}

bool PageCover::eventFilter(QObject* watched, QEvent* event)
{
    // The view makes its inner widget when it has something to show, above all that is there.
    if (watched == parent() &&
        (event->type() == QEvent::Resize || event->type() == QEvent::ChildAdded ||
            event->type() == QEvent::ChildPolished)) {
        setGeometry(parentWidget()->rect());
        raise();
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace atelier
