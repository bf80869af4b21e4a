// SPDX-License-Identifier: MIT
// A short word about what was done, with Undo where there is one (ux.md 3).
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QPushButton;

namespace atelier {

/// One at a time, 6 s, and it waits while the pointer is on it. Never used for errors.
/// Owner: TranscriptColumn. Threads: GUI thread only.
class Toast final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit Toast(QWidget* column);

    static constexpr int kShownMs = 6000;

    void show(const QString& text, const QString& actionId, const QString& actionLabel);
    void place(int bottom); // centered in the column, above `bottom`

Q_SIGNALS:
    void actionTriggered(const QString& id);

protected:
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void themeChanged() override;

private:
    QLabel* m_text;
    QPushButton* m_action;
    QString m_actionId;
    QTimer m_timer;
    int m_bottom = 0;
};

} // namespace atelier
