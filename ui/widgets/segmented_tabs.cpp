// SPDX-License-Identifier: MIT
#include "ui/widgets/segmented_tabs.h"

#include "ui/widgets/painting.h"

#include <QPainter>

namespace atelier {
namespace {

constexpr int kInset = 2; // between the shared background and the segments

} // namespace

SegmentedTabs::SegmentedTabs(QWidget* parent) : QTabBar(parent)
{
    setExpanding(false);
    setDrawBase(false);
    setUsesScrollButtons(false);
    setElideMode(Qt::ElideNone);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setProperty("ringRadius", 7);
}

void SegmentedTabs::setCount(int index, int count)
{
    if (tabData(index).toInt() == count)
        return;
    setTabData(index, count);
    updateGeometry();
    // QTabBar lays out again only when a text or the font changes.
    setTabText(index, tabText(index));
    update();
}

int SegmentedTabs::count(int index) const
{
    return tabData(index).toInt();
}

int SegmentedTabs::badgeWidth(int index) const
{
    const int value = count(index);
    if (value <= 0 || !m_theme)
        return 0;
    const QFontMetrics metrics(m_theme->font("caption", ThemeController::Weight::Semibold));
    return std::max(m_theme->scaled(16), metrics.horizontalAdvance(QString::number(value)) + 8);
}

QSize SegmentedTabs::tabSizeHint(int index) const
{
    if (!m_theme)
        return QTabBar::tabSizeHint(index);
    const QFontMetrics metrics(m_theme->font("small", ThemeController::Weight::Medium));
    const int badge = badgeWidth(index);
    return {metrics.horizontalAdvance(tabText(index)) + 20 + (badge ? badge + 5 : 0) +
                (index == 0 || index == QTabBar::count() - 1 ? kInset : 0),
        m_theme->scaled(24) + 2 * kInset};
}

QSize SegmentedTabs::sizeHint() const
{
    int width = 0;
    for (int i = 0; i < QTabBar::count(); ++i)
        width += tabSizeHint(i).width();
    return {width, QTabBar::count() ? tabSizeHint(0).height() : 0};
}

void SegmentedTabs::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    paintBox(painter, rect(), 7, m_theme->color("hover"));
    painter.setFont(m_theme->font("small", ThemeController::Weight::Medium));
    for (int i = 0; i < QTabBar::count(); ++i) {
        QRect tab = tabRect(i).adjusted(
            i == 0 ? kInset : 0, kInset, i == QTabBar::count() - 1 ? -kInset : 0, -kInset);
        const bool current = i == currentIndex();
        if (current) {
            paintShadow(painter, tab, 5, m_theme->shadow("shadow-1"));
            paintBox(painter, tab, 5, m_theme->color("segment"));
        }
        painter.setPen(m_theme->color(current ? "text" : "text-secondary"));
        const int badge = badgeWidth(i);
        QRect text = tab.adjusted(10, 0, -10 - (badge ? badge + 5 : 0), 0);
        painter.drawText(text, Qt::AlignCenter, tabText(i));
        if (badge) {
            QRect box(0, 0, badge, m_theme->scaled(16));
            box.moveCenter(tab.center());
            box.moveLeft(text.right() + 6);
            paintBox(painter, box, box.height() / 2.0, m_theme->color("danger-soft"));
            painter.save();
            painter.setFont(m_theme->font("caption", ThemeController::Weight::Semibold));
            painter.setPen(m_theme->color("danger"));
            painter.drawText(box, Qt::AlignCenter, QString::number(count(i)));
            painter.restore();
        }
    }
}

void SegmentedTabs::themeChanged()
{
    for (int i = 0; i < QTabBar::count(); ++i)
        setTabText(i, tabText(i));
    setFont(m_theme->font("small", ThemeController::Weight::Medium));
    updateGeometry();
    update();
}

} // namespace atelier
