// SPDX-License-Identifier: MIT
// The chip that names the model: state dot, name, precision, progress while it loads.
#pragma once

#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QAbstractButton>

namespace atelier {

/// Owner: TranscriptHeader. Threads: GUI thread only.
class ModelButton final : public QAbstractButton, public Themed
{
    Q_OBJECT

public:
    explicit ModelButton(QWidget* parent = nullptr);

    void setStatus(const ModelStatus& status);
    const ModelStatus& status() const { return m_status; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    bool isLoading() const { return m_status.state == ModelStatus::State::Loading; }
    QString name() const;
    QString detail() const; // the precision, or the stage while loading
    void retranslate();

    ModelStatus m_status;
};

} // namespace atelier
