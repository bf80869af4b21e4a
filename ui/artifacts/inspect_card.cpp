// SPDX-License-Identifier: MIT
#include "ui/artifacts/inspect_card.h"

#include "ui/widgets/icon_button.h"
#include "ui/widgets/painting.h"
#include "ui/widgets/segmented_tabs.h"
#include "ui/widgets/text_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

namespace atelier {
namespace {

constexpr int kWidest = 440;       // px at 100 % text
constexpr int kMargin = 12;        // to the stage's edges
constexpr int kShadow = 14;        // around the box, for its shadow
constexpr int kLongestWish = 4000; // characters

} // namespace

InspectCard::InspectCard(QWidget* stage)
    : QWidget(stage),
      m_name(new ElidedLabel),
      m_lines(makeLabel("secondary", "small")),
      m_close(new IconButton(QStringLiteral("close"))),
      m_note(makeLabel("secondary", "small")),
      m_change(new QPushButton),
      m_wish(new QLineEdit),
      m_scope(new SegmentedTabs),
      m_send(new QPushButton)
{
    m_name->setProperty("weight", "semibold");
    m_note->setWordWrap(true);
    m_close->setSide(24);
    m_wish->setMaxLength(kLongestWish);
    m_change->setProperty("kind", "primary");
    m_send->setProperty("kind", "primary");
    for (QPushButton* button : {m_change, m_send})
        button->setProperty("ringRadius", 7);
    for (int i = 0; i < 3; ++i)
        m_scope->addTab(QString());

    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_name, 1);
    head->addWidget(m_lines);
    head->addWidget(m_close);
    auto* begin = new QHBoxLayout;
    begin->addWidget(m_change);
    begin->addStretch(1);
    auto* ask = new QHBoxLayout;
    ask->setSpacing(8);
    ask->addWidget(m_scope);
    ask->addStretch(1);
    ask->addWidget(m_send);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kShadow + 14, kShadow + 8, kShadow + 10, kShadow + 12);
    layout->setSpacing(8);
    layout->addLayout(head);
    layout->addWidget(m_note);
    layout->addLayout(begin);
    layout->addWidget(m_wish);
    layout->addLayout(ask);
    connect(m_close, &QToolButton::clicked, this, &InspectCard::closeRequested);
    connect(m_change, &QPushButton::clicked, this, &InspectCard::askForWish);
    connect(m_wish, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_send->setEnabled(!text.trimmed().isEmpty());
    });
    connect(m_wish, &QLineEdit::returnPressed, this, &InspectCard::send);
    connect(m_send, &QPushButton::clicked, this, &InspectCard::send);
    m_send->setEnabled(false);
    stage->installEventFilter(this);
    setAsking(false);
    retranslate();
    hide();
}

void InspectCard::showElement(const ChosenElement& element, const QRect& box)
{
    m_element = element;
    m_box = box;
    retranslate();
    setAsking(!m_wish->text().isEmpty());
    show();
    raise();
    place();
}

void InspectCard::moveOff(const QRect& box)
{
    m_box = box;
    place();
}

void InspectCard::askForWish()
{
    setAsking(true);
    m_wish->setFocus(Qt::OtherFocusReason);
}

void InspectCard::clear()
{
    hide();
    m_wish->clear();
    m_scope->setCurrentIndex(0);
    setAsking(false);
}

void InspectCard::setAsking(bool asking)
{
    m_change->setVisible(!asking);
    for (QWidget* part : {static_cast<QWidget*>(m_wish),
             static_cast<QWidget*>(m_scope),
             static_cast<QWidget*>(m_send)})
        part->setVisible(asking);
    place();
}

void InspectCard::send()
{
    const QString wish = m_wish->text().trimmed();
    if (!wish.isEmpty())
        Q_EMIT wished(wish, static_cast<ElementWish::Scope>(m_scope->currentIndex()));
}

// At the foot of the stage, or at its head when the element would be under it.
void InspectCard::place()
{
    if (!parentWidget() || isHidden())
        return;
    const QSize stage = parentWidget()->size();
    const int widest = (m_theme ? m_theme->scaled(kWidest) : kWidest) + 2 * kShadow;
    const int width = std::min(widest, stage.width());
    setFixedWidth(width);
    const int height =
        layout()->hasHeightForWidth() ? layout()->heightForWidth(width) : sizeHint().height();
    const int x = (stage.width() - width) / 2;
    const QRect foot(x, stage.height() - height - kMargin + kShadow, width, height);
    const QRect head(x, kMargin - kShadow, width, height);
    const auto covered = [this](const QRect& at) {
        const QRect both = at.adjusted(kShadow, kShadow, -kShadow, -kShadow) & m_box;
        return qint64(both.width()) * both.height();
    };
    setGeometry(covered(foot) > covered(head) ? head : foot);
}

void InspectCard::retranslate()
{
    const ChosenElement& element = m_element;
    m_name->setText(element.name);
    m_lines->setText(element.line == element.lastLine
                         ? tr("Line %1").arg(element.line)
                         : tr("Lines %1 to %2").arg(element.line).arg(element.lastLine));
    m_note->setVisible(element.scripted);
    //: %1: the name of a tag.
    m_note->setText(tr("A script made this, so it is not in the source. The nearest element that "
                       "is written there is <%1>; these are its lines.")
                        .arg(element.written));
    m_note->setTextFormat(Qt::PlainText);
    m_change->setText(tr("Change this…"));
    m_wish->setPlaceholderText(tr("What should change?"));
    m_wish->setAccessibleName(m_wish->placeholderText());
    m_scope->setTabText(0, tr("Only this"));
    m_scope->setTabText(1, tr("Everything like it"));
    m_scope->setTabText(2, tr("The whole artifact"));
    m_scope->setAccessibleName(tr("How much may change"));
    m_send->setText(tr("Send"));
    m_close->setLabel(tr("Stop inspecting"), QKeySequence(Qt::Key_Escape));
    setAccessibleName(element.name);
    setAccessibleDescription(m_lines->text());
}

bool InspectCard::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parent() && event->type() == QEvent::Resize)
        place();
    return QWidget::eventFilter(watched, event);
}

void InspectCard::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    const QRectF box = QRectF(rect()).adjusted(kShadow, kShadow, -kShadow, -kShadow);
    paintShadow(painter, box, 12, m_theme->shadow("shadow-2"));
    paintBox(painter, box, 12, m_theme->color("surface"), m_theme->color("border"));
}

void InspectCard::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
        place();
    }
    QWidget::changeEvent(event);
}

void InspectCard::themeChanged()
{
    QFont mono = m_theme->monoFont();
    m_name->setFont(mono);
    place();
    update();
}

} // namespace atelier
