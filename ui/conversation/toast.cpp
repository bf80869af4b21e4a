// SPDX-License-Identifier: MIT
#include "ui/conversation/toast.h"

#include "ui/widgets/painting.h"
#include "ui/widgets/text_label.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <algorithm>

namespace atelier {
namespace {

constexpr int kMargin = 24; // room for the shadow

} // namespace

Toast::Toast(QWidget* column) : QWidget(column), m_text(makeLabel()), m_action(new QPushButton)
{
    m_action->setProperty("kind", "link");
    m_action->setProperty("weight", "medium");
    m_action->setProperty("ringRadius", 6);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(kMargin + 14, kMargin, kMargin + 8, kMargin);
    layout->setSpacing(16);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_action);
    m_timer.setSingleShot(true);
    m_timer.setInterval(kShownMs);
    connect(&m_timer, &QTimer::timeout, this, &QWidget::hide);
    connect(m_action, &QPushButton::clicked, this, [this] {
        hide();
        Q_EMIT actionTriggered(m_actionId);
    });
    hide();
}

void Toast::show(const QString& text, const QString& actionId, const QString& actionLabel)
{
    m_text->setText(text);
    m_actionId = actionId;
    m_action->setText(actionLabel);
    m_action->setVisible(!actionId.isEmpty());
    setAccessibleName(text);
    layout()->invalidate();
    place(m_bottom);
    setVisible(true);
    raise();
    m_timer.start();
    QAccessibleEvent announcement(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&announcement);
}

void Toast::place(int bottom)
{
    m_bottom = bottom;
    const int height = (m_theme ? m_theme->scaled(38) : 38) + 2 * kMargin;
    const int width = std::clamp(layout()->sizeHint().width(), 200, parentWidget()->width());
    setGeometry(
        (parentWidget()->width() - width) / 2, bottom - height + kMargin - 8, width, height);
}

void Toast::enterEvent(QEnterEvent*)
{
    m_timer.stop();
}

void Toast::leaveEvent(QEvent*)
{
    m_timer.start();
}

void Toast::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    const QRectF box = QRectF(rect()).adjusted(kMargin, kMargin, -kMargin, -kMargin);
    paintShadow(painter, box, 10, m_theme->shadow("shadow-3"));
    paintBox(painter, box, 10, m_theme->color("surface"), m_theme->color("border"));
}

void Toast::themeChanged()
{
    update();
}

} // namespace atelier
