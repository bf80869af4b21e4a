// SPDX-License-Identifier: MIT
// What happened, why, and what to do (ux.md 10, Errors).
#pragma once

#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace atelier {

class IconButton;

/// Hidden while there is no error. The text is shown as plain text: it quotes files and models.
/// Owner: TranscriptColumn. Threads: GUI thread only.
class ErrorCardView final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit ErrorCardView(QWidget* parent = nullptr);

    void show(const ErrorCard& card);
    void clear();

Q_SIGNALS:
    void actionTriggered(const QString& id);
    void dismissed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    void retranslate();
    void setDetailsShown(bool shown);

    ErrorCard m_card;
    QLabel* m_icon;
    QLabel* m_title;
    QLabel* m_text;
    QHBoxLayout* m_buttons;
    QPlainTextEdit* m_details;
    QPushButton* m_detailsButton;
    QPushButton* m_copyButton;
    IconButton* m_close;
    QList<QPushButton*> m_actions;
};

} // namespace atelier
