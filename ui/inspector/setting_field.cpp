// SPDX-License-Identifier: MIT
#include "ui/inspector/setting_field.h"

#include "ui/widgets/painting.h"
#include "ui/widgets/text_label.h"

#include <QDoubleSpinBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>
#include <QWheelEvent>
#include <cmath>

namespace atelier {
namespace {

constexpr int kDot = 6;
constexpr int kDotGap = 6;

/// A wheel that scrolls the inspector must not change a value on its way.
template <typename Base>
class NoWheel final : public Base
{
public:
    using Base::Base;

protected:
    void wheelEvent(QWheelEvent* event) override
    {
        if (this->hasFocus())
            Base::wheelEvent(event);
        else
            event->ignore();
    }
};

} // namespace

ChangedMark::ChangedMark(QWidget* parent)
    : QWidget(parent),
      m_label(makeLabel("secondary")),
      m_reset(new QPushButton)
{
    m_reset->setProperty("kind", "link");
    m_reset->setProperty("ringRadius", 6);
    m_reset->hide();
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, kDot + kDotGap, 0);
    layout->setSpacing(kDot + 2 * kDotGap);
    layout->addWidget(m_label);
    layout->addWidget(m_reset);
    layout->addStretch();
    connect(m_reset, &QPushButton::clicked, this, &ChangedMark::resetRequested);
    retranslate();
}

void ChangedMark::setName(const QString& name)
{
    m_name = name;
    m_label->setText(name);
    retranslate();
}

void ChangedMark::setChanged(bool changed)
{
    m_changed = changed;
    m_reset->setVisible(changed);
    update();
}

void ChangedMark::retranslate()
{
    m_reset->setText(tr("Reset"));
    m_reset->setAccessibleName(tr("Reset %1 to the model's default").arg(m_name));
    m_reset->setToolTip(m_reset->accessibleName());
}

void ChangedMark::paintEvent(QPaintEvent*)
{
    if (!m_theme || !m_changed)
        return;
    QPainter painter(this);
    const QRectF dot(
        m_label->geometry().right() + 1 + kDotGap, (height() - kDot) / 2.0, kDot, kDot);
    paintBox(painter, dot, kDot / 2.0, m_theme->color("accent"));
}

void ChangedMark::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

SettingField::SettingField(const Range& range, QWidget* parent)
    : QWidget(parent),
      m_range(range),
      m_mark(new ChangedMark),
      m_spin(new NoWheel<QDoubleSpinBox>)
{
    m_spin->setDecimals(range.decimals);
    m_spin->setRange(range.minimum, range.maximum);
    m_spin->setSingleStep(range.step);
    m_spin->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_spin->setAlignment(Qt::AlignRight);
    m_spin->setKeyboardTracking(false);
    m_spin->setFixedWidth(range.slider ? 64 : 104);
    m_spin->setLocale(QLocale::c()); // "0.6" in every language, as the reply's tokens per second

    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(m_mark, 1);
    line->addWidget(m_spin);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(line);
    if (range.slider) {
        m_slider = new NoWheel<QSlider>(Qt::Horizontal);
        m_slider->setRange(
            0, static_cast<int>(std::lround((range.maximum - range.minimum) / range.step)));
        m_slider->setPageStep(10);
        m_slider->setFocusPolicy(Qt::StrongFocus);
        m_slider->setProperty("ringRadius", 6);
        layout->addWidget(m_slider);
        connect(m_slider, &QSlider::valueChanged, this, [this](int position) {
            m_spin->setValue(m_range.minimum + position * m_range.step);
        });
    }
    connect(m_spin, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        refresh();
        Q_EMIT edited(value);
    });
    connect(m_mark, &ChangedMark::resetRequested, this, [this] {
        m_spin->setValue(m_default);
        m_spin->setFocus(Qt::TabFocusReason);
    });
}

void SettingField::setName(const QString& name, const QString& help)
{
    m_mark->setName(name);
    m_spin->setAccessibleName(name);
    m_spin->setToolTip(help);
    m_mark->setToolTip(help);
    if (m_slider) {
        m_slider->setAccessibleName(name);
        m_slider->setToolTip(help);
    }
}

void SettingField::setSpecialText(const QString& text)
{
    m_spin->setSpecialValueText(text);
}

void SettingField::setValue(double value)
{
    const QSignalBlocker blocker(m_spin);
    m_spin->setValue(value);
    refresh();
}

double SettingField::value() const
{
    return m_spin->value();
}

void SettingField::setDefault(double value)
{
    m_default = value;
    refresh();
}

bool SettingField::isChanged() const
{
    return m_mark->isChanged();
}

void SettingField::refresh()
{
    m_mark->setChanged(std::abs(m_spin->value() - m_default) > m_range.step / 2);
    if (m_slider) {
        const QSignalBlocker blocker(m_slider);
        m_slider->setValue(
            static_cast<int>(std::lround((m_spin->value() - m_range.minimum) / m_range.step)));
    }
}

} // namespace atelier
