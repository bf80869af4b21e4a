// SPDX-License-Identifier: MIT
#include "ui/conversation/context_gauge.h"

#include "ui/widgets/number_text.h"
#include "ui/widgets/painting.h"
#include "ui/widgets/popover.h"
#include "ui/widgets/text_label.h"

#include <QEvent>
#include <QGridLayout>
#include <QPainter>
#include <algorithm>

namespace atelier {
namespace {

constexpr int kPadding = 8;
constexpr int kBarWidth = 52;
constexpr int kGap = 7;

} // namespace

ContextGauge::ContextGauge(QWidget* parent) : QAbstractButton(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setProperty("ringRadius", 7);
    setVisible(false); // until there is a context
    connect(this, &QAbstractButton::clicked, this, &ContextGauge::showFigures);
}

void ContextGauge::setUsage(const ContextUsage& usage)
{
    m_usage = usage;
    setVisible(usage.totalTokens > 0);
    retranslate();
}

void ContextGauge::setBarShown(bool shown)
{
    if (m_barShown == shown)
        return;
    m_barShown = shown;
    updateGeometry();
    update();
}

double ContextGauge::share() const
{
    if (m_usage.totalTokens <= 0)
        return 0;
    return std::clamp(double(m_usage.usedTokens) / m_usage.totalTokens, 0.0, 1.0);
}

const char* ContextGauge::tone() const
{
    return share() >= 0.97 ? "danger" : share() >= 0.8 ? "caution" : "accent";
}

QString ContextGauge::label() const
{
    return QStringLiteral("%1 / %2").arg(
        tokensShort(m_usage.usedTokens), tokensShort(m_usage.totalTokens));
}

QSize ContextGauge::sizeHint() const
{
    if (!m_theme)
        return {120, 28};
    const QFontMetrics metrics(m_theme->font("small"));
    return {metrics.horizontalAdvance(label()) + 2 * kPadding + (m_barShown ? kBarWidth + kGap : 0),
        m_theme->scaled(28)};
}

void ContextGauge::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    if (underMouse())
        paintBox(painter, rect(), 7, m_theme->color(isDown() ? "pressed" : "hover"));
    QRectF text = QRectF(rect()).adjusted(kPadding, 0, -kPadding, 0);
    const bool calm = share() < 0.8;
    if (m_barShown) {
        const QRectF bar(text.left(), height() / 2.0 - 2, kBarWidth, 4);
        paintBox(painter, bar, 2, m_theme->color("track"));
        QRectF used = bar;
        used.setWidth(bar.width() * share());
        if (m_usage.usedTokens > 0)
            paintBox(painter, used, std::min(2.0, used.width() / 2), m_theme->color(tone()));
        text.setLeft(bar.right() + kGap);
    }
    painter.setFont(m_theme->font("small"));
    painter.setPen(m_theme->color(calm ? "text-secondary" : tone()));
    painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft, label());
}

void ContextGauge::showFigures()
{
    auto* popover = new Popover(*m_theme, this);
    auto* grid = new QGridLayout(popover->body());
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(24);
    const auto addRow = [grid](const QString& name, const QString& value) {
        const int row = grid->rowCount();
        QLabel* left = makeLabel("secondary");
        left->setText(name);
        QLabel* right = makeLabel();
        right->setText(value);
        right->setProperty("weight", "medium");
        right->setAlignment(Qt::AlignRight);
        grid->addWidget(left, row, 0);
        grid->addWidget(right, row, 1);
    };
    const int fresh = std::max(0, m_usage.usedTokens - m_usage.cachedTokens);
    addRow(tr("In this chat"), tr("%1 tokens").arg(tokensLong(m_usage.usedTokens)));
    addRow(tr("Already read"), tr("%1 tokens").arg(tokensLong(m_usage.cachedTokens)));
    addRow(tr("To read next"), tr("%1 tokens").arg(tokensLong(fresh)));
    addRow(tr("Room left"),
        tr("%1 tokens").arg(tokensLong(std::max(0, m_usage.totalTokens - m_usage.usedTokens))));
    popover->openBelow(*this);
}

void ContextGauge::retranslate()
{
    const QString words = tr("Context, %1 of %2 tokens")
                              .arg(tokensLong(m_usage.usedTokens), tokensLong(m_usage.totalTokens));
    setAccessibleName(words);
    setToolTip(words);
    updateGeometry();
    update();
}

void ContextGauge::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QAbstractButton::changeEvent(event);
}

void ContextGauge::themeChanged()
{
    updateGeometry();
    update();
}

} // namespace atelier
