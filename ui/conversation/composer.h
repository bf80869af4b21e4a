// SPDX-License-Identifier: MIT
// Where a message is written (ux.md 3, Composer).
#pragma once

#include "ui/ui_types.h"

#include <QWidget>

namespace atelier {

/// Owner: MainWindow. Threads: GUI thread only.
class Composer final : public QWidget
{
    Q_OBJECT

public:
    explicit Composer(QWidget* parent = nullptr);
    ~Composer() override;

    QString text() const;
    void setText(const QString& text); // a restored draft, or a message to edit
    void setWritingStatus(const WritingStatus& status);
    void setTokenCount(int tokens, int limit); // -1: unknown
    void setModelAvailable(bool available);
    void focusText();

Q_SIGNALS:
    void sendRequested(const QString& text); // the text stays until clear(): nothing typed is lost
    void stopRequested();
    void draftChanged(const QString& text);
    void editLastRequested();
    void attachRequested();

public Q_SLOTS:
    void clear();
};

} // namespace atelier
