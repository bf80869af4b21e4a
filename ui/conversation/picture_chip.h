// SPDX-License-Identifier: MIT
// A picture that is attached to the message being written (ux.md 3, Attachments).
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QFrame>
#include <QImage>

class QLabel;
class QPushButton;

namespace atelier {

class ElidedLabel;
class IconButton;

/// Hidden while there is none. Owner: Composer. Threads: GUI thread only.
class PictureChip final : public QFrame, public Themed
{
    Q_OBJECT

public:
    explicit PictureChip(QWidget* parent = nullptr);

    /// `of`: the title of what it shows; may be empty.
    void setPicture(const QImage& picture, const QString& of);
    const QImage& picture() const { return m_picture; }
    void clear();
    /// Sending was tried: says what the model cannot do, and offers to send without it.
    void refuse();

Q_SIGNALS:
    void removeRequested();
    void sendWithoutRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    void showThumbnail();
    void retranslate();

    QImage m_picture;
    QString m_of;
    bool m_refused = false;
    QLabel* m_thumbnail;
    ElidedLabel* m_name;
    QLabel* m_note;
    QPushButton* m_without;
    IconButton* m_remove;
};

} // namespace atelier
