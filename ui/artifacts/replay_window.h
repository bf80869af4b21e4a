// SPDX-License-Identifier: MIT
// Shows again how a version was written, at any moment of the writing.
#pragma once

#include "renderers/artifact_kind.h"
#include "renderers/theme.h"

#include <QDialog>
#include <QString>
#include <QTimer>
#include <memory>

class QLabel;
class QPushButton;
class QSlider;

namespace atelier {

class ArtifactView;
class OfflineLibrary;
class CodeView;

/// The page and its source agree at each moment. Scripts stay off, as they were while it was
/// written. Deletes itself when closed. Owner: its parent. Threads: GUI thread only.
class ReplayWindow final : public QDialog
{
    Q_OBJECT

public:
    ReplayWindow(ArtifactKind kind,
        const QString& language,
        const QString& name, // "Version 2"
        const QString& source,
        const PageAppearance& appearance,
        std::shared_ptr<const OfflineLibrary> library,
        QWidget* parent);
    ~ReplayWindow() override;

    qsizetype position() const { return m_shown; } // characters of the source
    ArtifactView& page() { return *m_page; }

private:
    void showMoment(); // of the slider
    void play(bool on);

    const ArtifactKind m_kind;
    const QString m_language;
    const QString m_source;
    qsizetype m_shown = -1;
    ArtifactView* m_page;
    CodeView* m_code;
    QSlider* m_slider;
    QPushButton* m_play;
    QLabel* m_where;
    QTimer m_rest;    // a slider that is dragged shows the moment where it rests
    QTimer m_playing; // a step per tick
};

} // namespace atelier
