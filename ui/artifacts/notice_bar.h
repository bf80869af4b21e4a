// SPDX-License-Identifier: MIT
// A line below the stage that says one thing and offers what can be done about it.
#pragma once

#include <QFrame>
#include <functional>

class QPushButton;

namespace atelier {

class ElidedLabel;

/// Hidden until it is shown. Owner: ArtifactPane. Threads: GUI thread only.
class NoticeBar final : public QFrame
{
    Q_OBJECT

public:
    struct Words
    {
        QString text; // plain text: it may quote a page
        QString accept;
        QString dismiss;
        QString acceptTip; // empty: none
    };

    /// `words` is asked again when the language changes.
    explicit NoticeBar(std::function<Words()> words, QWidget* parent = nullptr);

    void refresh();

Q_SIGNALS:
    void accepted();
    void dismissed();

protected:
    void changeEvent(QEvent* event) override;

private:
    std::function<Words()> m_words;
    ElidedLabel* m_text;
    QPushButton* m_accept;
    QPushButton* m_dismiss;
};

} // namespace atelier
