// SPDX-License-Identifier: MIT
#include "renderers/element_picker.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <utility>

namespace atelier {
namespace {

constexpr int kWatchInterval = 100;      // ms
constexpr qsizetype kLongestSaid = 4096; // characters of an answer
constexpr qsizetype kLongestName = 80;
constexpr double kFarthest = 1e6; // pixels: what is farther away is drawn there
constexpr double kChipGap = 4;

} // namespace

ElementPicker::ElementPicker(QWidget* stage) : QWidget(stage), m_turn(std::make_shared<int>(0))
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::CrossCursor);
    m_watch.setInterval(kWatchInterval);
    connect(&m_watch, &QTimer::timeout, this, [this] { ask(QStringLiteral("look()"), false); });
    hide();
}

ElementPicker::~ElementPicker()
{
    ++*m_turn;
}

void ElementPicker::attach(Ask ask, QWidget* page)
{
    m_ask = std::move(ask);
    m_page = page;
    ++*m_turn;
    m_asking = false;
    m_waiting.reset();
    m_pointed.reset();
    if (m_chosen) {
        m_chosen.reset();
        Q_EMIT moved();
    }
    update();
}

void ElementPicker::setColors(const QColor& line, const QColor& text)
{
    m_line = line;
    m_text = text;
    update();
}

void ElementPicker::forget()
{
    if (m_ask)
        m_ask(QStringLiteral("atelierPicker.forget()"), [](const QString&) {});
    ++*m_turn;
    m_asking = false;
    m_pointed.reset();
    m_chosen.reset();
    update();
}

// One question at a time, so that a page that answers slowly is not asked ever more. A choice does
// not wait: it makes what was asked before it void.
void ElementPicker::ask(const QString& call, bool choosing)
{
    if (!m_ask || (m_asking && !choosing))
        return;
    if (choosing)
        ++*m_turn;
    m_asking = true;
    m_ask(QStringLiteral("atelierPicker.") + call,
        [this, choosing, turn = *m_turn, now = m_turn](const QString& json) {
            if (turn != *now)
                return; // perhaps there is no picker any more
            m_asking = false;
            take(json, choosing);
            if (const auto at = std::exchange(m_waiting, std::nullopt))
                askAt("point", *at, false);
        });
}

void ElementPicker::askAt(const char* verb, const QPointF& at, bool choosing)
{
    ask(QStringLiteral("%1(%2,%3)")
            .arg(QLatin1String(verb))
            .arg(at.x() / m_zoom)
            .arg(at.y() / m_zoom),
        choosing);
}

void ElementPicker::take(const QString& json, bool choosing)
{
    if (json.size() > kLongestSaid)
        return;
    const QJsonObject said = QJsonDocument::fromJson(json.toUtf8()).object();
    const auto before = m_chosen;
    m_pointed = read(said.value(QStringLiteral("pointed")).toObject());
    m_chosen = read(said.value(QStringLiteral("chosen")).toObject());
    update();
    if (choosing && m_chosen)
        Q_EMIT picked(*m_chosen);
    else if (before != m_chosen)
        Q_EMIT moved();
}

std::optional<PickedElement> ElementPicker::read(const QJsonObject& said) const
{
    const QJsonArray box = said.value(QStringLiteral("box")).toArray();
    const double mark = said.value(QStringLiteral("mark")).toDouble(-1);
    if (box.size() != 4 || !(mark >= 0 && mark <= 1e9) || mark != std::floor(mark))
        return std::nullopt;
    PickedElement element;
    element.mark = int(mark);
    element.scripted = said.value(QStringLiteral("scripted")).toBool();
    for (const QChar c : said.value(QStringLiteral("name")).toString().left(kLongestName))
        element.name += c.isPrint() ? c : QChar(QChar::ReplacementCharacter);
    const auto number = [&](int at) {
        return std::clamp(box[at].toDouble() * m_zoom, -kFarthest, kFarthest);
    };
    element.box = QRectF(number(0), number(1), std::abs(number(2)), std::abs(number(3)));
    return element;
}

void ElementPicker::mouseMoveEvent(QMouseEvent* event)
{
    if (m_asking)
        m_waiting = event->position();
    else
        askAt("point", event->position(), false);
}

void ElementPicker::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        askAt("choose", event->position(), true);
}

void ElementPicker::wheelEvent(QWheelEvent* event)
{
    QWidget* page = m_page && m_page->focusProxy() ? m_page->focusProxy() : m_page;
    if (!page)
        return;
    QWheelEvent same(event->position(),
        event->globalPosition(),
        event->pixelDelta(),
        event->angleDelta(),
        event->buttons(),
        event->modifiers(),
        event->phase(),
        event->inverted());
    QCoreApplication::sendEvent(page, &same);
    event->accept();
}

void ElementPicker::keyPressEvent(QKeyEvent* event)
{
    const char* to = event->key() == Qt::Key_Up      ? "out"
                     : event->key() == Qt::Key_Down  ? "in"
                     : event->key() == Qt::Key_Right ? "next"
                     : event->key() == Qt::Key_Left  ? "previous"
                                                     : nullptr;
    if (m_chosen && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter))
        Q_EMIT accepted();
    else if (to)
        ask(QStringLiteral("step('%1')").arg(QLatin1String(to)), true);
    else
        QWidget::keyPressEvent(event);
}

void ElementPicker::leaveEvent(QEvent*)
{
    m_waiting.reset();
    ask(QStringLiteral("leave()"), false);
}

void ElementPicker::showEvent(QShowEvent*)
{
    setAccessibleName(tr("Elements of the artifact"));
    setAccessibleDescription(
        tr("Arrow keys go out, in, and to the next element. Enter changes the one chosen."));
    m_watch.start();
}

void ElementPicker::hideEvent(QHideEvent*)
{
    m_watch.stop();
}

void ElementPicker::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (m_chosen)
        paintElement(painter, *m_chosen, true);
    if (m_pointed && (!m_chosen || m_pointed->box != m_chosen->box))
        paintElement(painter, *m_pointed, false);
}

// A line around it, dashed where a script made it, and its name above or inside.
void ElementPicker::paintElement(
    QPainter& painter, const PickedElement& element, bool isChosen) const
{
    const QRectF shown = element.box.intersected(QRectF(rect()).adjusted(1, 1, -1, -1));
    if (shown.isEmpty())
        return;
    QColor wash = m_line;
    wash.setAlphaF(isChosen ? 0.08f : 0.14f);
    painter.fillRect(shown, wash);
    painter.setPen(QPen(m_line, isChosen ? 2 : 1, element.scripted ? Qt::DashLine : Qt::SolidLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(shown);

    const QFontMetrics metrics(font());
    const double height = metrics.height() + kChipGap;
    const QString name = metrics.elidedText(element.name, Qt::ElideRight, width() - 16);
    QRectF chip(shown.left(), shown.top() - height, metrics.horizontalAdvance(name) + 12, height);
    if (chip.top() < 0)
        chip.moveTop(shown.top());
    if (chip.right() > width())
        chip.moveRight(width());
    painter.fillRect(chip, m_line);
    painter.setPen(m_text);
    painter.drawText(chip, Qt::AlignCenter, name);
}

} // namespace atelier
