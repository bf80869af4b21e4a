// SPDX-License-Identifier: MIT
#include "ui/artifacts/stage_toolbar.h"

#include "ui/widgets/icon_button.h"
#include "ui/widgets/painting.h"
#include "ui/widgets/segmented_tabs.h"
#include "ui/widgets/text_label.h"

#include <QActionGroup>
#include <QButtonGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

namespace atelier {
namespace {

struct Viewport
{
    int width; // CSS pixels, 0: fit
    int height;
    const char* icon;
};

constexpr std::array<Viewport, 4> kViewports = {
    {{0, 0, "fit"}, {1280, 800, "desktop"}, {768, 1024, "tablet"}, {390, 844, "phone"}}};
constexpr std::array<int, 6> kZooms = {50, 75, 100, 125, 150, 200}; // percent
constexpr int kTabs = 4;

/// The row of width buttons on its shared background.
class SegmentFrame final : public QWidget, public Themed
{
public:
    SegmentFrame()
    {
        auto* layout = new QHBoxLayout(this);
        layout->setContentsMargins(2, 2, 2, 2);
        layout->setSpacing(1);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        if (!m_theme)
            return;
        QPainter painter(this);
        paintBox(painter, rect(), 7, m_theme->color("hover"));
    }

    void themeChanged() override { update(); }
};

} // namespace

StageToolbar::StageToolbar(QWidget* parent)
    : QWidget(parent),
      m_tabs(new SegmentedTabs),
      m_widths(new QButtonGroup(this)),
      m_size(makeLabel("secondary", "small")),
      m_inspect(new IconButton(QStringLiteral("inspect"))),
      m_camera(new IconButton(QStringLiteral("camera"))),
      m_more(new IconButton(QStringLiteral("more")))
{
    m_camera->setEnabled(false);
    m_inspect->setCheckable(true);
    m_inspect->setEnabled(false);
    for (int i = 0; i < kTabs; ++i)
        m_tabs->addTab(QString());
    m_frame = new SegmentFrame;
    for (const Viewport& viewport : kViewports) {
        auto* button = new IconButton(QLatin1String(viewport.icon), IconButton::Look::Segment);
        m_widths->addButton(button, viewport.width);
        m_frame->layout()->addWidget(button);
    }
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(10, 0, 10, 6);
    layout->setSpacing(6);
    layout->addWidget(m_tabs);
    layout->addStretch(1);
    layout->addWidget(m_size);
    layout->addWidget(m_frame);
    layout->addWidget(m_inspect);
    layout->addWidget(m_camera);
    layout->addWidget(m_more);
    connect(m_tabs, &QTabBar::currentChanged, this, &StageToolbar::tabChanged);
    connect(m_widths, &QButtonGroup::idClicked, this, &StageToolbar::setViewportWidth);
    connect(m_camera, &QToolButton::clicked, this, &StageToolbar::screenshotRequested);
    connect(m_inspect, &QToolButton::clicked, this, &StageToolbar::inspectRequested);
    connect(m_more, &QToolButton::clicked, this, [this] {
        makeMenu()->popup(m_more->mapToGlobal(QPoint(0, m_more->height() + 2)));
    });
    setViewportWidth(0);
    retranslate();
}

void StageToolbar::setTab(Tab tab)
{
    m_tabs->setCurrentIndex(static_cast<int>(tab));
}

StageToolbar::Tab StageToolbar::tab() const
{
    return static_cast<Tab>(m_tabs->currentIndex());
}

void StageToolbar::setProblems(int problems)
{
    m_tabs->setCount(static_cast<int>(Tab::Console), problems);
}

void StageToolbar::setStageEnabled(bool enabled)
{
    m_stageEnabled = enabled;
    for (QAbstractButton* button : m_widths->buttons())
        button->setEnabled(enabled);
    m_camera->setEnabled(enabled);
}

void StageToolbar::setArtifactShown(bool shown)
{
    m_artifactShown = shown;
}

void StageToolbar::setBrowserEnabled(bool enabled)
{
    m_browserEnabled = enabled;
}

void StageToolbar::setInspectable(bool possible, const QString& why)
{
    m_inspect->setEnabled(possible);
    m_whyNot = why;
    retranslate();
}

void StageToolbar::setInspecting(bool inspecting)
{
    m_inspect->setChecked(inspecting);
}

void StageToolbar::setDrawerOpen(bool open)
{
    m_drawerOpen = open;
}

void StageToolbar::setPoppedOut(bool out)
{
    m_poppedOut = out;
}

void StageToolbar::setViewportWidth(int cssPixels)
{
    if (QAbstractButton* button = m_widths->button(cssPixels))
        button->setChecked(true);
    if (cssPixels == 0)
        m_rotated = false;
    showSize();
}

int StageToolbar::viewportWidth() const
{
    return std::max(0, m_widths->checkedId());
}

void StageToolbar::setRotated(bool rotated)
{
    m_rotated = rotated && viewportWidth() > 0;
    showSize();
}

void StageToolbar::setZoom(double zoom)
{
    m_zoom = std::clamp(zoom, 0.5, 2.0);
    showSize();
}

int StageToolbar::stageWidth() const
{
    for (const Viewport& viewport : kViewports) {
        if (viewport.width == viewportWidth())
            return m_rotated ? viewport.height : viewport.width;
    }
    return 0;
}

void StageToolbar::showSize()
{
    QStringList words;
    if (const int width = stageWidth())
        words << QString::number(width);
    if (m_zoom != 1)
        words << QStringLiteral("%1 %").arg(std::lround(m_zoom * 100));
    m_size->setText(words.join(QStringLiteral(" · ")));
    m_size->setVisible(!words.isEmpty());
    makeRoom();
    Q_EMIT stageChanged();
}

void StageToolbar::focusTabs()
{
    m_tabs->setFocus(Qt::ShortcutFocusReason);
}

QMenu* StageToolbar::makeMenu()
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString& text, bool enabled, auto&& run) {
        QAction* action = menu->addAction(text);
        action->setEnabled(enabled);
        connect(action, &QAction::triggered, this, std::forward<decltype(run)>(run));
        return action;
    };
    QAction* reload = add(tr("Reload"), m_artifactShown, [this] { Q_EMIT reloadRequested(); });
    reload->setShortcut(Qt::CTRL | Qt::Key_R); // shown; the window's own entry has it
    reload->setShortcutContext(Qt::WidgetShortcut);
    const bool sized = m_stageEnabled && viewportWidth() > 0;
    QAction* rotate =
        add(tr("Turn the screen on its side"), sized, [this](bool on) { setRotated(on); });
    rotate->setCheckable(true);
    rotate->setChecked(m_rotated);
    QMenu* zooms = menu->addMenu(tr("Zoom"));
    zooms->setEnabled(m_stageEnabled);
    auto* group = new QActionGroup(zooms);
    for (const int percent : kZooms) {
        QAction* zoom = zooms->addAction(QStringLiteral("%1 %").arg(percent));
        zoom->setCheckable(true);
        zoom->setChecked(std::lround(m_zoom * 100) == percent);
        group->addAction(zoom);
        connect(zoom, &QAction::triggered, this, [this, percent] { setZoom(percent / 100.0); });
    }
    menu->addSeparator();
    QAction* inspect = add(tr("Inspect element"), m_inspect->isEnabled(), [this](bool on) {
        Q_EMIT inspectRequested(on);
    });
    inspect->setCheckable(true);
    inspect->setChecked(m_inspect->isChecked());
    add(tr("Add a picture of it to the message"), m_camera->isEnabled(), [this] {
        Q_EMIT screenshotRequested();
    });
    add(tr("Copy a picture of it"), m_artifactShown, [this] { Q_EMIT pictureRequested(); });
    add(tr("Open in a browser…"), m_artifactShown && m_browserEnabled, [this] {
        Q_EMIT browserRequested();
    });
    menu->addSeparator();
    QAction* drawer = add(tr("Console below the stage"),
        m_artifactShown && tab() != Tab::Console,
        [this](bool on) { Q_EMIT drawerRequested(on); });
    drawer->setCheckable(true);
    drawer->setChecked(m_drawerOpen);
    add(m_poppedOut ? tr("Back into the main window") : tr("Into a window of its own"),
        true,
        [this] { Q_EMIT popOutRequested(!m_poppedOut); });
    return menu;
}

void StageToolbar::retranslate()
{
    m_tabs->setAccessibleName(tr("Artifact views"));
    const std::array<QString, kTabs> names = {
        tr("Preview"), tr("Code"), tr("Split"), tr("Console")};
    for (int i = 0; i < kTabs; ++i) {
        const QString& name = names[static_cast<size_t>(i)];
        m_tabs->setTabText(i, name);
        m_tabs->setTabToolTip(i,
            labelWithShortcut(name, QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + i))));
    }
    for (const Viewport& viewport : kViewports) {
        static_cast<IconButton*>(m_widths->button(viewport.width))
            ->setLabel(viewport.width == 0 ? tr("Fit the pane")
                                           : tr("%1 pixels wide").arg(viewport.width));
    }
    m_inspect->setLabel(tr("Inspect element"));
    if (!m_inspect->isEnabled() && !m_whyNot.isEmpty())
        m_inspect->setToolTip(m_inspect->accessibleName() + QLatin1Char('\n') + m_whyNot);
    m_camera->setLabel(tr("Add a picture of it to the message"));
    m_more->setLabel(tr("More"));
}

// In a narrow pane these two are in the menu only.
void StageToolbar::makeRoom()
{
    const QMargins margins = layout()->contentsMargins();
    const int gap = layout()->spacing();
    int needed = margins.left() + margins.right() + m_tabs->sizeHint().width() + gap +
                 m_frame->sizeHint().width() + gap + m_more->sizeHint().width() + gap;
    if (m_size->isVisibleTo(this))
        needed += m_size->sizeHint().width() + gap;
    for (IconButton* button : {m_inspect, m_camera}) {
        needed += button->sizeHint().width() + gap;
        button->setVisible(needed <= width());
    }
}

void StageToolbar::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    makeRoom();
}

void StageToolbar::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
        makeRoom();
    }
    QWidget::changeEvent(event);
}

void StageToolbar::themeChanged()
{
    setFixedHeight(m_theme->scaled(m_theme->pixels("size-toolbar")));
    makeRoom();
}

} // namespace atelier
