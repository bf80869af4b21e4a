// SPDX-License-Identifier: MIT
#include "ui/widgets/icons.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

namespace atelier {
namespace {

/// Renders the SVG at the size that is asked for, so it is sharp at every pixel density.
class TintedSvgEngine final : public QIconEngine
{
public:
    TintedSvgEngine(QByteArray svg, const QColor& color, const QColor& disabled)
        : m_svg(std::move(svg)),
          m_color(color),
          m_disabled(disabled)
    {
    }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        QByteArray svg = m_svg;
        const QColor& color = mode == QIcon::Disabled ? m_disabled : m_color;
        svg.replace("currentColor", color.name().toLatin1());
        QSvgRenderer renderer(svg);
        renderer.render(painter, rect);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    QIconEngine* clone() const override { return new TintedSvgEngine(*this); }

private:
    QByteArray m_svg;
    QColor m_color;
    QColor m_disabled;
};

} // namespace

QIcon tintedIcon(const QString& name, const QColor& color, const QColor& disabled)
{
    QFile file(QStringLiteral(":/ui/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QIcon(new TintedSvgEngine(file.readAll(), color, disabled));
}

} // namespace atelier
