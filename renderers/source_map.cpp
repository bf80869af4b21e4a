// SPDX-License-Identifier: MIT
#include "renderers/source_map.h"

#include "renderers/markup_tokenizer.h"

#include <QHash>
#include <QSet>
#include <algorithm>

namespace atelier {
namespace {

constexpr qsizetype kDeepest = 512; // a browser's own limit: what is deeper is not looked through

QSet<QString> names(const char* list)
{
    const QStringList split = QString::fromLatin1(list).split(QLatin1Char(' '));
    return QSet<QString>(split.begin(), split.end());
}

bool isVoid(const QString& name)
{
    static const QSet<QString> kNames = names("area base basefont bgsound br col embed frame hr "
                                              "image img input keygen link meta param source track "
                                              "wbr");
    return kNames.contains(name);
}

// Tags that end an open <p>.
bool endsParagraph(const QString& name)
{
    static const QSet<QString> kNames =
        names("address article aside blockquote center details dialog dir div dl fieldset "
              "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr listing main menu "
              "nav ol p plaintext pre search section summary table ul xmp li dd dt");
    return kNames.contains(name);
}

// What an end tag or an implied end does not reach across.
bool isBarrier(const QString& name)
{
    static const QSet<QString> kNames =
        names("applet caption foreignobject html marquee object table td template th button");
    return kNames.contains(name);
}

bool isTablePart(const QString& name)
{
    static const QSet<QString> kNames =
        names("table tbody thead tfoot tr td th caption colgroup body html");
    return kNames.contains(name);
}

// Which open elements the start tag of `name` ends, and what keeps them open.
struct Implied
{
    QSet<QString> ends;
    QSet<QString> within;
};

const Implied* impliedBy(const QString& name)
{
    static const QHash<QString, Implied> kImplied = [] {
        const Implied item = {names("li"), names("ul ol menu table td th")};
        const Implied term = {names("dt dd"), names("dl table td th")};
        const Implied option = {names("option"), names("select datalist optgroup")};
        const Implied cell = {names("td th"), names("tr table")};
        const Implied row = {names("td th tr"), names("tbody thead tfoot table")};
        const Implied part = {names("td th tr tbody thead tfoot caption colgroup"), names("table")};
        return QHash<QString, Implied>{{QStringLiteral("li"), item},
            {QStringLiteral("dt"), term},
            {QStringLiteral("dd"), term},
            {QStringLiteral("option"), option},
            {QStringLiteral("optgroup"), {names("option optgroup"), names("select")}},
            {QStringLiteral("td"), cell},
            {QStringLiteral("th"), cell},
            {QStringLiteral("tr"), row},
            {QStringLiteral("tbody"), part},
            {QStringLiteral("thead"), part},
            {QStringLiteral("tfoot"), part},
            {QStringLiteral("body"), {names("head"), names("html")}}};
    }();
    const auto found = kImplied.find(name);
    return found == kImplied.end() ? nullptr : &*found;
}

bool isForeign(const QString& name)
{
    return name == QStringLiteral("svg") || name == QStringLiteral("math");
}

class MapSink final : public MarkupSink
{
public:
    explicit MapSink(const QString& source) : m_source(source) {}

    QList<SourceElement> take()
    {
        while (!m_open.isEmpty())
            close(m_at);
        return std::move(m_elements);
    }

    void text(QStringView text) override { m_at += text.size(); }
    void other(QStringView text) override { m_at += text.size(); }

    void startTag(const QString& raw, const QString& name, bool selfClosing) override
    {
        if (!inForeign())
            endImplied(name);
        m_elements.append({name, m_at, m_at + raw.size(), m_open.isEmpty() ? -1 : m_open.last()});
        m_at += raw.size();
        const bool foreign = inForeign() || isForeign(name);
        if (foreign ? selfClosing : isVoid(name))
            return;
        m_open.append(int(m_elements.size()) - 1);
        ++m_count[name];
    }

    void endTag(const QString& raw, const QString& name) override
    {
        const qsizetype begin = m_at;
        m_at += raw.size();
        const qsizetype open = find({name}, [&](const QString& other) {
            return isBarrier(other) && !isTablePart(name) && !isForeign(name);
        });
        if (open < 0)
            return;
        while (m_open.size() > open + 1)
            close(begin);
        close(m_at);
    }

private:
    const QString& nameAt(qsizetype open) const { return m_elements[m_open[open]].name; }

    bool inForeign() const
    {
        if (m_count.value(QStringLiteral("svg")) + m_count.value(QStringLiteral("math")) == 0)
            return false;
        const qsizetype last = std::max<qsizetype>(0, m_open.size() - kDeepest);
        for (qsizetype i = m_open.size() - 1; i >= last; --i) {
            if (isForeign(nameAt(i)))
                return true;
            if (nameAt(i) == QStringLiteral("foreignobject"))
                return false;
        }
        return false;
    }

    // The innermost open element of these names with nothing that `stops` above it; -1: none.
    template <class Stops>
    qsizetype find(const QSet<QString>& wanted, Stops&& stops) const
    {
        const bool any = std::any_of(wanted.begin(), wanted.end(), [this](const QString& name) {
            return m_count.value(name) > 0;
        });
        if (!any)
            return -1;
        const qsizetype last = std::max<qsizetype>(0, m_open.size() - kDeepest);
        for (qsizetype i = m_open.size() - 1; i >= last; --i) {
            if (wanted.contains(nameAt(i)))
                return i;
            if (stops(nameAt(i)))
                return -1;
        }
        return -1;
    }

    void endImplied(const QString& name)
    {
        const auto endFrom = [this](qsizetype open) {
            while (open >= 0 && m_open.size() > open)
                close(m_at);
        };
        if (const Implied* implied = impliedBy(name)) {
            for (;;) { // <tr> ends the cell, then the row
                const qsizetype open = find(implied->ends, [&](const QString& other) {
                    return implied->within.contains(other) || other == QStringLiteral("template");
                });
                if (open < 0)
                    break;
                endFrom(open);
            }
        }
        if (endsParagraph(name))
            endFrom(find({QStringLiteral("p")}, isBarrier));
    }

    // Of the innermost open element. Without an end tag the space behind it is not its own.
    void close(qsizetype end)
    {
        SourceElement& element = m_elements[m_open.takeLast()];
        --m_count[element.name];
        while (end > element.end && m_source[end - 1].isSpace())
            --end;
        element.end = std::max(element.end, end);
    }

    const QString& m_source;
    qsizetype m_at = 0;
    QList<SourceElement> m_elements;
    QList<int> m_open;
    QHash<QString, int> m_count; // of open ones, by name
};

} // namespace

SourceMap::SourceMap(const QString& source) : m_source(source)
{
    MapSink sink(m_source);
    MarkupTokenizer tokenizer(sink);
    tokenizer.push(m_source);
    tokenizer.finish();
    m_elements = sink.take();
    m_lines.append(0);
    for (qsizetype i = 0; i < m_source.size(); ++i) {
        if (m_source[i] == u'\n')
            m_lines.append(i + 1);
    }
}

const SourceElement* SourceMap::element(int number) const
{
    return number >= 0 && number < m_elements.size() ? &m_elements[number] : nullptr;
}

SourceRange SourceMap::range(int number) const
{
    const SourceElement* found = element(number);
    if (!found)
        return {};
    const auto lineOf = [this](qsizetype at) {
        return int(std::upper_bound(m_lines.begin(), m_lines.end(), at) - m_lines.begin());
    };
    SourceRange range;
    range.line = lineOf(found->begin);
    range.column = int(found->begin - m_lines[range.line - 1]);
    range.lastLine = lineOf(std::max(found->begin, found->end - 1));
    range.lastColumn = int(found->end - m_lines[range.lastLine - 1]);
    return range;
}

QString SourceMap::text(int number) const
{
    const SourceRange lines = range(number);
    if (lines.line == 0)
        return {};
    const qsizetype begin = m_lines[lines.line - 1];
    const qsizetype end =
        lines.lastLine < m_lines.size() ? m_lines[lines.lastLine] : m_source.size();
    return m_source.mid(begin, end - begin);
}

} // namespace atelier
