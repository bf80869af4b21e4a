// SPDX-License-Identifier: MIT
// Where each element of an artifact stands in its source. Needs Qt Core alone.
#pragma once

#include <QList>
#include <QString>

namespace atelier {

struct SourceElement
{
    QString name;        // in lower case
    qsizetype begin = 0; // of its start tag, in UTF-16 units
    qsizetype end = 0;   // past its end tag, or past its last character where it has none
    int parent = -1;     // the element that is open around it
};

/// A stretch of text as an editor counts: lines from 1, columns from 0 in UTF-16 units.
struct SourceRange
{
    int line = 0; // 0: there is none
    int column = 0;
    int lastLine = 0;
    int lastColumn = 0; // one past the last
    bool operator==(const SourceRange&) const = default;
};

/// Elements are numbered by their start tags, from 0, as SourceTransformer numbers them for the
/// page. Where an element begins is exact. Where it ends is the browser's rule for what is open and
/// which tags close what (HTML standard 13.2.6.4.7), without its repairs of crossed tags.
///
/// Linear in the source. Threads: any.
class SourceMap
{
public:
    explicit SourceMap(const QString& source);

    int size() const { return int(m_elements.size()); }
    /// Null when the source has no such tag.
    const SourceElement* element(int number) const;
    SourceRange range(int number) const;
    QString text(int number) const; // of its lines, whole

private:
    QString m_source;
    QList<SourceElement> m_elements;
    QList<qsizetype> m_lines; // where each begins
};

} // namespace atelier
