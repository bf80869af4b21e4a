// SPDX-License-Identifier: MIT
// A window of its own for one widget that otherwise lives in the main window.
#pragma once

#include <QWidget>

namespace atelier {

/// Owner: MainWindow. Threads: GUI thread only.
class PopOut final : public QWidget
{
    Q_OBJECT

public:
    /// `content` becomes a child until take().
    PopOut(QWidget* content, QWidget* owner);

    QWidget* take(); // without a parent then

Q_SIGNALS:
    void closed(); // by the person

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    QWidget* m_content;
};

} // namespace atelier
