// SPDX-License-Identifier: MIT
#include "ui/main_window/column_area.h"

#include "ui/main_window/divider.h"
#include "ui/widgets/painting.h"
#include "ui/widgets/segmented_tabs.h"

#include <QEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QVariantAnimation>
#include <algorithm>
#include <cmath>
#include <utility>

namespace atelier {
namespace {

constexpr int kShadowWidth = 24;

// tokens.css, ease-enter: cubic-bezier(0.05, 0.7, 0.1, 1).
QEasingCurve easeEnter()
{
    QEasingCurve curve(QEasingCurve::BezierSpline);
    curve.addCubicBezierSegment({0.05, 0.7}, {0.1, 1}, {1, 1});
    return curve;
}

/// The soft edge beside a floating column; it takes no clicks.
class EdgeShadow final : public QWidget, public Themed
{
public:
    EdgeShadow(bool leftOfColumn, QWidget* parent) : QWidget(parent), m_left(leftOfColumn)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        hide();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        if (!m_theme)
            return;
        QPainter painter(this);
        QLinearGradient fade(0, 0, width(), 0);
        QColor dark = m_theme->shadow("shadow-3").value(0).color;
        QColor clear = dark;
        clear.setAlpha(0);
        fade.setColorAt(m_left ? 1 : 0, dark);
        fade.setColorAt(m_left ? 0 : 1, clear);
        painter.fillRect(rect(), fade);
        painter.fillRect(QRect(m_left ? width() - 1 : 0, 0, 1, height()), m_theme->color("border"));
    }

    void themeChanged() override { update(); }

private:
    bool m_left;
};

/// Dims what lies under the sidebar's drawer.
class Scrim final : public QWidget, public Themed
{
public:
    explicit Scrim(QWidget* parent) : QWidget(parent) { hide(); }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        if (m_theme)
            painter.fillRect(rect(), m_theme->color("scrim"));
    }

    void themeChanged() override { update(); }
};

} // namespace

ColumnArea::ColumnArea(const Columns& columns, QWidget* parent)
    : QWidget(parent),
      m_columns(columns),
      m_placeholder(new QWidget(this)),
      m_tabs(new SegmentedTabs(this)),
      m_scrim(new Scrim(this)),
      m_sidebarShadow(new EdgeShadow(false, this)),
      m_inspectorShadow(new EdgeShadow(true, this)),
      m_slide(new QVariantAnimation(this))
{
    m_slide->setStartValue(1.0);
    m_slide->setEndValue(0.0);
    m_slide->setEasingCurve(easeEnter());
    connect(m_slide, &QVariantAnimation::valueChanged, this, &ColumnArea::placeArtifact);
    m_placeholder->hide();
    // The order of creation is the order of the Tab key (ux.md 9).
    for (QWidget* column :
        {columns.sidebar, columns.transcript, columns.artifact, columns.inspector})
        column->setParent(this);
    for (int i = 0; i < LineCount; ++i) {
        const auto line = static_cast<Line>(i);
        auto* divider = new Divider(this);
        m_lines[static_cast<size_t>(i)] = divider;
        connect(divider, &Divider::grabbed, this, [this] { m_grabbed = m_arrangement; });
        connect(divider, &Divider::moved, this, [this, line](int distance) {
            moveLine(line, distance);
        });
        connect(divider, &Divider::resetRequested, this, [this, line] { resetLine(line); });
    }
    m_tabs->addTab(QString());
    m_tabs->addTab(QString());
    connect(m_tabs, &QTabBar::currentChanged, this, [this] { arrange(); });
    retranslate();
}

void ColumnArea::setState(const ColumnState& state)
{
    m_state = state;
    arrange();
}

bool ColumnArea::isSidebarShown() const
{
    return m_columns.sidebar->isVisibleTo(this);
}

bool ColumnArea::isInspectorOpen() const
{
    return choice().inspectorOpen;
}

void ColumnArea::toggleSidebar()
{
    if (m_arrangement.sidebar > 0) {
        choice().sidebarOpen = false;
    } else if (m_sidebarDrawer) {
        m_sidebarDrawer = false;
    } else {
        choice().sidebarOpen = true;
        m_sidebarDrawer = !m_arrangement.sidebarWouldFit;
    }
    arrange();
    if (m_sidebarDrawer)
        m_columns.sidebar->setFocus();
    Q_EMIT stateChanged();
}

void ColumnArea::setInspectorOpen(bool open)
{
    if (choice().inspectorOpen == open)
        return;
    choice().inspectorOpen = open;
    arrange();
    Q_EMIT stateChanged();
}

void ColumnArea::setArtifactOpen(bool open)
{
    const bool opens = open && !m_artifactOpen;
    m_artifactOpen = open;
    if (!open) {
        m_artifactFills = false;
        m_slide->stop();
    }
    m_tabs->setCurrentIndex(open ? 1 : 0);
    arrange();
    if (opens)
        startSlide();
}

bool ColumnArea::isSliding() const
{
    return m_slide->state() == QAbstractAnimation::Running;
}

// Not where the system asks for less motion: the duration is 0 then.
void ColumnArea::startSlide()
{
    const int duration = m_theme ? m_theme->pixels("duration-base") : 0;
    if (!isVisible() || m_arrangement.tabs || duration <= 0)
        return;
    m_slide->setDuration(duration);
    m_slide->start();
    placeArtifact();
}

void ColumnArea::placeArtifact()
{
    const ColumnArrangement& a = m_arrangement;
    if (!m_artifactOpen || a.tabs || m_artifactFills)
        return;
    const double left = isSliding() ? m_slide->currentValue().toDouble() : 0;
    const int x = a.sidebar + a.transcript + int(std::lround(left * a.artifact));
    m_columns.artifact->move(x, 0);
    placeLine(ArtifactLine, x);
    if (!isSliding())
        return;
    QWidget* line = m_lines[InspectorLine];
    for (QWidget* over : {m_columns.inspector, m_inspectorShadow, line}) {
        if (over->isVisible()) // it comes from behind
            over->raise();
    }
}

void ColumnArea::setArtifactFills(bool fills)
{
    m_artifactFills = fills && m_artifactOpen;
    arrange();
}

QWidget* ColumnArea::takeArtifact()
{
    setArtifactOpen(false);
    return std::exchange(m_columns.artifact, m_placeholder);
}

void ColumnArea::returnArtifact(QWidget* artifact)
{
    m_placeholder->hide();
    m_columns.artifact = artifact;
    artifact->setParent(this);
    setArtifactOpen(true);
}

void ColumnArea::showArtifactTab(bool artifact)
{
    m_tabs->setCurrentIndex(artifact ? 1 : 0);
}

bool ColumnArea::closeFloating()
{
    if (m_sidebarDrawer) {
        m_sidebarDrawer = false;
        arrange();
        return true;
    }
    if (m_arrangement.inspectorFloats) {
        setInspectorOpen(false);
        return true;
    }
    if (m_artifactFills) {
        setArtifactFills(false);
        return true;
    }
    return false;
}

int ColumnArea::logicalWidth() const
{
    return static_cast<int>(width() / m_scale);
}

int ColumnArea::scaled(int logical) const
{
    return static_cast<int>(std::lround(logical * m_scale));
}

void ColumnArea::arrange()
{
    ColumnRequest request;
    request.width = logicalWidth();
    request.artifactOpen = m_artifactOpen;
    request.choice = choice();
    m_arrangement = arrangeColumns(request, m_limits);
    if (m_scale != 1) {
        // The transcript takes what rounding leaves.
        ColumnArrangement& a = m_arrangement;
        for (int* part : {&a.sidebar, &a.artifact, &a.inspector, &a.floatingInspector})
            *part = scaled(*part);
        a.floatingInspector = std::min(a.floatingInspector, width());
        a.transcript = width() - a.sidebar - a.inspector - (a.tabs ? 0 : a.artifact);
        if (a.tabs)
            a.artifact = a.transcript;
    }
    if (m_arrangement.sidebar > 0)
        m_sidebarDrawer = false; // it fits again
    for (Divider* line : m_lines)
        line->hide();
    m_tabs->setVisible(m_arrangement.tabs && !m_artifactFills);

    if (m_artifactFills) {
        for (QWidget* column : {m_columns.sidebar, m_columns.transcript, m_columns.inspector})
            column->hide();
        m_columns.artifact->setGeometry(rect());
        m_columns.artifact->show();
    } else {
        placeDocked();
        if (m_arrangement.tabs)
            placeTabs();
    }
    placeFloating();
    Q_EMIT arranged();
}

void ColumnArea::placeDocked()
{
    const ColumnArrangement& a = m_arrangement;
    const bool artifact = m_artifactOpen && !a.tabs;
    const int inspectorX = width() - a.inspector;
    const auto place = [this](QWidget* column, int x, int columnWidth) {
        column->setVisible(columnWidth > 0);
        if (columnWidth > 0)
            column->setGeometry(x, 0, columnWidth, height());
    };
    place(m_columns.sidebar, 0, a.sidebar);
    place(m_columns.transcript, a.sidebar, a.transcript);
    place(m_columns.artifact, a.sidebar + a.transcript, artifact ? a.artifact : 0);
    place(m_columns.inspector, inspectorX, a.inspector);
    // A line is the last pixel of what stands left of it, or the first of what stands right.
    if (a.sidebar > 0)
        placeLine(SidebarLine, a.sidebar - 1);
    if (artifact)
        placeArtifact();
    if (a.inspector > 0)
        placeLine(InspectorLine, inspectorX);
}

void ColumnArea::placeTabs()
{
    const QSize size = m_tabs->sizeHint();
    const int bar = size.height() + 12;
    QRect column = m_columns.transcript->geometry();
    m_tabs->setGeometry(
        column.left() + (column.width() - size.width()) / 2, 6, size.width(), size.height());
    column.setTop(bar);
    const bool artifact = m_tabs->currentIndex() == 1;
    m_columns.transcript->setGeometry(column);
    m_columns.artifact->setGeometry(column);
    m_columns.transcript->setVisible(!artifact);
    m_columns.artifact->setVisible(artifact);
}

void ColumnArea::placeFloating()
{
    const bool inspector = m_arrangement.inspectorFloats && !m_artifactFills;
    m_inspectorShadow->setVisible(inspector);
    if (inspector) {
        const int x = width() - m_arrangement.floatingInspector;
        m_columns.inspector->setGeometry(x, 0, m_arrangement.floatingInspector, height());
        m_columns.inspector->show();
        m_columns.inspector->raise();
        m_inspectorShadow->setGeometry(x - kShadowWidth, 0, kShadowWidth, height());
        m_inspectorShadow->raise();
    }
    const bool drawer = m_sidebarDrawer && !m_artifactFills;
    m_scrim->setVisible(drawer);
    m_sidebarShadow->setVisible(drawer);
    if (drawer) {
        const int drawerWidth = std::min(scaled(choice().sidebar), width());
        m_scrim->setGeometry(rect());
        m_scrim->raise();
        m_columns.sidebar->setGeometry(0, 0, drawerWidth, height());
        m_columns.sidebar->show();
        m_columns.sidebar->raise();
        m_sidebarShadow->setGeometry(drawerWidth, 0, kShadowWidth, height());
        m_sidebarShadow->raise();
    }
}

void ColumnArea::placeLine(Line line, int x)
{
    Divider* divider = m_lines[static_cast<size_t>(line)];
    const int hit = m_theme ? m_theme->pixels("size-splitter-hit") : 7;
    divider->setGeometry(x - hit / 2, 0, hit, height());
    divider->show();
    divider->raise();
}

void ColumnArea::moveLine(Line line, int distance)
{
    const ColumnArrangement& from = m_grabbed;
    const auto logical = [this](int pixels) {
        return static_cast<int>(std::lround(pixels / m_scale));
    };
    switch (line) {
    case SidebarLine:
        choice().sidebar =
            std::clamp(logical(from.sidebar + distance), m_limits.sidebarMin, m_limits.sidebarMax);
        break;
    case InspectorLine:
        choice().inspector = std::clamp(
            logical(from.inspector - distance), m_limits.inspectorMin, m_limits.inspectorMax);
        break;
    case ArtifactLine: {
        const double rest = from.transcript + from.artifact;
        choice().artifactShare = std::clamp((from.artifact - distance) / rest, 0.1, 0.9);
        break;
    }
    case LineCount:
        return;
    }
    arrange();
    Q_EMIT stateChanged();
}

void ColumnArea::resetLine(Line line)
{
    const ColumnChoice defaults;
    if (line == SidebarLine)
        choice().sidebar = defaults.sidebar;
    else if (line == InspectorLine)
        choice().inspector = defaults.inspector;
    else
        choice().artifactShare = defaults.artifactShare;
    arrange();
    Q_EMIT stateChanged();
}

void ColumnArea::retranslate()
{
    m_tabs->setTabText(0, tr("Chat"));
    m_tabs->setTabText(1, tr("Artifact"));
    m_tabs->setAccessibleName(tr("Chat or artifact"));
    m_lines[SidebarLine]->setAccessibleName(tr("Width of the sidebar"));
    m_lines[ArtifactLine]->setAccessibleName(tr("Width of the artifact pane"));
    m_lines[InspectorLine]->setAccessibleName(tr("Width of the inspector"));
}

void ColumnArea::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void ColumnArea::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

void ColumnArea::mousePressEvent(QMouseEvent* event)
{
    // The scrim lets its clicks through to here.
    if (m_sidebarDrawer && m_scrim->geometry().contains(event->position().toPoint()))
        closeFloating();
}

void ColumnArea::themeChanged()
{
    m_limits.sidebarMin = m_theme->pixels("layout-sidebar-min");
    m_limits.sidebarMax = m_theme->pixels("layout-sidebar-max");
    m_limits.transcriptMin = m_theme->pixels("layout-transcript-min");
    m_limits.artifactMin = m_theme->pixels("layout-artifact-min");
    m_limits.inspectorMin = m_theme->pixels("layout-inspector-min");
    m_limits.inspectorMax = m_theme->pixels("layout-inspector-max");
    m_scale = m_theme->textScale();
    arrange();
}

} // namespace atelier
