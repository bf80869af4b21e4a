// SPDX-License-Identifier: MIT
// One value of the inspector: label, number, slider, and what differs from the model's default.
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QWidget>

class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSlider;

namespace atelier {

/// The label line that every setting has: name, a dot and Reset while it differs.
/// Owner: its parent. Threads: GUI thread only.
class ChangedMark final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit ChangedMark(QWidget* parent = nullptr);

    void setName(const QString& name);
    void setChanged(bool changed);
    bool isChanged() const { return m_changed; }

Q_SIGNALS:
    void resetRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void themeChanged() override { update(); }

private:
    void retranslate();

    QLabel* m_label;
    QPushButton* m_reset;
    bool m_changed = false;
    QString m_name;
};

/// A number with bounds; whole numbers have no decimals, and only bounded ones have a slider.
/// Owner: Inspector. Threads: GUI thread only.
class SettingField final : public QWidget
{
    Q_OBJECT

public:
    struct Range
    {
        double minimum;
        double maximum;
        double step;
        int decimals;
        bool slider;
    };

    explicit SettingField(const Range& range, QWidget* parent = nullptr);

    void setName(const QString& name, const QString& help);
    void setSpecialText(const QString& text); // shown for the minimum: "Random", "Off"
    void setValue(double value);
    double value() const;
    void setDefault(double value);
    bool isChanged() const;
    QDoubleSpinBox& spinBox() { return *m_spin; }

Q_SIGNALS:
    void edited(double value); // by the person, not by setValue()

private:
    void refresh();

    Range m_range;
    double m_default = 0;
    ChangedMark* m_mark;
    QDoubleSpinBox* m_spin;
    QSlider* m_slider = nullptr;
};

} // namespace atelier
