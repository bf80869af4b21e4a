// SPDX-License-Identifier: MIT
// Shows exactly what will be sent to the model, to be changed before it is.
#pragma once

#include <QDialog>

class QPlainTextEdit;
class QPushButton;

namespace atelier {

/// Deletes itself when closed. Owner: its parent. Threads: GUI thread only.
class FixDialog final : public QDialog
{
    Q_OBJECT

public:
    FixDialog(const QString& message, QWidget* parent);

Q_SIGNALS:
    void sendRequested(const QString& message);

private:
    QPlainTextEdit* m_text;
    QPushButton* m_send;
};

} // namespace atelier
