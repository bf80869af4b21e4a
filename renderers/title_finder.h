// SPDX-License-Identifier: MIT
// Finds what an artifact calls itself, and where its root element ends. Needs Qt Core alone.
#pragma once

#include "renderers/artifact_kind.h"
#include "renderers/markup_tokenizer.h"

#include <QRegularExpression>
#include <QString>

namespace atelier {

/// Reads the source one character at a time; of a program only its lines that name a title.
class TitleFinder final : private MarkupSink
{
public:
    explicit TitleFinder(ArtifactKind kind);

    /// Returns whether the title became known with this character.
    bool push(QChar character);
    /// What stands in until the source says something better: the name of its file. Returns
    /// whether there is a title now.
    bool suggest(const QString& title);
    /// <title>, the aria-label of an <svg>, or the first <h1>; the first heading of a document, the
    /// caption of a window, the name of a component. One line, at most 120 characters.
    const QString& title() const { return m_title; }
    /// </svg> or </html> of the root has been read.
    bool rootClosed() const { return m_rootClosed; }

private:
    void text(QStringView text) override;
    void startTag(const QString& raw, const QString& name, bool selfClosing) override;
    void endTag(const QString& raw, const QString& name) override;
    void other(QStringView) override {}
    void set(const QString& text);
    void line();

    const ArtifactKind m_kind;
    const QRegularExpression m_titleLine; // of a program
    MarkupTokenizer m_tokenizer;
    QString m_collecting; // the element whose text is collected
    QString m_collected;
    QString m_title;
    QString m_line;  // of a program
    int m_depth = 0; // of <svg>
    bool m_rootClosed = false;
};

/// The value of attribute `name` (lower case) in a start tag; null when it has none.
QString markupAttribute(const QString& tag, const QString& name);
/// Character references that occur in titles, decoded.
QString decodedMarkup(QString text);

} // namespace atelier
