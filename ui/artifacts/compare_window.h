// SPDX-License-Identifier: MIT
// Two versions of an artifact: beside each other, one over the other, what changed in the picture,
// what changed in the source.
#pragma once

#include "renderers/artifact_kind.h"
#include "renderers/theme.h"
#include "ui/widgets/theme_controller.h"

#include <QDialog>
#include <QImage>
#include <QString>
#include <array>
#include <memory>

class QLabel;
class QPlainTextEdit;
class QSlider;
class QSplitter;
class QStackedWidget;

namespace atelier {

class ArtifactView;
class OfflineLibrary;
class PicturesWidget;
class SegmentedTabs;

/// Each version runs in a process of its own, without what the artifact has stored. Deletes itself
/// when closed. Owner: its parent. Threads: GUI thread only.
class CompareWindow final : public QDialog, public Themed
{
    Q_OBJECT

public:
    enum class View { Beside, Over, Heat, Text };

    struct Side
    {
        QString name; // "Version 2"
        QString source;
    };

    /// `before` is the older one.
    CompareWindow(ArtifactKind kind,
        const Side& before,
        const Side& after,
        const PageAppearance& appearance,
        std::shared_ptr<const OfflineLibrary> library,
        QWidget* parent);
    ~CompareWindow() override;

    void setView(View view);
    double changedShare() const { return m_share; } // of the pixels; -1: not known yet
    int changedLines() const { return m_changedLines; }

protected:
    void themeChanged() override;

private:
    QWidget* makeBeside();
    QWidget* makePictures();
    void fillText(const QString& before, const QString& after);
    void takePictures();
    void showView();

    SegmentedTabs* m_tabs;
    QStackedWidget* m_stack;
    std::array<ArtifactView*, 2> m_views;
    std::array<QString, 2> m_names;
    std::array<QImage, 2> m_pictures;
    PicturesWidget* m_over;
    QSlider* m_slider;
    QLabel* m_summary;
    QPlainTextEdit* m_text;
    double m_share = -1;
    int m_changedLines = 0;
};

} // namespace atelier
