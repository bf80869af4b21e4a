// SPDX-License-Identifier: MIT
#include "ui/widgets/focus_ring.h"

#include "ui/widgets/painting.h"

#include <QApplication>
#include <QFocusEvent>
#include <QKeyEvent>
#include <QPainter>

namespace atelier {
namespace {

constexpr int kGap = 2;
constexpr int kWidth = 2;

} // namespace

FocusRing::FocusRing(QWidget& window) : QWidget(&window)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
    qApp->installEventFilter(this);
}

bool FocusRing::eventFilter(QObject* watched, QEvent* event)
{
    // A shortcut such as F6 never becomes a key press, so its override is looked at as well.
    if (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        m_navigating = key == Qt::Key_Tab || key == Qt::Key_Backtab || key == Qt::Key_F6;
        // What moves the focus later is no answer to this key.
        QMetaObject::invokeMethod(
            this, [this] { m_navigating = false; }, Qt::QueuedConnection);
    }
    if (event->type() == QEvent::FocusIn) {
        auto* widget = qobject_cast<QWidget*>(watched);
        if (widget && widget->window() == window()) {
            const auto reason = static_cast<QFocusEvent*>(event)->reason();
            // A pane that closes hands its focus on like Tab does; no ring should jump then.
            const bool byKeyboard =
                m_navigating && (reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason ||
                                    reason == Qt::ShortcutFocusReason);
            follow(byKeyboard && widget->property("ringRadius").isValid() ? widget : nullptr);
        }
    } else if (m_target && watched == m_target) {
        switch (event->type()) {
        case QEvent::Move:
        case QEvent::Resize:
        case QEvent::Show:
            place();
            break;
        case QEvent::Hide:
        case QEvent::FocusOut:
            follow(nullptr);
            break;
        default:
            break;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void FocusRing::follow(QWidget* target)
{
    m_target = target;
    setVisible(target != nullptr);
    if (target)
        place();
}

void FocusRing::place()
{
    const int margin = kGap + kWidth;
    const QPoint corner = m_target->mapTo(window(), QPoint(0, 0));
    setGeometry(QRect(corner, m_target->size()).adjusted(-margin, -margin, margin, margin));
    raise();
}

void FocusRing::paintEvent(QPaintEvent*)
{
    if (!m_theme || !m_target)
        return;
    QPainter painter(this);
    const double radius = m_target->property("ringRadius").toDouble() + kGap + kWidth;
    paintBox(painter, QRectF(rect()), radius, QColor(), m_theme->color("focus"), kWidth);
}

} // namespace atelier
