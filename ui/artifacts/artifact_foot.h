// SPDX-License-Identifier: MIT
// The foot of the artifact pane: the film strip, or a line that says how far the writing has got.
#pragma once

#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QFrame>

class QLabel;
class QPushButton;
class QStackedWidget;

namespace atelier {

class ElidedLabel;
class IconButton;
class VersionStrip;

/// Owner: ArtifactPane. Threads: GUI thread only.
class ArtifactFoot final : public QFrame, public Themed
{
    Q_OBJECT

public:
    explicit ArtifactFoot(QWidget* parent = nullptr);

    void setHeader(const ArtifactHeader& header); // of what is shown; without a type it hides
    void setVersions(const QList<VersionCard>& versions, const QString& shown);
    /// The shown version failed; `lastThatRan` is the key of a version to go back to, or empty.
    void setFailed(bool failed, const QString& lastThatRan);
    VersionStrip& strip() { return *m_strip; }

Q_SIGNALS:
    void versionChosen(const QString& key);
    void restoreRequested(const QString& key);
    void compareRequested(const QString& before, const QString& after); // keys
    void replayRequested(const QString& key);

protected:
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    bool showsFilm() const;
    void refresh();
    void openMenu(const QString& key, const QPoint& at);

    ArtifactHeader m_artifact;
    bool m_failed = false;
    QString m_lastThatRan;
    QStackedWidget* m_kinds;
    QLabel* m_pulse;
    ElidedLabel* m_state;
    QLabel* m_size;
    VersionStrip* m_strip;
    QPushButton* m_back;
    IconButton* m_more;
};

} // namespace atelier
