// SPDX-License-Identifier: MIT
#include "ui/inspector/inspector_section.h"

#include "ui/widgets/painting.h"

#include <QAbstractButton>
#include <QPainter>
#include <QVBoxLayout>

namespace atelier {

/// Chevron, title, summary: the whole line is the button.
class SectionTitle final : public QAbstractButton, public Themed
{
public:
    SectionTitle()
    {
        setCheckable(true);
        setFocusPolicy(Qt::StrongFocus);
        setProperty("ringRadius", 6);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }

    void setSummary(const QString& summary)
    {
        m_summary = summary;
        setAccessibleDescription(summary);
        update();
    }

    const QString& summary() const { return m_summary; }

    QSize sizeHint() const override { return {200, m_theme ? m_theme->scaled(40) : 40}; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        if (!m_theme)
            return;
        QPainter painter(this);
        if (underMouse())
            paintBox(painter, rect().adjusted(8, 4, -8, -4), 6, m_theme->color("hover"));
        const int side = m_theme->scaled(14);
        const QString chevron =
            isChecked() ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right");
        m_theme->icon(chevron).paint(&painter, QRect(16, (height() - side) / 2, side, side));
        const QFont bold = m_theme->font("body", ThemeController::Weight::Semibold);
        painter.setFont(bold);
        painter.setPen(m_theme->color("text"));
        const int left = 16 + side + 6;
        painter.drawText(QRect(left, 0, width() - left - 16, height()), Qt::AlignVCenter, text());
        if (isChecked() || m_summary.isEmpty())
            return;
        painter.setFont(m_theme->font("small"));
        painter.setPen(m_theme->color("text-tertiary"));
        const int from = left + QFontMetrics(bold).horizontalAdvance(text()) + 16;
        const QRect area(from, 0, width() - from - 16, height());
        painter.drawText(area,
            Qt::AlignVCenter | Qt::AlignRight,
            painter.fontMetrics().elidedText(m_summary, Qt::ElideRight, area.width()));
    }

    void themeChanged() override
    {
        updateGeometry();
        update();
    }

private:
    QString m_summary;
};

InspectorSection::InspectorSection(QWidget* parent)
    : QFrame(parent),
      m_title(new SectionTitle),
      m_body(new QWidget),
      m_bodyLayout(new QVBoxLayout(m_body))
{
    setObjectName(QStringLiteral("inspectorSection"));
    m_bodyLayout->setContentsMargins(16, 2, 16, 14);
    m_bodyLayout->setSpacing(10);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 1, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_title);
    layout->addWidget(m_body);
    connect(m_title, &QAbstractButton::toggled, m_body, &QWidget::setVisible);
    m_body->setVisible(false);
}

void InspectorSection::setTitle(const QString& title)
{
    m_title->setText(title);
    m_title->setAccessibleName(title);
}

void InspectorSection::setSummary(const QString& summary)
{
    m_title->setSummary(summary);
}

QString InspectorSection::summary() const
{
    return m_title->summary();
}

void InspectorSection::setOpen(bool open)
{
    m_title->setChecked(open);
}

bool InspectorSection::isOpen() const
{
    return m_title->isChecked();
}

QWidget* InspectorSection::titleButton() const
{
    return m_title;
}

void InspectorSection::themeChanged() {}

} // namespace atelier
