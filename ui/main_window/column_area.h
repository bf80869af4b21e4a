// SPDX-License-Identifier: MIT
// Lays the four columns side by side by the resize rule, with their dividers, drawers and tabs.
#pragma once

#include "ui/main_window/column_layout.h"
#include "ui/widgets/theme_controller.h"

#include <QWidget>
#include <array>

class QVariantAnimation;

namespace atelier {

class Divider;
class SegmentedTabs;

/// Owner: MainWindow. Threads: GUI thread only.
class ColumnArea final : public QWidget, public Themed
{
    Q_OBJECT

public:
    struct Columns
    {
        QWidget* sidebar;
        QWidget* transcript;
        QWidget* artifact;
        QWidget* inspector;
    };

    ColumnArea(const Columns& columns, QWidget* parent = nullptr);

    void setState(const ColumnState& state);
    const ColumnState& state() const { return m_state; }
    const ColumnArrangement& arrangement() const { return m_arrangement; } // in real pixels

    void toggleSidebar(); // docked where it fits, else as a drawer
    void setInspectorOpen(bool open);
    bool isInspectorOpen() const;
    bool isSidebarShown() const;
    /// The pane slides over the room that is made for it at once: the other columns, and the pages
    /// in them, take their new widths one time, not in every frame.
    void setArtifactOpen(bool open);
    bool isSliding() const;
    bool isArtifactOpen() const { return m_artifactOpen; }
    void setArtifactFills(bool fills);
    bool artifactFills() const { return m_artifactFills; }
    /// The artifact's column leaves for a window of its own, and comes back.
    QWidget* takeArtifact();
    void returnArtifact(QWidget* artifact);
    void showArtifactTab(bool artifact); // where the two share a column
    bool closeFloating();                // Esc; false when nothing floats

Q_SIGNALS:
    void arranged();     // something is shown, hidden or moved
    void stateChanged(); // by the person: worth remembering

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void themeChanged() override;

private:
    enum Line { SidebarLine, ArtifactLine, InspectorLine, LineCount };

    // The rule counts in pixels at 100 % text: larger text makes a window narrower.
    int logicalWidth() const;
    int scaled(int logical) const;
    ColumnChoice& choice() { return m_state.at(logicalWidth()); }
    const ColumnChoice& choice() const { return m_state.at(logicalWidth()); }
    void arrange();
    void placeDocked();
    void placeTabs();
    void placeArtifact();
    void startSlide();
    void placeFloating();
    void placeLine(Line line, int x);
    void moveLine(Line line, int distance);
    void resetLine(Line line);
    void retranslate();

    Columns m_columns;
    QWidget* m_placeholder; // stands for the artifact's column while that is away
    ColumnState m_state;
    ColumnLimits m_limits;
    ColumnArrangement m_arrangement;
    ColumnArrangement m_grabbed; // when the drag began
    double m_scale = 1;          // of the text
    std::array<Divider*, LineCount> m_lines;
    SegmentedTabs* m_tabs;
    QWidget* m_scrim;         // behind the sidebar's drawer: a click closes it
    QWidget* m_sidebarShadow; // beside what floats
    QWidget* m_inspectorShadow;
    QVariantAnimation* m_slide; // of the artifact's column, from the right edge
    bool m_artifactOpen = false;
    bool m_artifactFills = false;
    bool m_sidebarDrawer = false;
};

} // namespace atelier
