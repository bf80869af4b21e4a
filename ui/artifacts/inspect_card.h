// SPDX-License-Identifier: MIT
// What stands over the stage beside an element that was chosen: which one, where in the source, and
// "Change this…".
#pragma once

#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QRect>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;

namespace atelier {

class ElidedLabel;
class IconButton;
class SegmentedTabs;

/// Hidden until showElement(). What was typed stays until it is sent or another artifact comes.
/// Owner: the stage. Threads: GUI thread only.
class InspectCard final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit InspectCard(QWidget* stage);

    /// `box`: of the element on the stage; the card keeps off it where there is room.
    void showElement(const ChosenElement& element, const QRect& box);
    void moveOff(const QRect& box);
    void askForWish(); // "Change this…"
    void clear();      // what was typed goes as well

Q_SIGNALS:
    void closeRequested();
    void wished(const QString& wish, atelier::ElementWish::Scope scope);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    void setAsking(bool asking);
    void send();
    void place();
    void retranslate();

    ChosenElement m_element;
    QRect m_box;
    ElidedLabel* m_name;
    QLabel* m_lines;
    IconButton* m_close;
    QLabel* m_note; // that a script made it
    QPushButton* m_change;
    QLineEdit* m_wish;
    SegmentedTabs* m_scope;
    QPushButton* m_send;
};

} // namespace atelier
