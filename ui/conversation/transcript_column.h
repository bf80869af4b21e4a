// SPDX-License-Identifier: MIT
// The middle column from top to bottom: header, messages, error card, composer, hints.
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QWidget>

class QStackedWidget;

namespace atelier {

class Composer;
class EmptyChat;
class ErrorCardView;
class HintLine;
class Toast;
class TranscriptHeader;
class TranscriptView;

/// Owner: MainWindow. Threads: GUI thread only.
class TranscriptColumn final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit TranscriptColumn(QWidget* parent = nullptr);

    TranscriptHeader& header() { return *m_header; }
    TranscriptView& transcript() { return *m_transcript; }
    Composer& composer() { return *m_composer; }
    ErrorCardView& errorCard() { return *m_error; }
    Toast& toast() { return *m_toast; }

    void setEmpty(bool empty); // "What shall we make?" instead of messages
    bool isEmpty() const;
    void setHintsShown(bool shown); // low windows give their line to the messages
    void focusMessages();

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void themeChanged() override;

private:
    void placeToast();

    TranscriptHeader* m_header;
    QStackedWidget* m_stack;
    TranscriptView* m_transcript;
    EmptyChat* m_empty;
    ErrorCardView* m_error;
    Composer* m_composer;
    HintLine* m_hints;
    Toast* m_toast;
    QWidget* m_errorRow;
    QWidget* m_foot;
};

} // namespace atelier
