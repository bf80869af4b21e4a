// SPDX-License-Identifier: MIT
#include "ui/widgets/text_label.h"

#include <QHelpEvent>
#include <QPainter>
#include <QStyle>
#include <QToolTip>

namespace atelier {

QLabel* makeLabel(const char* tone, const char* size, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setIndent(0); // else a frame from the style sheet adds half a letter
    label->setProperty("tone", QLatin1String(tone));
    label->setProperty("textSize", QLatin1String(size));
    return label;
}

QLabel* makeTag(const char* tone, QWidget* parent)
{
    QLabel* label = makeLabel(tone, "", parent);
    label->setProperty("tag", true);
    label->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    return label;
}

void setTone(QWidget& widget, const char* tone)
{
    if (widget.property("tone").toString() == QLatin1String(tone))
        return;
    widget.setProperty("tone", QLatin1String(tone));
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
}

ElidedLabel::ElidedLabel(QWidget* parent) : QLabel(parent)
{
    setTextFormat(Qt::PlainText);
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {fontMetrics().horizontalAdvance(QStringLiteral("\u2026")),
        QLabel::minimumSizeHint().height()};
}

QSize ElidedLabel::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(text()) + 2, QLabel::sizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setPen(
        palette().color(isEnabled() ? QPalette::Active : QPalette::Disabled, foregroundRole()));
    const QRect area = contentsRect();
    painter.drawText(area,
        static_cast<int>(alignment()) | Qt::TextSingleLine,
        fontMetrics().elidedText(text(), Qt::ElideRight, area.width()));
}

bool ElidedLabel::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip && toolTip().isEmpty()) {
        if (sizeHint().width() > width())
            QToolTip::showText(
                static_cast<QHelpEvent*>(event)->globalPos(), text().toHtmlEscaped(), this);
        return true;
    }
    return QLabel::event(event);
}

} // namespace atelier
