// SPDX-License-Identifier: MIT
// The small line under the composer that names its keys.
#pragma once

#include <QWidget>

class QLabel;

namespace atelier {

/// Owner: TranscriptColumn. Threads: GUI thread only.
class HintLine final : public QWidget
{
    Q_OBJECT

public:
    explicit HintLine(QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();

    QLabel* m_send;
    QLabel* m_newLine;
};

} // namespace atelier
