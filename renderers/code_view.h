// SPDX-License-Identifier: MIT
// Source text with line numbers and syntax colors that grows while it is written (ux.md 5, Code
// tab).
#pragma once

#include "renderers/theme.h"

#include <QString>
#include <QVariant>
#include <QWidget>
#include <functional>

namespace atelier {

class AppPage;
class PlainPage;

/// A page of this program (never the artifact's process); the text is only ever text in it.
/// Owner: the artifact pane. Threads: GUI thread only.
class CodeView : public QWidget
{
    Q_OBJECT

public:
    explicit CodeView(QWidget* parent = nullptr);
    ~CodeView() override;

    void setAppearance(const PageAppearance& appearance);
    void begin(const QString& language); // empties the view; "svg", "html", ...
    void append(const QString& text);    // the line being written has a soft accent band
    void finish();
    void showLine(int line);
    void runScriptForTest(const QString& script, std::function<void(const QVariant&)> callback);

protected:
    void changeEvent(QEvent* event) override; // another language

private:
    void sendAll();

    // What is shown: sent again when the page's process dies.
    QString m_language;
    QString m_text;
    bool m_finished = false;
    PageAppearance m_appearance;
    AppPage* m_page = nullptr;    // where pages can be opened,
    PlainPage* m_plain = nullptr; // else this
};

} // namespace atelier
