// SPDX-License-Identifier: MIT
#include "ui/conversation/composer.h"

#include "ui/conversation/composer_edit.h"
#include "ui/conversation/picture_chip.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/number_text.h"
#include "ui/widgets/painting.h"
#include "ui/widgets/text_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace atelier {
namespace {

constexpr int kShadowMargin = 8; // room around the box for its shadow
constexpr double kRadius = 14;

} // namespace

Composer::Composer(QWidget* parent)
    : QWidget(parent),
      m_picture(new PictureChip),
      m_edit(new ComposerEdit(this)),
      m_attach(new IconButton(QStringLiteral("plus"))),
      m_count(makeLabel("tertiary", "caption")),
      m_speed(makeLabel("secondary", "small")),
      m_send(new IconButton(QStringLiteral("send"), IconButton::Look::Solid))
{
    m_send->setSide(30);
    m_speed->setAlignment(Qt::AlignRight | Qt::AlignVCenter);

    auto* row = new QHBoxLayout;
    row->setContentsMargins(8, 4, 8, 8);
    row->setSpacing(4);
    row->addWidget(m_attach);
    row->addStretch();
    row->addWidget(m_count);
    row->addSpacing(2);
    row->addWidget(m_speed);
    row->addSpacing(4);
    row->addWidget(m_send);

    auto* text = new QVBoxLayout;
    text->setContentsMargins(14, 12, 10, 4);
    text->setSpacing(8);
    text->addWidget(m_picture);
    text->addWidget(m_edit);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kShadowMargin, kShadowMargin, kShadowMargin, kShadowMargin);
    layout->setSpacing(0);
    layout->addLayout(text);
    layout->addLayout(row);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusProxy(m_edit);

    connect(m_picture, &PictureChip::removeRequested, this, [this] {
        m_picture->clear();
        focusText();
    });
    connect(m_picture, &PictureChip::sendWithoutRequested, this, [this] {
        m_picture->clear();
        focusText();
        submit();
    });
    connect(m_edit, &ComposerEdit::submitted, this, &Composer::submit);
    connect(m_edit, &ComposerEdit::previousRequested, this, &Composer::editLastRequested);
    connect(m_edit, &QPlainTextEdit::textChanged, this, [this] {
        updateState();
        Q_EMIT draftChanged(this->text());
    });
    connect(m_attach, &QToolButton::clicked, this, &Composer::attachRequested);
    connect(m_send, &QToolButton::clicked, this, [this] {
        if (isRunning())
            Q_EMIT stopRequested();
        else
            submit();
    });
    retranslate();
}

Composer::~Composer() = default;

QString Composer::text() const
{
    return m_edit->toPlainText();
}

void Composer::setText(const QString& text)
{
    m_edit->setPlainText(text);
    m_edit->moveCursor(QTextCursor::End);
}

void Composer::clear()
{
    m_edit->clear();
    m_tokens = -1;
    updateState();
}

void Composer::focusText()
{
    m_edit->setFocus(Qt::OtherFocusReason);
}

bool Composer::hasFocusInside() const
{
    const QWidget* focus = focusWidget();
    return focus && focus->hasFocus();
}

void Composer::insertBlock(const QString& block)
{
    QTextCursor cursor = m_edit->textCursor();
    cursor.movePosition(QTextCursor::End);
    if (!m_edit->document()->isEmpty())
        cursor.insertText(QStringLiteral("\n\n"));
    cursor.insertText(block);
    cursor.insertText(QStringLiteral("\n"));
    m_edit->setTextCursor(cursor);
    focusText();
}

void Composer::setWritingStatus(const WritingStatus& status)
{
    m_status = status;
    updateState();
}

void Composer::setTokenCount(int tokens, int limit)
{
    m_tokens = tokens;
    m_limit = limit;
    updateState();
}

void Composer::setModelAvailable(bool available)
{
    m_modelAvailable = available;
    updateState();
}

void Composer::setChatStarted(bool started)
{
    m_chatStarted = started;
    updateState();
}

void Composer::setDropTarget(bool target)
{
    m_dropTarget = target;
    update();
}

void Composer::submit()
{
    if (!m_modelAvailable && !isRunning())
        Q_EMIT modelNeeded();
    else if (text().trimmed().isEmpty())
        return;
    else if (!m_picture->picture().isNull())
        m_picture->refuse();
    else
        Q_EMIT sendRequested(text());
}

void Composer::attachPicture(const QImage& picture, const QString& of)
{
    m_picture->setPicture(picture, of);
    focusText();
}

void Composer::updateState()
{
    using State = WritingStatus::State;
    const bool empty = text().trimmed().isEmpty();
    QString placeholder;
    if (m_status.state == State::LoadingModel)
        placeholder = tr("Write the first message while the model loads");
    else if (isRunning())
        placeholder = tr("Write the next message while this one finishes");
    else if (!m_modelAvailable)
        placeholder = tr("Open a model to start");
    else
        placeholder = m_chatStarted ? tr("Ask for a change, or start something new")
                                    : tr("Describe a picture or a page");
    m_edit->setPlaceholderText(placeholder);

    m_send->setIconName(isRunning() ? QStringLiteral("stop") : QStringLiteral("send"));
    if (isRunning())
        m_send->setLabel(tr("Stop"), QKeySequence(Qt::Key_Escape));
    else
        m_send->setLabel(m_modelAvailable ? tr("Send") : tr("Open a model"),
            m_modelAvailable ? QKeySequence(Qt::Key_Return) : QKeySequence());
    // Without a model the button opens one, so it stays usable.
    m_send->setEnabled(isRunning() || !m_modelAvailable || !empty);

    const bool writing = m_status.state == State::Writing && m_status.tokensPerSecond > 0;
    m_speed->setVisible(isRunning());
    m_speed->setText(writing ? tr("%1 tok/s").arg(m_status.tokensPerSecond, 0, 'f', 1) : QString());

    const bool tooLong = m_tokens > 0 && m_limit > 0 && m_tokens > m_limit;
    m_count->setVisible(m_tokens > 0 && !empty);
    m_count->setText(
        tooLong ? tr("%1 of %2 in this message").arg(tokensLong(m_tokens), tokensLong(m_limit))
                : tr("%1 in this message").arg(tokensShort(m_tokens)));
    m_count->setAccessibleName(tr("%1 tokens in this message").arg(tokensLong(m_tokens)));
    setTone(*m_count, tooLong ? "danger" : "tertiary");

    update();
}

void Composer::retranslate()
{
    m_edit->setAccessibleName(tr("Message"));
    m_attach->setLabel(tr("Add a text file"));
    reserveSpeed();
    updateState();
}

void Composer::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    const QRectF box =
        QRectF(rect()).adjusted(kShadowMargin, kShadowMargin, -kShadowMargin, -kShadowMargin);
    paintShadow(painter, box, kRadius, m_theme->shadow("shadow-2"));
    const bool outlined = m_dropTarget || m_edit->hasFocus();
    paintBox(painter,
        box,
        kRadius,
        m_theme->color("surface"),
        m_theme->color(m_dropTarget ? "accent"
                       : outlined   ? "focus"
                                    : "border"),
        outlined ? 2 : 1);
}

void Composer::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

void Composer::mousePressEvent(QMouseEvent* event)
{
    // A click anywhere in the box means the text.
    focusText();
    event->accept();
}

// A fixed width, so the numbers do not push anything while they change.
void Composer::reserveSpeed()
{
    if (!m_theme)
        return;
    const QFontMetrics metrics(m_theme->font("small"));
    m_speed->setMinimumWidth(
        metrics.horizontalAdvance(tr("%1 tok/s").arg(QStringLiteral("888.8"))));
}

void Composer::themeChanged()
{
    reserveSpeed();
    update();
}

} // namespace atelier
