// SPDX-License-Identifier: MIT
// What a new chat shows: a question and three things to try.
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QWidget>

class QLabel;

namespace atelier {

/// One thing to try: an icon and a line; a click puts it into the composer.
class SuggestionButton;

/// Owner: TranscriptColumn. Threads: GUI thread only.
class EmptyChat final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit EmptyChat(QWidget* parent = nullptr);

Q_SIGNALS:
    void suggestionChosen(const QString& text);

protected:
    void changeEvent(QEvent* event) override;
    void themeChanged() override {}

private:
    void retranslate();

    QLabel* m_question;
    QList<SuggestionButton*> m_suggestions;
};

} // namespace atelier
