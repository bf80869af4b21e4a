// SPDX-License-Identifier: MIT
#include "ui/conversation/transcript_header.h"

#include "ui/conversation/context_gauge.h"
#include "ui/conversation/model_button.h"
#include "ui/widgets/icon_button.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QMenu>

namespace atelier {
namespace {

constexpr int kGaugeBarFrom = 540; // pixels of transcript; below, the gauge drops its bar

} // namespace

TranscriptHeader::TranscriptHeader(QWidget* parent)
    : QWidget(parent),
      m_sidebar(new IconButton(QStringLiteral("sidebar"))),
      m_newChat(new IconButton(QStringLiteral("new-chat"))),
      m_model(new ModelButton),
      m_cancel(new IconButton(QStringLiteral("close"))),
      m_gauge(new ContextGauge),
      m_inspector(new IconButton(QStringLiteral("sliders"))),
      m_artifact(new IconButton(QStringLiteral("artifact-pane")))
{
    m_cancel->setSide(24);
    m_cancel->hide();
    m_inspector->setCheckable(true);
    m_artifact->setCheckable(true);

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(8);
    layout->addWidget(m_sidebar);
    layout->addWidget(m_newChat);
    layout->addWidget(m_model);
    layout->addWidget(m_cancel);
    layout->addStretch(1);
    layout->addWidget(m_gauge);
    layout->addWidget(m_inspector);
    layout->addWidget(m_artifact);
    setSidebarHidden(false);

    connect(m_sidebar, &QToolButton::clicked, this, &TranscriptHeader::sidebarRequested);
    connect(m_newChat, &QToolButton::clicked, this, &TranscriptHeader::newChatRequested);
    connect(m_model, &QAbstractButton::clicked, this, &TranscriptHeader::openModelMenu);
    connect(m_cancel, &QToolButton::clicked, this, &TranscriptHeader::cancelLoadRequested);
    connect(m_inspector, &QToolButton::clicked, this, &TranscriptHeader::inspectorToggled);
    connect(m_artifact, &QToolButton::clicked, this, &TranscriptHeader::artifactPaneToggled);
    retranslate();
}

void TranscriptHeader::setModelStatus(const ModelStatus& status)
{
    m_model->setStatus(status);
    m_cancel->setVisible(status.state == ModelStatus::State::Loading);
}

void TranscriptHeader::setContextUsage(const ContextUsage& usage)
{
    m_gauge->setUsage(usage);
}

void TranscriptHeader::setSidebarHidden(bool hidden)
{
    m_sidebar->setVisible(hidden);
    m_newChat->setVisible(hidden);
}

void TranscriptHeader::setInspectorOpen(bool open)
{
    m_inspector->setChecked(open);
    retranslate();
}

void TranscriptHeader::setArtifactPaneOpen(bool open)
{
    m_artifact->setChecked(open);
    retranslate();
}

QWidget* TranscriptHeader::firstControl() const
{
    return m_model;
}

void TranscriptHeader::openModelMenu()
{
    const ModelStatus& status = m_model->status();
    // Without a model there is one thing to do, so no menu stands before it.
    if (status.state == ModelStatus::State::None) {
        Q_EMIT openModelRequested();
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction* open = menu->addAction(tr("Open model…"));
    open->setShortcut(QKeySequence::Open);
    connect(open, &QAction::triggered, this, &TranscriptHeader::openModelRequested);
    if (status.state == ModelStatus::State::Loading)
        connect(menu->addAction(tr("Cancel loading")),
            &QAction::triggered,
            this,
            &TranscriptHeader::cancelLoadRequested);
    if (status.state == ModelStatus::State::Ready)
        connect(menu->addAction(tr("Show model facts")),
            &QAction::triggered,
            this,
            &TranscriptHeader::modelFactsRequested);
    menu->popup(m_model->mapToGlobal(QPoint(0, m_model->height() + 4)));
}

void TranscriptHeader::retranslate()
{
    m_sidebar->setLabel(tr("Show sidebar"), QKeySequence(Qt::CTRL | Qt::Key_B));
    m_newChat->setLabel(tr("New chat"), QKeySequence(QKeySequence::New));
    m_cancel->setLabel(tr("Cancel loading"));
    m_inspector->setLabel(tr("Inspector"), QKeySequence(Qt::CTRL | Qt::Key_I));
    m_artifact->setLabel(tr("Artifact pane"), QKeySequence(Qt::CTRL | Qt::Key_J));
}

void TranscriptHeader::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    const int from = m_theme ? m_theme->scaled(kGaugeBarFrom) : kGaugeBarFrom;
    m_gauge->setBarShown(width() > from);
}

void TranscriptHeader::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

void TranscriptHeader::themeChanged()
{
    setFixedHeight(m_theme->scaled(m_theme->pixels("size-header")));
}

} // namespace atelier
