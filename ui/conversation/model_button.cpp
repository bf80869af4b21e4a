// SPDX-License-Identifier: MIT
#include "ui/conversation/model_button.h"

#include "ui/widgets/icon_button.h"
#include "ui/widgets/painting.h"

#include <QEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace atelier {
namespace {

constexpr int kPadding = 8;
constexpr int kGap = 7;
constexpr int kDot = 7;
constexpr int kChevron = 14;
constexpr int kBarWidth = 64;

} // namespace

ModelButton::ModelButton(QWidget* parent) : QAbstractButton(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    setProperty("ringRadius", 7);
    retranslate();
}

void ModelButton::setStatus(const ModelStatus& status)
{
    m_status = status;
    retranslate();
}

QString ModelButton::name() const
{
    return m_status.name.isEmpty() ? tr("Open a model") : m_status.name;
}

QString ModelButton::detail() const
{
    switch (m_status.state) {
    case ModelStatus::State::None:
        return {};
    case ModelStatus::State::Loading:
        return m_status.stage.isEmpty()
                   ? tr("Loading %1%").arg(std::lround(m_status.progress * 100))
                   : m_status.stage;
    case ModelStatus::State::Ready:
        return m_status.precision;
    case ModelStatus::State::Failed:
        return tr("not loaded");
    }
    return {};
}

QSize ModelButton::sizeHint() const
{
    if (!m_theme)
        return {160, 28};
    const QFontMetrics bold(m_theme->font("body", ThemeController::Weight::Medium));
    const QFontMetrics plain(m_theme->font("body"));
    int width = 2 * kPadding + kDot + kGap + bold.horizontalAdvance(name()) + 1 + kGap + kChevron;
    if (!detail().isEmpty())
        width += kGap + plain.horizontalAdvance(detail()) + 1;
    if (isLoading())
        width += kGap + kBarWidth;
    return {width, m_theme->scaled(28)};
}

QSize ModelButton::minimumSizeHint() const
{
    return {2 * kPadding + kDot + 3 * kGap + kChevron + 48, sizeHint().height()};
}

void ModelButton::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    if (underMouse() || isDown())
        paintBox(painter, rect(), 7, m_theme->color(isDown() ? "pressed" : "hover"));

    const char* dot = "border-control";
    if (m_status.state == ModelStatus::State::Ready)
        dot = "accent";
    else if (m_status.state == ModelStatus::State::Loading)
        dot = "info";
    else if (m_status.state == ModelStatus::State::Failed)
        dot = "danger";
    const double middle = height() / 2.0;
    const QRectF dotBox(kPadding, middle - kDot / 2.0, kDot, kDot);
    // No model is an empty ring, so the state is never color alone.
    if (m_status.state == ModelStatus::State::None)
        paintBox(painter, dotBox, kDot / 2.0, QColor(), m_theme->color(dot), 1.5);
    else
        paintBox(painter, dotBox, kDot / 2.0, m_theme->color(dot));

    int left = kPadding + kDot + kGap;
    const int end = width() - kPadding - kChevron - kGap;
    const auto drawPart = [&](const QString& text, const QFont& font, const char* token) {
        if (text.isEmpty() || left >= end)
            return;
        painter.setFont(font);
        painter.setPen(m_theme->color(token));
        const QFontMetrics metrics(font);
        const QString shown = metrics.elidedText(text, Qt::ElideRight, end - left + 1);
        painter.drawText(
            QRect(left, 0, end - left + 2, height()), Qt::AlignVCenter | Qt::AlignLeft, shown);
        left += metrics.horizontalAdvance(shown) + 1 + kGap;
    };
    drawPart(name(), m_theme->font("body", ThemeController::Weight::Medium), "text");
    if (isLoading() && left + kBarWidth <= end) {
        const QRectF bar(left, middle - 2, kBarWidth, 4);
        paintBox(painter, bar, 2, m_theme->color("track"));
        QRectF done = bar;
        done.setWidth(std::clamp(m_status.progress, 0.0, 1.0) * bar.width());
        if (done.width() > 0)
            paintBox(painter, done, std::min(2.0, done.width() / 2), m_theme->color("info"));
        left += kBarWidth + kGap;
    }
    drawPart(detail(),
        m_theme->font("body"),
        m_status.state == ModelStatus::State::Failed ? "danger" : "text-tertiary");
    m_theme->icon(QStringLiteral("chevron-down"), "text-tertiary")
        .paint(&painter,
            QRect(width() - kPadding - kChevron, height() / 2 - kChevron / 2, kChevron, kChevron));
}

void ModelButton::retranslate()
{
    const QString state = detail().isEmpty() ? name() : name() + QStringLiteral(", ") + detail();
    setAccessibleName(tr("Model: %1").arg(state));
    setToolTip(labelWithShortcut(tr("Choose a model"), QKeySequence(Qt::CTRL | Qt::Key_L)));
    updateGeometry();
    update();
}

void ModelButton::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QAbstractButton::changeEvent(event);
}

void ModelButton::themeChanged()
{
    updateGeometry();
    update();
}

} // namespace atelier
