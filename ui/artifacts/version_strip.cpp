// SPDX-License-Identifier: MIT
#include "ui/artifacts/version_strip.h"

#include "ui/widgets/painting.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>

namespace atelier {
namespace {

constexpr QSize kPicture(44, 48);
constexpr int kInset = 5;    // from an item's edge to its picture
constexpr int kGap = 6;      // between items
constexpr int kWordsGap = 9; // from the picture to the words
constexpr int kWidest = 190; // of an item with words
constexpr int kNarrowest = 120;
constexpr int kCompactPad = 10;

} // namespace

VersionStrip::VersionStrip(QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("versionStrip"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setProperty("ringRadius", 8);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void VersionStrip::setVersions(const QList<VersionCard>& versions, const QString& shown)
{
    if (versions == m_versions && shown == m_shown)
        return;
    m_versions = versions;
    m_shown = shown;
    m_hovered = -1;
    m_items.clear();
    for (const VersionCard& card : versions) {
        Item item;
        item.picture.loadFromData(card.png);
        m_items.append(item);
    }
    arrange();
    // What it says is what is shown; a list of one's own would need a whole item view.
    setAccessibleName(tr("Versions"));
    setAccessibleDescription(shownIndex() < 0 ? QString() : name(shownIndex()));
}

void VersionStrip::setCompact(bool compact, const QString& lastThatRan)
{
    if (compact == m_compact && lastThatRan == m_lastThatRan)
        return;
    m_compact = compact;
    m_lastThatRan = lastThatRan;
    updateGeometry();
    arrange();
}

bool VersionStrip::hasWords(int index) const
{
    return index >= 0 && index < m_items.size() && m_items[index].words;
}

QSize VersionStrip::sizeHint() const
{
    const int height = m_compact ? 28 : kPicture.height() + 2 * kInset;
    return {m_contentWidth, m_theme ? m_theme->scaled(height) : height};
}

QSize VersionStrip::minimumSizeHint() const
{
    return {kPicture.width(), sizeHint().height()};
}

int VersionStrip::shownIndex() const
{
    for (qsizetype i = 0; i < m_versions.size(); ++i) {
        if (m_versions[i].key == m_shown)
            return int(i);
    }
    return -1;
}

QString VersionStrip::compactText(int index) const
{
    const VersionCard& card = m_versions[index];
    return card.key == m_lastThatRan ? tr("v%1, last one that ran").arg(card.number)
                                     : tr("v%1").arg(card.number);
}

QString VersionStrip::name(int index) const
{
    const VersionCard& card = m_versions[index];
    return tr("Version %1, %2").arg(card.number).arg(card.label) + QStringLiteral(" · ") +
           card.time;
}

int VersionStrip::wordsWidth(int index) const
{
    const VersionCard& card = m_versions[index];
    const QFontMetrics title(m_theme->font("small", ThemeController::Weight::Medium));
    const int words = title.horizontalAdvance(card.label);
    const int picture = m_theme->scaled(kPicture.width());
    return std::clamp(kInset + picture + kWordsGap + words + 12,
        m_theme->scaled(kNarrowest),
        m_theme->scaled(kWidest));
}

void VersionStrip::arrange()
{
    if (!m_theme || m_items.isEmpty()) {
        m_contentWidth = 0;
        update();
        return;
    }
    const int bare = m_theme->scaled(kPicture.width()) + 2 * kInset;
    const QFontMetrics small(m_theme->font("small", ThemeController::Weight::Medium));
    int all = -kGap;
    for (int i = 0; i < int(m_items.size()); ++i)
        all += wordsWidth(i) + kGap;
    const bool words = all <= width();
    const int shown = shownIndex();
    int x = 0;
    for (int i = 0; i < int(m_items.size()); ++i) {
        Item& item = m_items[i];
        item.words = m_compact || words || i == shown;
        int itemWidth = bare;
        if (m_compact)
            itemWidth = small.horizontalAdvance(compactText(i)) + 2 * kCompactPad;
        else if (item.words)
            itemWidth = wordsWidth(i);
        // The shown one takes what is left: its words are the ones to read.
        if (!m_compact && !words && i == shown) {
            const int rest = width() - int(m_items.size() - 1) * (bare + kGap);
            itemWidth = std::max(itemWidth, std::min(rest, m_theme->scaled(300)));
            itemWidth = std::max(bare, std::min(itemWidth, width()));
        }
        item.box = QRect(x, 0, itemWidth, height());
        x += itemWidth + kGap;
    }
    m_contentWidth = x - kGap;
    m_offset = std::clamp(m_offset, 0, std::max(0, m_contentWidth - width()));
    if (shown >= 0) {
        const QRect box = m_items[shown].box;
        if (box.left() < m_offset)
            m_offset = box.left();
        else if (box.right() - m_offset >= width())
            m_offset = std::max(0, box.right() + 1 - width());
    }
    update();
}

int VersionStrip::at(const QPoint& point) const
{
    for (qsizetype i = 0; i < m_items.size(); ++i) {
        if (m_items[i].box.translated(-m_offset, 0).contains(point))
            return int(i);
    }
    return -1;
}

void VersionStrip::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(-m_offset, 0);
    for (int i = 0; i < int(m_items.size()); ++i) {
        if (m_compact)
            paintCompact(painter, i);
        else
            paintItem(painter, i);
    }
}

void VersionStrip::paintItem(QPainter& painter, int index) const
{
    const Item& item = m_items[index];
    const VersionCard& card = m_versions[index];
    const bool isShown = card.key == m_shown;
    if (isShown)
        paintBox(painter, item.box, 8, m_theme->color("surface"), m_theme->color("border"));
    else if (index == m_hovered)
        paintBox(painter, item.box, 8, m_theme->color("hover"));
    const QSize size(m_theme->scaled(kPicture.width()), m_theme->scaled(kPicture.height()));
    const QRect place(QPoint(item.box.left() + kInset, (height() - size.height()) / 2), size);
    painter.save();
    QPainterPath rounded;
    rounded.addRoundedRect(place, 5, 5);
    painter.setClipPath(rounded);
    painter.fillRect(place, m_theme->color("stage"));
    if (item.picture.isNull()) {
        QRect mark(0, 0, m_theme->scaled(16), m_theme->scaled(16));
        mark.moveCenter(place.center());
        m_theme->icon(QStringLiteral("image"), "text-tertiary").paint(&painter, mark);
    } else {
        const QSize filled =
            item.picture.size().scaled(place.size(), Qt::KeepAspectRatioByExpanding);
        QRect picture(QPoint(), filled);
        picture.moveCenter(place.center());
        picture.moveTop(place.top());
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawPixmap(picture, item.picture);
    }
    painter.restore();
    painter.setPen(QPen(m_theme->color("border-subtle"), 1));
    painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    if (!item.words)
        return;
    const QFont title = m_theme->font("small", ThemeController::Weight::Medium);
    const QFont detail = m_theme->font("caption");
    const QFontMetrics titleMetrics(title);
    const QFontMetrics detailMetrics(detail);
    QRect words = item.box.adjusted(kInset + size.width() + kWordsGap, 0, -8, 0);
    const int block = titleMetrics.height() + 2 + detailMetrics.height();
    words.setTop((height() - block) / 2);
    painter.setFont(title);
    painter.setPen(m_theme->color("text"));
    painter.drawText(words,
        Qt::AlignLeft | Qt::AlignTop | Qt::TextSingleLine,
        titleMetrics.elidedText(card.label, Qt::ElideRight, words.width()));
    words.setTop(words.top() + titleMetrics.height() + 2);
    painter.setFont(detail);
    painter.setPen(m_theme->color("text-secondary"));
    painter.drawText(words,
        Qt::AlignLeft | Qt::AlignTop | Qt::TextSingleLine,
        detailMetrics.elidedText(tr("v%1").arg(card.number) + QStringLiteral(" · ") + card.time,
            Qt::ElideRight,
            words.width()));
}

void VersionStrip::paintCompact(QPainter& painter, int index) const
{
    const Item& item = m_items[index];
    const bool isShown = m_versions[index].key == m_shown;
    if (isShown)
        paintBox(painter, item.box, 6, m_theme->color("surface"), m_theme->color("border"));
    else if (index == m_hovered)
        paintBox(painter, item.box, 6, m_theme->color("hover"));
    painter.setFont(m_theme->font("small", ThemeController::Weight::Medium));
    painter.setPen(m_theme->color(isShown ? "text" : "text-secondary"));
    painter.drawText(item.box, Qt::AlignCenter | Qt::TextSingleLine, compactText(index));
}

void VersionStrip::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void VersionStrip::mousePressEvent(QMouseEvent* event)
{
    const int index = at(event->pos());
    if (event->button() == Qt::LeftButton && index >= 0)
        Q_EMIT chosen(m_versions[index].key);
    else
        QWidget::mousePressEvent(event);
}

void VersionStrip::mouseMoveEvent(QMouseEvent* event)
{
    const int index = at(event->pos());
    if (index != m_hovered) {
        m_hovered = index;
        update();
    }
}

void VersionStrip::leaveEvent(QEvent* event)
{
    m_hovered = -1;
    update();
    QWidget::leaveEvent(event);
}

void VersionStrip::wheelEvent(QWheelEvent* event)
{
    const int most = std::max(0, m_contentWidth - width());
    const QPoint turn = event->angleDelta();
    m_offset = std::clamp(m_offset - (turn.x() ? turn.x() : turn.y()) / 2, 0, most);
    m_hovered = -1;
    update();
    event->accept();
}

void VersionStrip::keyPressEvent(QKeyEvent* event)
{
    const int step = event->key() == Qt::Key_Left ? -1 : event->key() == Qt::Key_Right ? 1 : 0;
    const int wanted = event->key() == Qt::Key_Home  ? 0
                       : event->key() == Qt::Key_End ? int(m_versions.size()) - 1
                                                     : shownIndex() + step;
    const bool isMove = step != 0 || event->key() == Qt::Key_Home || event->key() == Qt::Key_End;
    if (isMove) {
        if (wanted >= 0 && wanted < int(m_versions.size()) && wanted != shownIndex())
            Q_EMIT chosen(m_versions[wanted].key);
        return;
    }
    QWidget::keyPressEvent(event);
}

void VersionStrip::contextMenuEvent(QContextMenuEvent* event)
{
    const int index =
        event->reason() == QContextMenuEvent::Keyboard ? shownIndex() : at(event->pos());
    if (index >= 0)
        Q_EMIT menuRequested(m_versions[index].key, event->globalPos());
}

bool VersionStrip::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int index = at(help->pos());
        if (index >= 0)
            QToolTip::showText(help->globalPos(), name(index).toHtmlEscaped(), this);
        else
            QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

void VersionStrip::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange) {
        setAccessibleName(tr("Versions"));
        arrange();
    }
    QWidget::changeEvent(event);
}

void VersionStrip::themeChanged()
{
    updateGeometry();
    arrange();
}

} // namespace atelier
