// SPDX-License-Identifier: MIT
#include "ui/conversation/empty_chat.h"

#include "ui/widgets/painting.h"
#include "ui/widgets/text_label.h"

#include <QAbstractButton>
#include <QEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace atelier {

class SuggestionButton final : public QAbstractButton, public Themed
{
public:
    explicit SuggestionButton(const QString& icon) : m_icon(icon)
    {
        setFocusPolicy(Qt::StrongFocus);
        setProperty("ringRadius", 9);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }

    QSize sizeHint() const override { return {360, m_theme ? m_theme->scaled(34) : 34}; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        if (!m_theme)
            return;
        QPainter painter(this);
        const QColor fill = m_theme->color(isDown() ? "pressed" : "hover");
        paintBox(painter,
            rect(),
            9,
            underMouse() || isDown() ? fill : QColor(),
            m_theme->color("border"));
        const int side = m_theme->scaled(16);
        m_theme->icon(m_icon).paint(&painter, QRect(12, (height() - side) / 2, side, side));
        painter.setFont(m_theme->font("body"));
        painter.setPen(m_theme->color("text"));
        const QRect area = rect().adjusted(12 + side + 10, 0, -12, 0);
        painter.drawText(area,
            Qt::AlignVCenter | Qt::AlignLeft,
            painter.fontMetrics().elidedText(text(), Qt::ElideRight, area.width()));
    }

    void themeChanged() override
    {
        updateGeometry();
        update();
    }

private:
    QString m_icon;
};

EmptyChat::EmptyChat(QWidget* parent) : QWidget(parent), m_question(makeLabel("", "heading"))
{
    auto* column = new QWidget;
    column->setMaximumWidth(520);
    auto* inner = new QVBoxLayout(column);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(6);
    inner->addWidget(m_question);
    inner->addSpacing(8);
    for (const QString& icon :
        {QStringLiteral("image"), QStringLiteral("code"), QStringLiteral("brush")}) {
        auto* suggestion = new SuggestionButton(icon);
        inner->addWidget(suggestion);
        m_suggestions.append(suggestion);
        connect(suggestion, &QAbstractButton::clicked, this, [this, suggestion] {
            Q_EMIT suggestionChosen(suggestion->text());
        });
    }

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->addStretch(2);
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(column, 100);
    row->addStretch(1);
    layout->addLayout(row);
    layout->addStretch(3);
    retranslate();
}

void EmptyChat::retranslate()
{
    m_question->setText(tr("What shall we make?"));
    // Things the bundled model was trained for; larger models draw them too.
    const QStringList texts = {
        tr("Draw a red circle inside a blue square"),
        tr("Build a teal to-do list titled \"Quiet Garden\""),
        //: A request in the other language, to show that it works: Chinese in an English interface.
        tr("画一座房子，墙用珊瑚色，屋顶用灰色，门是绿色"),
    };
    for (qsizetype i = 0; i < m_suggestions.size(); ++i) {
        m_suggestions[i]->setText(texts[i]);
        m_suggestions[i]->setAccessibleName(texts[i]);
        m_suggestions[i]->setToolTip(tr("Put this into the message"));
    }
}

void EmptyChat::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

} // namespace atelier
