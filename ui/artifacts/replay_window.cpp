// SPDX-License-Identifier: MIT
#include "ui/artifacts/replay_window.h"

#include "renderers/artifact_view.h"
#include "renderers/code_view.h"
#include "ui/widgets/text_label.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QSlider>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

namespace atelier {
namespace {

constexpr int kSteps = 400;
constexpr int kRest = 120;   // ms
constexpr int kTick = 33;    // ms
constexpr int kPlaying = 12; // s, from the beginning to the end

} // namespace

ReplayWindow::ReplayWindow(ArtifactKind kind,
    const QString& language,
    const QString& name,
    const QString& source,
    const PageAppearance& appearance,
    std::shared_ptr<const OfflineLibrary> library,
    QWidget* parent)
    : QDialog(parent),
      m_kind(kind),
      m_language(language),
      m_source(source),
      m_page(new ArtifactView),
      m_code(new CodeView),
      m_slider(new QSlider(Qt::Horizontal)),
      m_play(new QPushButton(tr("Play"))),
      m_where(makeLabel("secondary", "small"))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("%1, as it was written").arg(name));
    m_page->setLibrary(std::move(library));
    m_page->setAppearance(appearance);
    m_code->setAppearance(appearance);
    auto* both = new QSplitter;
    both->setChildrenCollapsible(false);
    both->addWidget(m_code);
    both->addWidget(m_page);
    m_slider->setRange(0, kSteps);
    m_slider->setValue(kSteps);
    m_slider->setAccessibleName(tr("Moment of the writing"));
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_play);
    foot->addWidget(m_slider, 1);
    foot->addWidget(m_where);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->addWidget(both, 1);
    layout->addLayout(foot);
    resize(1000, 680);
    both->setSizes({400, 600});

    m_rest.setSingleShot(true);
    m_rest.setInterval(kRest);
    connect(&m_rest, &QTimer::timeout, this, &ReplayWindow::showMoment);
    m_playing.setInterval(kTick);
    connect(&m_playing, &QTimer::timeout, this, [this] {
        const int step = std::max(1, kSteps * kTick / (kPlaying * 1000));
        m_slider->setValue(m_slider->value() + step);
        showMoment();
        if (m_slider->value() >= kSteps)
            play(false);
    });
    connect(m_slider, &QSlider::valueChanged, this, [this] {
        if (!m_playing.isActive())
            m_rest.start();
    });
    connect(m_play, &QPushButton::clicked, this, [this] { play(!m_playing.isActive()); });
    showMoment();
}

ReplayWindow::~ReplayWindow() = default;

void ReplayWindow::play(bool on)
{
    if (on && m_slider->value() >= kSteps)
        m_slider->setValue(0);
    if (on)
        m_playing.start();
    else
        m_playing.stop();
    m_play->setText(on ? tr("Pause") : tr("Play"));
}

// Forward the page grows as it did; back it begins anew.
void ReplayWindow::showMoment()
{
    m_rest.stop();
    qsizetype wanted = m_source.size() * m_slider->value() / kSteps;
    if (wanted > 0 && wanted < m_source.size() && m_source[wanted].isLowSurrogate())
        ++wanted;
    if (wanted == m_shown)
        return;
    if (m_shown < 0 || wanted < m_shown) {
        m_page->begin(m_kind);
        m_code->begin(m_language);
        m_shown = 0;
    }
    const QString more = m_source.mid(m_shown, wanted - m_shown);
    m_page->append(more);
    m_code->append(more);
    m_shown = wanted;
    const QLocale locale;
    m_where->setText(
        tr("%1 of %2 characters")
            .arg(locale.toString(qlonglong(m_shown)), locale.toString(qlonglong(m_source.size()))));
}

} // namespace atelier
