// SPDX-License-Identifier: MIT
// Source text with line numbers and syntax colors that grows while it is written (ux.md 5, Code
// tab).
#pragma once

#include "renderers/theme.h"

#include <QString>
#include <QVariant>
#include <QWidget>
#include <functional>

class QJsonObject;

namespace atelier {

class AppPage;
class PlainPage;
struct SourceRange;

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
    /// The complete source becomes an editor: what is typed is told by edited().
    void setEditable(bool editable);
    void showLine(int line);
    void showRange(const SourceRange& range); // selects it; its first line, without an editor
    void find(bool open);                     // the search field; needs an editor
    bool isSearching() const { return m_searching; }
    const QString& text() const { return m_text; } // as edited
    void runScriptForTest(const QString& script, std::function<void(const QVariant&)> callback);

Q_SIGNALS:
    void edited(const QString& text); // after a pause in typing, and before the text goes away

protected:
    void changeEvent(QEvent* event) override; // another language

private:
    void sendAll();
    void handle(const QJsonObject& message);

    // What is shown: sent again when the page's process dies.
    QString m_language;
    QString m_text;
    int m_run = 0; // counts begin()
    bool m_finished = false;
    bool m_editable = false;
    bool m_searching = false;
    PageAppearance m_appearance;
    AppPage* m_page = nullptr;    // where pages can be opened,
    PlainPage* m_plain = nullptr; // else this
};

} // namespace atelier
