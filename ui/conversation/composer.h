// SPDX-License-Identifier: MIT
// Where a message is written (ux.md 3, Composer).
#pragma once

#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QWidget>

class QImage;
class QLabel;

namespace atelier {

class ComposerEdit;
class IconButton;
class PictureChip;

/// Owner: TranscriptColumn. Threads: GUI thread only.
class Composer final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit Composer(QWidget* parent = nullptr);
    ~Composer() override;

    QString text() const;
    void setText(const QString& text); // a restored draft, or a message to edit
    void setWritingStatus(const WritingStatus& status);
    void setTokenCount(int tokens, int limit); // -1: unknown
    void setModelAvailable(bool available);
    void setChatStarted(bool started); // "Ask for a change" instead of "What shall we make?"
    void setDropTarget(bool target);   // something that can be dropped is over the window
    void focusText();
    void insertBlock(const QString& block); // a file's text, on lines of its own
    /// A picture of an artifact, shown above the text; replaces an older one. No model of today can
    /// see it, so sending says so and offers to go without.
    void attachPicture(const QImage& picture, const QString& of);
    bool hasFocusInside() const;

Q_SIGNALS:
    /// Also while a reply is written: the program keeps the message until then. The text stays
    /// until clear(), so nothing typed is lost.
    void sendRequested(const QString& text);
    void stopRequested();
    void draftChanged(const QString& text);
    void editLastRequested();
    void attachRequested();
    void modelNeeded(); // sending was tried, and there is no model

public Q_SLOTS:
    void clear();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void themeChanged() override;

private:
    bool isRunning() const { return m_status.state != WritingStatus::State::Idle; }
    void submit();
    void updateState();
    void reserveSpeed();
    void retranslate();

    PictureChip* m_picture;
    ComposerEdit* m_edit;
    IconButton* m_attach;
    QLabel* m_count;
    QLabel* m_speed;
    IconButton* m_send;
    WritingStatus m_status;
    int m_tokens = -1;
    int m_limit = -1;
    bool m_modelAvailable = false;
    bool m_chatStarted = false;
    bool m_dropTarget = false;
};

} // namespace atelier
