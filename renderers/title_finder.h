// SPDX-License-Identifier: MIT
// Finds what an artifact calls itself, and where its root element ends. Needs Qt Core alone.
#pragma once

#include "renderers/artifact_kind.h"
#include "renderers/markup_tokenizer.h"

#include <QString>

namespace atelier {

/// Reads the source one character at a time.
class TitleFinder final : private MarkupSink
{
public:
    explicit TitleFinder(ArtifactKind kind) : m_kind(kind), m_tokenizer(*this) {}

    /// Returns whether the title became known with this character.
    bool push(QChar character);
    /// <title>, the aria-label of an <svg>, or the first <h1>; one line, at most 120 characters.
    const QString& title() const { return m_title; }
    /// </svg> or </html> of the root has been read.
    bool rootClosed() const { return m_rootClosed; }

private:
    void text(QStringView text) override;
    void startTag(const QString& raw, const QString& name, bool selfClosing) override;
    void endTag(const QString& raw, const QString& name) override;
    void other(QStringView) override {}
    void set(const QString& text);

    const ArtifactKind m_kind;
    MarkupTokenizer m_tokenizer;
    QString m_collecting; // the element whose text is collected
    QString m_collected;
    QString m_title;
    int m_depth = 0; // of <svg>
    bool m_rootClosed = false;
};

/// The value of attribute `name` (lower case) in a start tag; null when it has none.
QString markupAttribute(const QString& tag, const QString& name);
/// Character references that occur in titles, decoded.
QString decodedMarkup(QString text);

} // namespace atelier
