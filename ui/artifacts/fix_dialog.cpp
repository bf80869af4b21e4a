// SPDX-License-Identifier: MIT
#include "ui/artifacts/fix_dialog.h"

#include "ui/widgets/text_label.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace atelier {

FixDialog::FixDialog(const QString& message, QWidget* parent)
    : QDialog(parent),
      m_text(new QPlainTextEdit(message)),
      m_send(new QPushButton(tr("Send")))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Ask GLM-4 to fix it"));
    auto* about = makeLabel("secondary");
    about->setText(tr("This is what will be sent, word for word. The answer becomes the next "
                      "version; it is shown only if it has fewer problems."));
    about->setWordWrap(true);
    m_text->setProperty("mono", true);
    m_text->setAccessibleName(tr("Message to the model"));
    m_text->setTabChangesFocus(true);
    m_send->setProperty("kind", "primary");
    m_send->setDefault(true);
    auto* cancel = new QPushButton(tr("Cancel"));
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_send);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 18, 20, 18);
    layout->setSpacing(12);
    layout->addWidget(about);
    layout->addWidget(m_text, 1);
    layout->addLayout(buttons);
    resize(620, 460);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_send, &QPushButton::clicked, this, [this] {
        Q_EMIT sendRequested(m_text->toPlainText());
        accept();
    });
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
        m_send->setEnabled(!m_text->toPlainText().trimmed().isEmpty());
    });
}

} // namespace atelier
