// SPDX-License-Identifier: MIT
// What stands over the stage when an artifact no longer answers (ux.md 5, When it goes wrong).
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace atelier {

/// Covers its parent with a wash and puts the card in the middle. Hidden until asked for.
/// Owner: the stage. Threads: GUI thread only.
class StoppedCard final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit StoppedCard(QWidget* stage);

    /// Where the page last said something; 0: it is not known.
    void setLine(int line);

Q_SIGNALS:
    void restartRequested();
    void fixRequested();
    void codeRequested(int line);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    void retranslate();

    QWidget* m_card;
    QLabel* m_icon;
    QLabel* m_title;
    QLabel* m_text;
    int m_line = 0;
    QPushButton* m_restart;
    QPushButton* m_fix;
    QPushButton* m_code;
};

} // namespace atelier
