// SPDX-License-Identifier: MIT
// How full the context is: a bar and "6.2k / 32k" (ux.md 3).
#pragma once

#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QAbstractButton>

namespace atelier {

/// A click shows the figures. Owner: TranscriptHeader. Threads: GUI thread only.
class ContextGauge final : public QAbstractButton, public Themed
{
    Q_OBJECT

public:
    explicit ContextGauge(QWidget* parent = nullptr);

    void setUsage(const ContextUsage& usage);
    void setBarShown(bool shown); // below 540 px of transcript only the numbers stay
    bool isBarShown() const { return m_barShown; }
    const char* tone() const; // "accent", "caution" from 80 %, "danger" from 97 %

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    double share() const;
    QString label() const;
    void showFigures();
    void retranslate();

    ContextUsage m_usage;
    bool m_barShown = true;
};

} // namespace atelier
