// SPDX-License-Identifier: MIT
#include "ui/sidebar/device_card.h"

#include "ui/widgets/icon_button.h"
#include "ui/widgets/meter_bar.h"
#include "ui/widgets/number_text.h"
#include "ui/widgets/painting.h"
#include "ui/widgets/text_label.h"

#include <QAbstractButton>
#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>

namespace atelier {

namespace {

/// Shows nothing but a tint under the pointer: the card's labels lie on top of it.
class CardButton final : public QAbstractButton
{
public:
    CardButton(QWidget* parent, const ThemeController* const& theme)
        : QAbstractButton(parent),
          m_theme(theme)
    {
        setFocusPolicy(Qt::StrongFocus);
        setProperty("ringRadius", 8);
        setAttribute(Qt::WA_Hover);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        if (m_theme != nullptr && underMouse()) {
            QPainter painter(this);
            paintBox(painter, rect(), 7, m_theme->color(isDown() ? "pressed" : "hover"));
        }
    }

private:
    const ThemeController* const& m_theme; // the card's, which is set later
};

} // namespace

DeviceCard::DeviceCard(QWidget* parent)
    : QFrame(parent),
      m_choose(new CardButton(this, m_theme)),
      m_icon(new QLabel),
      m_name(new ElidedLabel),
      m_bar(new MeterBar),
      m_memory(makeLabel("tertiary", "caption")),
      m_settings(new IconButton(QStringLiteral("settings")))
{
    setObjectName(QStringLiteral("deviceCard"));
    m_name->setProperty("tone", "secondary");
    m_name->setProperty("textSize", "small");
    m_settings->setSide(22);

    auto* top = new QHBoxLayout;
    top->setSpacing(6);
    top->addWidget(m_icon);
    top->addWidget(m_name, 1);
    auto* bottom = new QHBoxLayout;
    bottom->addWidget(m_memory, 1);
    bottom->addWidget(m_settings);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 9, 7, 5);
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addSpacing(6);
    auto* barRow = new QHBoxLayout;
    barRow->setContentsMargins(0, 0, 3, 0);
    barRow->addWidget(m_bar);
    layout->addLayout(barRow);
    layout->addSpacing(3);
    layout->addLayout(bottom);
    for (QWidget* part : std::initializer_list<QWidget*>{m_icon, m_name, m_bar, m_memory})
        part->setAttribute(Qt::WA_TransparentForMouseEvents);
    connect(m_choose, &QAbstractButton::clicked, this, &DeviceCard::devicesRequested);
    connect(m_settings, &QToolButton::clicked, this, &DeviceCard::settingsRequested);
    retranslate();
}

void DeviceCard::setStatus(const DeviceStatus& status)
{
    m_status = status;
    retranslate();
}

QPoint DeviceCard::menuCorner() const
{
    return m_settings->mapToGlobal(QPoint(0, 0));
}

QPoint DeviceCard::corner() const
{
    return mapToGlobal(QPoint(0, 0));
}

void DeviceCard::resizeEvent(QResizeEvent* event)
{
    m_choose->setGeometry(rect().adjusted(1, 1, -1, -1));
    QFrame::resizeEvent(event);
}

void DeviceCard::retranslate()
{
    const bool known = m_status.totalBytes > 0;
    m_name->setText(m_status.name.isEmpty() ? tr("This computer") : m_status.name);
    const QString used = gibibytes(m_status.usedBytes);
    const QString total = gibibytes(m_status.totalBytes);
    m_memory->setText(known ? tr("%1 of %2 GiB").arg(used, total) : QString());
    m_bar->setVisible(known);
    if (known) {
        const double all = static_cast<double>(m_status.totalBytes);
        const double own = std::clamp(m_status.ownBytes / all, 0.0, 1.0);
        const double other = std::clamp(m_status.usedBytes / all - own, 0.0, 1.0 - own);
        m_bar->setParts({{own, "accent"}, {other, "border-control"}});
        const QString words = tr("Memory: %1 of %2 GiB used, %3 GiB by Atelier")
                                  .arg(used, total, gibibytes(m_status.ownBytes));
        m_bar->setAccessibleName(words);
        setToolTip(words);
    }
    m_choose->setAccessibleName(tr("Runs on %1. Choose another device").arg(m_name->text()));
    m_settings->setLabel(tr("Settings"), QKeySequence(Qt::CTRL | Qt::Key_Comma));
}

void DeviceCard::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QFrame::changeEvent(event);
}

void DeviceCard::themeChanged()
{
    const int side = m_theme->scaled(14);
    m_icon->setPixmap(m_theme->icon(QStringLiteral("chip"), "text-tertiary")
                          .pixmap(QSize(side, side), devicePixelRatio()));
}

} // namespace atelier
