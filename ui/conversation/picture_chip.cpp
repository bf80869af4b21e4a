// SPDX-License-Identifier: MIT
#include "ui/conversation/picture_chip.h"

#include "ui/widgets/icon_button.h"
#include "ui/widgets/painting.h"
#include "ui/widgets/text_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QVBoxLayout>

namespace atelier {
namespace {

constexpr int kThumbnail = 40; // px at 100 % text

} // namespace

PictureChip::PictureChip(QWidget* parent)
    : QFrame(parent),
      m_thumbnail(new QLabel),
      m_name(new ElidedLabel),
      m_note(makeLabel("secondary", "small")),
      m_without(new QPushButton),
      m_remove(new IconButton(QStringLiteral("close")))
{
    m_name->setProperty("weight", "medium");
    m_note->setWordWrap(true);
    m_without->setProperty("ringRadius", 7);
    m_remove->setSide(24);
    auto* words = new QVBoxLayout;
    words->setSpacing(1);
    words->addWidget(m_name);
    words->addWidget(m_note);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->setSpacing(10);
    layout->addWidget(m_thumbnail);
    layout->addLayout(words, 1);
    layout->addWidget(m_without);
    layout->addWidget(m_remove);
    connect(m_remove, &QToolButton::clicked, this, &PictureChip::removeRequested);
    connect(m_without, &QPushButton::clicked, this, &PictureChip::sendWithoutRequested);
    retranslate();
    hide();
}

void PictureChip::setPicture(const QImage& picture, const QString& of)
{
    m_picture = picture;
    m_of = of;
    m_refused = false;
    showThumbnail();
    retranslate();
    setVisible(!picture.isNull());
}

void PictureChip::clear()
{
    setPicture({}, {});
}

void PictureChip::refuse()
{
    m_refused = true;
    retranslate();
    m_without->setFocus(Qt::OtherFocusReason);
}

void PictureChip::showThumbnail()
{
    const int side = m_theme ? m_theme->scaled(kThumbnail) : kThumbnail;
    m_thumbnail->setFixedSize(side, side);
    if (m_picture.isNull())
        return;
    const double ratio = devicePixelRatio();
    const QSize size = QSize(side, side) * ratio;
    const QImage filled =
        m_picture.scaled(size, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath rounded;
    rounded.addRoundedRect(QRectF(QPointF(), size), 5 * ratio, 5 * ratio);
    painter.setClipPath(rounded);
    painter.drawImage(QPoint((size.width() - filled.width()) / 2, 0), filled);
    painter.end();
    pixmap.setDevicePixelRatio(ratio);
    m_thumbnail->setPixmap(pixmap);
}

void PictureChip::retranslate()
{
    m_name->setText(m_of.isEmpty() ? tr("Picture of the artifact")
                                   : tr("Picture of “%1”").arg(m_of.simplified()));
    m_note->setText(m_refused ? tr("The loaded model reads text only, so the picture stays here.")
                              : tr("The loaded model reads text only: it cannot see this."));
    setTone(*m_note, m_refused ? "caution" : "secondary");
    m_without->setText(tr("Send without it"));
    m_without->setVisible(m_refused);
    m_remove->setLabel(tr("Remove the picture"));
    setAccessibleName(m_name->text());
    setAccessibleDescription(m_note->text());
}

void PictureChip::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    paintBox(painter, rect(), 9, m_theme->color("sunken"), m_theme->color("border-subtle"));
}

void PictureChip::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QFrame::changeEvent(event);
}

void PictureChip::themeChanged()
{
    showThumbnail();
    update();
}

} // namespace atelier
