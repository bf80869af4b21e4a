// SPDX-License-Identifier: MIT
// The line above the stage: which view, how wide, how large, and what else can be done with it.
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QWidget>

class QButtonGroup;
class QLabel;
class QMenu;

namespace atelier {

class IconButton;
class SegmentedTabs;

/// Owner: ArtifactPane. Threads: GUI thread only.
class StageToolbar final : public QWidget, public Themed
{
    Q_OBJECT

public:
    enum class Tab { Preview, Code, Split, Console };

    explicit StageToolbar(QWidget* parent = nullptr);

    void setTab(Tab tab);
    Tab tab() const;
    void setProblems(int problems);       // counted in the Console tab's label
    void setStageEnabled(bool enabled);   // there is a stage, so its size can be chosen
    void setArtifactShown(bool shown);    // there is something to reload, picture, open
    void setBrowserEnabled(bool enabled); // it is a page that a browser could open
    /// Whether its elements can be pointed at; if not, the button's tooltip says why.
    void setInspectable(bool possible, const QString& why);
    void setInspecting(bool inspecting);
    void setDrawerOpen(bool open); // the console below the stage; what the menu marks
    void setPoppedOut(bool out);

    void setViewportWidth(int cssPixels); // of an upright screen; 0: fit the stage
    int viewportWidth() const;
    void setRotated(bool rotated);
    void setZoom(double zoom); // [0.5, 2]
    int stageWidth() const;    // CSS pixels, as the screen stands; 0: fit
    double zoom() const { return m_zoom; }
    void focusTabs();
    QMenu* makeMenu(); // of the last button; deletes itself when closed

Q_SIGNALS:
    void tabChanged();
    void stageChanged(); // stageWidth() or zoom()
    void reloadRequested();
    void inspectRequested(bool inspecting);
    void pictureRequested();
    void screenshotRequested(); // into the message
    void browserRequested();
    void drawerRequested(bool open);
    void popOutRequested(bool out);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void themeChanged() override;

private:
    void makeRoom();
    void showSize();
    void retranslate();

    SegmentedTabs* m_tabs;
    QButtonGroup* m_widths;
    QWidget* m_frame = nullptr; // around them
    QLabel* m_size;
    IconButton* m_inspect;
    IconButton* m_camera;
    IconButton* m_more;
    QString m_whyNot; // it cannot be inspected
    double m_zoom = 1;
    bool m_rotated = false;
    bool m_stageEnabled = false;
    bool m_artifactShown = false;
    bool m_browserEnabled = false;
    bool m_drawerOpen = false;
    bool m_poppedOut = false;
};

} // namespace atelier
