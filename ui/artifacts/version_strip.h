// SPDX-License-Identifier: MIT
// The film strip under the stage: every version of the artifact, oldest left (ux.md 5).
#pragma once

#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QList>
#include <QPixmap>
#include <QWidget>

class QMenu;

namespace atelier {

class IconButton;

/// Where there is room each version has its words; else the shown one alone. What does not fit even
/// so is reached with the wheel or the arrow keys: the strip follows the version in focus.
///
/// Owner: ArtifactPane. Threads: GUI thread only.
class VersionStrip final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit VersionStrip(QWidget* parent = nullptr);

    void setVersions(const QList<VersionCard>& versions, const QString& shown);
    const QList<VersionCard>& versions() const { return m_versions; }
    const QString& shown() const { return m_shown; }
    /// Without pictures, because something failed: "v1  v2  v3, last one that ran  v4".
    /// `lastThatRan`: a key; empty: none of them did, or it is not known.
    void setCompact(bool compact, const QString& lastThatRan = {});
    bool isCompact() const { return m_compact; }
    bool hasWords(int index) const; // of that version, as laid out now

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosen(const QString& key);
    void menuRequested(const QString& key, const QPoint& at); // at: on the screen

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool event(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    struct Item
    {
        QRect box; // without scrolling
        bool words = false;
        QPixmap picture;
    };

    void arrange();
    int shownIndex() const;
    int at(const QPoint& point) const; // index; -1: none
    int wordsWidth(int index) const;
    QString compactText(int index) const;
    QString name(int index) const; // for screen readers and tooltips
    void paintItem(QPainter& painter, int index) const;
    void paintCompact(QPainter& painter, int index) const;

    QList<VersionCard> m_versions;
    QString m_shown;
    QString m_lastThatRan;
    bool m_compact = false;
    QList<Item> m_items;
    int m_contentWidth = 0;
    int m_offset = 0;
    int m_hovered = -1;
};

} // namespace atelier
