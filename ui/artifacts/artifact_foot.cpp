// SPDX-License-Identifier: MIT
#include "ui/artifacts/artifact_foot.h"

#include "renderers/artifact_kind.h"
#include "ui/artifacts/version_strip.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/number_text.h"
#include "ui/widgets/painting.h"
#include "ui/widgets/text_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <algorithm>

namespace atelier {
namespace {

constexpr int kFilmHeight = 76; // at 100 % text

} // namespace

ArtifactFoot::ArtifactFoot(QWidget* parent)
    : QFrame(parent),
      m_kinds(new QStackedWidget),
      m_pulse(new QLabel),
      m_state(new ElidedLabel),
      m_size(makeLabel("secondary", "small")),
      m_strip(new VersionStrip),
      m_back(new QPushButton),
      m_more(new IconButton(QStringLiteral("more")))
{
    setObjectName(QStringLiteral("strip"));
    m_state->setProperty("textSize", "small");
    m_state->setProperty("tone", "secondary");
    m_back->setProperty("kind", "quiet");
    m_more->setSide(24);

    auto* line = new QWidget;
    auto* lineLayout = new QHBoxLayout(line);
    lineLayout->setContentsMargins(14, 0, 12, 0);
    lineLayout->setSpacing(8);
    lineLayout->addWidget(m_pulse);
    lineLayout->addWidget(m_state, 1);
    lineLayout->addWidget(m_size);
    auto* film = new QWidget;
    auto* filmLayout = new QHBoxLayout(film);
    filmLayout->setContentsMargins(14, 0, 8, 0);
    filmLayout->setSpacing(8);
    filmLayout->addWidget(m_strip, 1);
    filmLayout->addWidget(m_back);
    filmLayout->addWidget(m_more);
    m_kinds->addWidget(line);
    m_kinds->addWidget(film);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_kinds);

    connect(m_strip, &VersionStrip::chosen, this, &ArtifactFoot::versionChosen);
    connect(m_strip, &VersionStrip::menuRequested, this, &ArtifactFoot::openMenu);
    connect(m_back, &QPushButton::clicked, this, [this] { Q_EMIT versionChosen(m_lastThatRan); });
    connect(m_more, &QToolButton::clicked, this, [this] {
        openMenu(m_strip->shown(), m_more->mapToGlobal(QPoint(0, 0)));
    });
    refresh();
}

void ArtifactFoot::setHeader(const ArtifactHeader& header)
{
    m_artifact = header;
    refresh();
}

void ArtifactFoot::setVersions(const QList<VersionCard>& versions, const QString& shown)
{
    m_strip->setVersions(versions, shown);
    refresh();
}

void ArtifactFoot::setFailed(bool failed, const QString& lastThatRan)
{
    m_failed = failed;
    m_lastThatRan = lastThatRan;
    refresh();
}

bool ArtifactFoot::showsFilm() const
{
    return m_artifact.badge == ArtifactHeader::Badge::None && !m_strip->versions().isEmpty();
}

void ArtifactFoot::refresh()
{
    setVisible(!m_artifact.type.isEmpty());
    const bool draft = m_artifact.badge == ArtifactHeader::Badge::Draft;
    m_pulse->setVisible(draft);
    QString state = tr("Version %1").arg(m_artifact.version);
    if (draft && m_artifact.type == artifactKindName(ArtifactKind::Html))
        state = tr("Version %1, drafting. Scripts run when the page is complete.")
                    .arg(m_artifact.version);
    else if (draft)
        state = tr("Version %1, drafting.").arg(m_artifact.version);
    else if (m_artifact.badge == ArtifactHeader::Badge::CutOff)
        state = tr("Version %1, cut off. Scripts did not run.").arg(m_artifact.version);
    else if (m_artifact.badge == ArtifactHeader::Badge::Stopped)
        state = tr("Version %1, stopped. Scripts did not run.").arg(m_artifact.version);
    m_state->setText(state);
    m_size->setText(tr("%n line(s)", nullptr, m_artifact.lines) + QStringLiteral(" · ") +
                    fileSize(m_artifact.bytes));

    const bool compact = m_failed && m_strip->versions().size() > 1;
    m_strip->setCompact(compact, m_lastThatRan);
    const auto& versions = m_strip->versions();
    const auto last = std::find_if(versions.begin(), versions.end(), [this](const VersionCard& v) {
        return v.key == m_lastThatRan;
    });
    const bool canGoBack = compact && last != versions.end() && m_lastThatRan != m_strip->shown();
    m_back->setVisible(canGoBack);
    if (canGoBack)
        m_back->setText(tr("Go back to v%1").arg(last->number));
    m_more->setLabel(tr("What to do with this version"));
    m_kinds->setCurrentIndex(showsFilm() ? 1 : 0);
    if (m_theme) {
        const bool high = showsFilm() && !compact;
        setFixedHeight(m_theme->scaled(high ? kFilmHeight : m_theme->pixels("size-header")));
    }
}

void ArtifactFoot::openMenu(const QString& key, const QPoint& at)
{
    const auto& versions = m_strip->versions();
    const auto found = std::find_if(
        versions.begin(), versions.end(), [&](const VersionCard& card) { return card.key == key; });
    if (found == versions.end())
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction* show = menu->addAction(tr("Show version %1").arg(found->number));
    show->setEnabled(key != m_strip->shown());
    connect(show, &QAction::triggered, this, [this, key] { Q_EMIT versionChosen(key); });
    QAction* restore = menu->addAction(tr("Restore this version"));
    restore->setEnabled(key != versions.last().key);
    connect(restore, &QAction::triggered, this, [this, key] { Q_EMIT restoreRequested(key); });
    menu->addSeparator();
    QMenu* compare = menu->addMenu(tr("Compare with"));
    compare->setEnabled(versions.size() > 1);
    for (const VersionCard& other : versions) {
        if (other.key == key)
            continue;
        const bool older = other.number < found->number;
        const QString before = older ? other.key : key;
        const QString after = older ? key : other.key;
        connect(compare->addAction(tr("Version %1, %2").arg(other.number).arg(other.label)),
            &QAction::triggered,
            this,
            [this, before, after] { Q_EMIT compareRequested(before, after); });
    }
    connect(menu->addAction(tr("Replay the writing")), &QAction::triggered, this, [this, key] {
        Q_EMIT replayRequested(key);
    });
    menu->popup(at - QPoint(0, menu->sizeHint().height()));
}

void ArtifactFoot::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        refresh();
    QFrame::changeEvent(event);
}

void ArtifactFoot::themeChanged()
{
    QPixmap dot(QSize(14, 14) * devicePixelRatio());
    dot.setDevicePixelRatio(devicePixelRatio());
    dot.fill(Qt::transparent);
    QPainter painter(&dot);
    paintBox(painter, QRectF(0, 0, 14, 14), 7, m_theme->color("accent-soft"));
    paintBox(painter, QRectF(3, 3, 8, 8), 4, m_theme->color("accent"));
    painter.end();
    m_pulse->setPixmap(dot);
    refresh();
}

} // namespace atelier
