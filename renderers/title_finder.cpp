// SPDX-License-Identifier: MIT
#include "renderers/title_finder.h"

#include "renderers/tag_attributes.h"

#include <QRegularExpression>

namespace atelier {
namespace {

constexpr qsizetype kLongestTitle = 120;      // characters shown
constexpr qsizetype kLongestCollected = 2000; // of an <h1> that never ends
constexpr qsizetype kLongestLine = 400;       // of a program: a longer one names nothing

// What the title stands in, by kind; its first capture is the title.
QRegularExpression titleLine(ArtifactKind kind)
{
    switch (kind) {
    case ArtifactKind::Markdown:
        return QRegularExpression(QStringLiteral("^#\\s+(.+?)\\s*#*$"));
    case ArtifactKind::Mermaid:
        return QRegularExpression(
            QStringLiteral("^(?:pie\\s.*?|xychart\\S*\\s+)?title:?\\s+(.+)$"));
    case ArtifactKind::Python:
        return QRegularExpression(
            QStringLiteral("(?:set_caption|\\btitle|\\bsuptitle)\\(\\s*[\"']([^\"'{]+)[\"']"));
    case ArtifactKind::JavaScript:
        return QRegularExpression(
            QStringLiteral("document\\.title\\s*=\\s*[\"'`]([^\"'`$]+)[\"'`]"));
    case ArtifactKind::React:
        return QRegularExpression(
            QStringLiteral("^export\\s+default\\s+(?:function|class)\\s+([A-Za-z]\\w*)"));
    default:
        return QRegularExpression();
    }
}

} // namespace

QString markupAttribute(const QString& tag, const QString& name)
{
    for (const TagAttribute& attribute : tagAttributes(tag)) {
        if (attribute.name == name)
            return decodedMarkup(attribute.value);
    }
    return {};
}

QString decodedMarkup(QString text)
{
    static const QRegularExpression kNumber(QStringLiteral("&#(x?)([0-9a-fA-F]{1,6});"));
    qsizetype from = 0;
    for (auto match = kNumber.match(text); match.hasMatch(); match = kNumber.match(text, from)) {
        bool valid = false;
        const uint code =
            match.capturedView(2).toUInt(&valid, match.capturedLength(1) > 0 ? 16 : 10);
        const char32_t character =
            valid && code > 0 && code <= QChar::LastValidCodePoint && !QChar::isSurrogate(code)
                ? char32_t(code)
                : char32_t(QChar::ReplacementCharacter);
        text.replace(
            match.capturedStart(), match.capturedLength(), QString::fromUcs4(&character, 1));
        from = match.capturedStart() + 1;
    }
    text.replace(QStringLiteral("&lt;"), QStringLiteral("<"));
    text.replace(QStringLiteral("&gt;"), QStringLiteral(">"));
    text.replace(QStringLiteral("&quot;"), QStringLiteral("\""));
    text.replace(QStringLiteral("&apos;"), QStringLiteral("'"));
    text.replace(QStringLiteral("&nbsp;"), QStringLiteral(" "));
    text.replace(QStringLiteral("&amp;"), QStringLiteral("&"));
    return text;
}

TitleFinder::TitleFinder(ArtifactKind kind)
    : m_kind(kind),
      m_titleLine(titleLine(kind)),
      m_tokenizer(*this)
{
}

bool TitleFinder::push(QChar character)
{
    if (!m_title.isEmpty() && !isMarkupKind(m_kind))
        return false;
    const bool known = !m_title.isEmpty();
    if (isMarkupKind(m_kind)) {
        m_tokenizer.push(QStringView(&character, 1));
    } else if (character == u'\n') {
        line();
    } else if (m_line.size() <= kLongestLine) {
        m_line += character;
    }
    return !known && !m_title.isEmpty();
}

bool TitleFinder::suggest(const QString& title)
{
    set(title);
    return !m_title.isEmpty();
}

void TitleFinder::line()
{
    const QString text = std::exchange(m_line, {}).trimmed();
    if (text.size() > kLongestLine)
        return;
    if (const QRegularExpressionMatch match = m_titleLine.match(text);
        m_titleLine.captureCount() > 0 && match.hasMatch())
        set(match.captured(1));
}

void TitleFinder::set(const QString& text)
{
    if (m_title.isEmpty())
        m_title = decodedMarkup(text).simplified().left(kLongestTitle);
}

void TitleFinder::text(QStringView text)
{
    if (!m_collecting.isEmpty() && m_collected.size() < kLongestCollected)
        m_collected += text;
}

void TitleFinder::startTag(const QString& raw, const QString& name, bool selfClosing)
{
    const bool isSvg = name == QStringLiteral("svg");
    if (isSvg && m_kind == ArtifactKind::Svg && m_depth == 0)
        set(markupAttribute(raw, QStringLiteral("aria-label")));
    if (isSvg && !selfClosing)
        ++m_depth;
    else if (isSvg && m_depth == 0)
        m_rootClosed = m_kind == ArtifactKind::Svg; // <svg/>: all there is
    // The title of an icon inside a page is not the page's.
    const bool titles = name == QStringLiteral("title") &&
                        (m_kind == ArtifactKind::Svg ? m_depth == 1 : m_depth == 0);
    const bool heads = name == QStringLiteral("h1") && m_kind == ArtifactKind::Html;
    if ((titles || heads) && !selfClosing && m_title.isEmpty()) {
        m_collecting = name;
        m_collected.clear();
    }
}

void TitleFinder::endTag(const QString&, const QString& name)
{
    if (name == m_collecting) {
        m_collecting.clear();
        set(m_collected);
    }
    if (name == QStringLiteral("svg") && m_depth > 0) {
        --m_depth;
        m_rootClosed = m_rootClosed || (m_kind == ArtifactKind::Svg && m_depth == 0);
    }
    if (name == QStringLiteral("html") && m_kind == ArtifactKind::Html)
        m_rootClosed = true;
}

} // namespace atelier
