// SPDX-License-Identifier: MIT
#include "ui/main_window/divider.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

namespace atelier {

Divider::Divider(QWidget* parent) : QWidget(parent)
{
    setCursor(Qt::SplitHCursor);
    setFocusPolicy(Qt::TabFocus);
}

void Divider::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_grabX = event->globalPosition().toPoint().x();
    Q_EMIT grabbed();
}

void Divider::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons().testFlag(Qt::LeftButton))
        Q_EMIT moved(event->globalPosition().toPoint().x() - m_grabX);
}

void Divider::mouseDoubleClickEvent(QMouseEvent*)
{
    Q_EMIT resetRequested();
}

void Divider::keyPressEvent(QKeyEvent* event)
{
    if (event->key() != Qt::Key_Left && event->key() != Qt::Key_Right) {
        QWidget::keyPressEvent(event);
        return;
    }
    Q_EMIT grabbed();
    Q_EMIT moved(event->key() == Qt::Key_Right ? kKeyStep : -kKeyStep);
}

void Divider::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    update();
}

void Divider::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    update();
}

void Divider::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    const int middle = width() / 2;
    if (hasFocus())
        painter.fillRect(QRect(middle - 1, 0, 3, height()), m_theme->color("focus"));
    else
        painter.fillRect(QRect(middle, 0, 1, height()), m_theme->color("border-subtle"));
}

} // namespace atelier
