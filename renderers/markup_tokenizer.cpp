// SPDX-License-Identifier: MIT
#include "renderers/markup_tokenizer.h"

#include <QSet>

namespace atelier {
namespace {

bool isLetter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z');
}

bool isSpace(QChar c)
{
    return c == u' ' || c == u'\n' || c == u'\t' || c == u'\r' || c == u'\f';
}

// Elements of HTML whose content is text. With scripts on, <noscript> is one of them.
bool hasRawText(const QString& name)
{
    static const QSet<QString> kNames = {QStringLiteral("script"),
        QStringLiteral("style"),
        QStringLiteral("textarea"),
        QStringLiteral("title"),
        QStringLiteral("xmp"),
        QStringLiteral("iframe"),
        QStringLiteral("noembed"),
        QStringLiteral("noframes"),
        QStringLiteral("noscript")};
    return kNames.contains(name);
}

bool isForeignRoot(const QString& name)
{
    return name == QStringLiteral("svg") || name == QStringLiteral("math");
}

// HTML continues inside these elements of SVG.
bool isHtmlInSvg(const QString& name)
{
    return name == QStringLiteral("foreignobject") || name == QStringLiteral("desc") ||
           name == QStringLiteral("title");
}

// Elements that end an unclosed <svg>, as the HTML standard has it.
bool endsForeign(const QString& name)
{
    static const QSet<QString> kNames = [] {
        const QString names = QStringLiteral("b big blockquote body br center code dd div dl dt em "
                                             "embed h1 h2 h3 h4 h5 h6 head hr i "
                                             "img li listing menu meta nobr ol p pre ruby s small "
                                             "span strong strike sub sup table tt "
                                             "u ul var");
        const QStringList list = names.split(QLatin1Char(' '));
        return QSet<QString>(list.begin(), list.end());
    }();
    return kNames.contains(name);
}

// The name after < or </ at `from`.
QString tagName(const QString& markup, qsizetype from)
{
    qsizetype end = from;
    while (
        end < markup.size() && !isSpace(markup[end]) && markup[end] != u'/' && markup[end] != u'>')
        ++end;
    return markup.mid(from, end - from).toLower();
}

} // namespace

void MarkupTokenizer::push(QStringView text)
{
    for (const QChar character : text)
        push(character);
    flushText();
}

void MarkupTokenizer::push(QChar character)
{
    switch (m_state) {
    case State::Data:
        data(character);
        break;
    case State::Markup:
        markup(character);
        break;
    case State::Comment:
        comment(character);
        break;
    case State::RawText:
        rawText(character);
        break;
    case State::RawClose:
        rawClose(character);
        break;
    }
}

void MarkupTokenizer::flushText()
{
    if (m_text.isEmpty())
        return;
    if (m_state == State::Comment)
        m_sink.other(m_text);
    else
        m_sink.text(m_text);
    m_text.clear();
}

void MarkupTokenizer::data(QChar character)
{
    if (character == u'<') {
        flushText();
        m_markup = character;
        m_quote = QChar();
        m_afterEquals = false;
        m_state = State::Markup;
    } else {
        m_text += character;
    }
}

void MarkupTokenizer::markup(QChar character)
{
    if (m_markup.size() == 1 && !isLetter(character) && character != u'/' && character != u'!' &&
        character != u'?') {
        m_text += m_markup; // "a < b"
        m_state = State::Data;
        data(character);
        return;
    }
    m_markup += character;
    const QChar second = m_markup[1];
    if (second == u'!' || second == u'?') {
        if (m_markup == QStringLiteral("<!--")) {
            m_sink.other(m_markup);
            m_dashes = 2;
            m_state = State::Comment;
        } else if (foreign() && m_markup.startsWith(QStringLiteral("<![CDATA["))) {
            if (m_markup.endsWith(QStringLiteral("]]>")))
                endMarkup();
        } else if (character == u'>') {
            endMarkup();
        }
        return;
    }
    if (second == u'/' && m_markup.size() == 3 && !isLetter(character)) {
        if (character == u'>')
            endMarkup();
        return; // "</ x>" is a comment up to its end
    }
    // Quotes count only where a value can begin, as in a browser.
    if (!m_quote.isNull()) {
        if (character == m_quote)
            m_quote = QChar();
    } else if (character == u'>') {
        endMarkup();
    } else if (m_afterEquals && (character == u'"' || character == u'\'')) {
        m_quote = character;
        m_afterEquals = false;
    } else if (character == u'=') {
        m_afterEquals = true;
    } else if (!isSpace(character)) {
        m_afterEquals = false;
    }
}

void MarkupTokenizer::endMarkup()
{
    const QString raw = m_markup;
    m_markup.clear();
    m_state = State::Data;
    const QChar second = raw[1];
    if (isLetter(second)) {
        tagged(raw, tagName(raw, 1), false, raw.endsWith(QStringLiteral("/>")));
    } else if (second == u'/' && isLetter(raw[2])) {
        tagged(raw, tagName(raw, 2), true, false);
    } else {
        m_sink.other(raw);
    }
}

void MarkupTokenizer::tagged(const QString& raw, const QString& name, bool end, bool selfClosing)
{
    if (end) {
        leave(name);
        m_sink.endTag(raw, name);
        return;
    }
    const bool isRaw = !foreign() && hasRawText(name);
    m_sink.startTag(raw, name, selfClosing);
    enter(name, selfClosing);
    if (isRaw) {
        m_rawName = name;
        m_state = State::RawText;
    }
}

void MarkupTokenizer::enter(const QString& name, bool selfClosing)
{
    if (foreign() && endsForeign(name)) {
        while (foreign())
            m_contexts.removeLast();
    }
    if (!selfClosing && (isForeignRoot(name) || (foreign() && isHtmlInSvg(name))))
        m_contexts.append(name);
}

void MarkupTokenizer::leave(const QString& name)
{
    const qsizetype open = m_contexts.lastIndexOf(name);
    if (open >= 0)
        m_contexts.resize(open);
}

bool MarkupTokenizer::foreign() const
{
    return !m_contexts.isEmpty() && isForeignRoot(m_contexts.last());
}

void MarkupTokenizer::comment(QChar character)
{
    m_text += character;
    if (character == u'>' && m_dashes >= 2) {
        flushText();
        m_state = State::Data;
    } else {
        m_dashes = character == u'-' ? m_dashes + 1 : 0;
    }
}

void MarkupTokenizer::rawText(QChar character)
{
    if (character == u'<') {
        flushText();
        m_markup = character;
        m_state = State::RawClose;
    } else {
        m_text += character;
    }
}

void MarkupTokenizer::rawClose(QChar character)
{
    const QString wanted = QStringLiteral("</") + m_rawName;
    const qsizetype size = m_markup.size();
    if (size < wanted.size()) {
        if (character.toLower() == wanted[size]) {
            m_markup += character;
            return;
        }
    } else if (character == u'>' || character == u'/' || isSpace(character)) {
        m_quote = QChar();
        m_afterEquals = false;
        m_state = State::Markup;
        markup(character);
        return;
    }
    m_text += m_markup;
    m_markup.clear();
    m_state = State::RawText;
    rawText(character);
}

QString MarkupTokenizer::finish()
{
    flushText();
    const State state = m_state;
    const QString held = m_markup;
    m_markup.clear();
    m_state = State::Data;
    switch (state) {
    case State::Data:
        break;
    case State::Markup:
        if (held.size() == 1)
            m_sink.text(held); // a lone < at the end
        break;
    case State::Comment:
        return QStringLiteral("-->");
    case State::RawClose:
        m_sink.text(held);
        [[fallthrough]];
    case State::RawText:
        return QStringLiteral("</%1>").arg(m_rawName);
    }
    return {};
}

} // namespace atelier
