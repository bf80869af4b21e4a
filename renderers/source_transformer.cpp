// SPDX-License-Identifier: MIT
#include "renderers/source_transformer.h"

#include "renderers/cdn_rules.h"
#include "renderers/runner_page.h"
#include "renderers/tag_attributes.h"
#include "renderers/title_finder.h"

#include <QRegularExpression>

namespace atelier {
namespace {

constexpr char kHeldType[] = "text/x-atelier-held"; // as in held_scripts.ts
constexpr char kMark[] = "data-atelier-at";         // as in picker.ts

constexpr qsizetype kDeepest = 256; // elements in one another; a browser stops at 512

// What a browser would run; anything else (templates, shaders, data) is left as it is.
bool isScriptType(const QString& type)
{
    const QString name = type.trimmed().toLower().section(QLatin1Char(';'), 0, 0).trimmed();
    static const QRegularExpression kScript(
        QStringLiteral("^(|module|importmap|speculationrules|"
                       "(text|application)/(x-)?(javascript|ecmascript)|text/"
                       "(jscript|livescript|javascript1\\.\\d))$"));
    return kScript.match(name).hasMatch();
}

bool isHeldAttribute(const QString& element, const QString& name)
{
    if (name.size() > 2 && name.startsWith(QLatin1String("on")))
        return true;
    if (name == QStringLiteral("srcdoc"))
        return true;
    if (name == QStringLiteral("src"))
        return element == QStringLiteral("iframe") || element == QStringLiteral("frame") ||
               element == QStringLiteral("embed");
    return name == QStringLiteral("data") && element == QStringLiteral("object");
}

// How many characters of an address's start `https:` stands for; -1: it stays as it is. A scheme of
// our own would fill in itself where a page of the web says "as this page".
qsizetype schemeToReplace(const QString& element, const TagAttribute& attribute)
{
    const bool loads =
        (element == QStringLiteral("script") && attribute.name == QStringLiteral("src")) ||
        (element == QStringLiteral("link") && attribute.name == QStringLiteral("href"));
    if (!loads)
        return -1;
    const qsizetype scheme = attribute.value.startsWith(QStringLiteral("//"))        ? 0
                             : attribute.value.startsWith(QStringLiteral("http://")) ? 5
                                                                                     : -1;
    if (scheme < 0)
        return -1;
    return isCdnHost(QUrl(attribute.value.mid(scheme).prepend(QStringLiteral("https:"))).host())
               ? scheme
               : -1;
}

double length(const QString& text)
{
    static const QRegularExpression kLength(
        QStringLiteral("^\\s*\\+?(\\d{1,7}(?:\\.\\d{1,6})?)(?:px)?\\s*$"));
    const QRegularExpressionMatch match = kLength.match(text);
    return match.hasMatch() ? match.captured(1).toDouble() : 0;
}

// Width by height of the root's coordinate system; 0 when it has none.
struct SvgShape
{
    double ratio = 0;
    QString viewBox; // to be added when only a size is given
};

SvgShape shapeOf(const QString& tag)
{
    SvgShape shape;
    static const QRegularExpression kSeparator(QStringLiteral("[\\s,]+"));
    const QString viewBox = markupAttribute(tag, QStringLiteral("viewbox"));
    const QStringList numbers = viewBox.trimmed().split(kSeparator);
    if (numbers.size() == 4) {
        const double width = numbers[2].toDouble();
        const double height = numbers[3].toDouble();
        if (width > 0 && height > 0)
            shape.ratio = width / height;
    }
    const double width = length(markupAttribute(tag, QStringLiteral("width")));
    const double height = length(markupAttribute(tag, QStringLiteral("height")));
    if (shape.ratio == 0 && width > 0 && height > 0) {
        shape.ratio = width / height;
        if (viewBox.isNull())
            shape.viewBox = QStringLiteral("0 0 %1 %2").arg(width).arg(height);
    }
    return shape;
}

// One line: the source's first line stays the first. A picture without a background of its own is
// drawn on white paper, so that black strokes show on a dark stage too.
QString svgPage(double ratio)
{
    return QStringLiteral(
        "<!doctype html><html><head><meta charset=\"utf-8\"><style>"
        "html,body{margin:0;height:100%;overflow:hidden}"
        "body{display:flex;align-items:center;justify-content:center}"
        "body>svg{display:block;flex:none;height:auto!important;aspect-ratio:var(--atelier-ratio);"
        "width:min(100vw - 32px,(100vh - 32px)*var(--atelier-ratio))!important;"
        "background:#fff;border-radius:4px;box-shadow:0 1px 4px rgba(20,26,24,.16)}"
        "</style></head><body data-atelier-stage style=\"--atelier-ratio:%1\">")
        .arg(ratio, 0, 'g', 6);
}

qsizetype lineFeeds(QStringView text)
{
    return text.count(u'\n');
}

} // namespace

class SourceTransformer::Sink final : public MarkupSink
{
public:
    Sink(ArtifactKind kind, Marks marks)
        : m_svg(kind == ArtifactKind::Svg),
          m_marks(marks == Marks::Elements)
    {
    }

    QString take() { return std::exchange(m_out, {}); }
    const QStringList& open() const { return m_open; }

    void text(QStringView text) override
    {
        m_line += lineFeeds(text);
        if (waitsForRoot())
            prolog(text);
        else
            m_out += text;
    }

    void other(QStringView text) override { this->text(text); }

    void endTag(const QString& raw, const QString& name) override
    {
        const qsizetype open = m_open.lastIndexOf(name);
        if (open >= 0)
            m_open.resize(open);
        const qsizetype lines = lineFeeds(raw);
        m_line += lines;
        m_out += raw;
    }

    void startTag(const QString& raw, const QString& name, bool selfClosing) override
    {
        if (m_svg && !selfClosing && m_open.size() < kDeepest)
            m_open.append(name);
        if (waitsForRoot())
            root(raw, name);
        else
            m_out += rewritten(raw, name);
        m_line += lineFeeds(raw);
        ++m_tags;
    }

    void beginWithout()
    {
        if (waitsForRoot()) {
            m_begun = true;
            m_out += svgPage(4.0 / 3.0);
        }
    }

private:
    bool waitsForRoot() const { return m_svg && !m_begun; }

    // Before the root: a declaration, comments, spaces. Only their lines count.
    void prolog(QStringView text) { m_prologLines += lineFeeds(text); }

    void root(const QString& raw, const QString& name)
    {
        m_begun = true;
        const SvgShape shape = name == QStringLiteral("svg") ? shapeOf(raw) : SvgShape();
        m_out +=
            svgPage(shape.ratio > 0 ? shape.ratio : 4.0 / 3.0); // 4:3 until something says more
        m_out += QString(m_prologLines, u'\n');
        QString tag = rewritten(raw, name);
        if (!shape.viewBox.isEmpty())
            tag.insert(4, QStringLiteral(" viewBox=\"%1\"").arg(shape.viewBox));
        m_out += tag;
    }

    QString rewritten(const QString& raw, const QString& name) const
    {
        const QList<TagAttribute> attributes = tagAttributes(raw);
        const bool isScript = name == QStringLiteral("script");
        bool holdScript = isScript;
        for (const TagAttribute& attribute : attributes) {
            if (isScript && attribute.name == QStringLiteral("type")) {
                holdScript = isScriptType(decodedMarkup(attribute.value));
                break; // of two attributes with one name the first counts
            }
        }
        const qsizetype nameEnd = name.size() + 1;
        QString tag = raw.left(nameEnd);
        qsizetype copied = nameEnd;
        QString mark;
        // Of two attributes with one name the first counts, so a source cannot write its own.
        if (m_marks)
            mark = QStringLiteral(" %1=\"%2\"").arg(QLatin1String(kMark)).arg(m_tags);
        if (holdScript)
            mark += QStringLiteral(" type=\"%1\" data-atelier-line=\"%2\"")
                        .arg(QLatin1String(kHeldType))
                        .arg(m_line + lineFeeds(raw));
        bool held = false;
        QString rest;
        for (const TagAttribute& attribute : attributes) {
            rest += raw.mid(copied, attribute.start - copied);
            copied = attribute.start;
            if (attribute.name == QStringLiteral("integrity")) {
                rest +=
                    QString(lineFeeds(QStringView(raw).mid(copied, attribute.end - copied)), u'\n');
                copied = attribute.end;
            } else if (holdScript && attribute.name == QStringLiteral("type")) {
                rest += QStringLiteral("data-atelier-type");
                copied = attribute.nameEnd;
            } else if (isHeldAttribute(name, attribute.name)) {
                rest += QStringLiteral("data-atelier-held-") + attribute.name;
                copied = attribute.nameEnd;
                held = true;
            } else if (const qsizetype scheme = schemeToReplace(name, attribute); scheme >= 0) {
                const qsizetype value = raw.indexOf(attribute.value, attribute.nameEnd);
                rest += raw.mid(copied, value - copied) + QStringLiteral("https:");
                copied = value + scheme;
            }
        }
        rest += raw.mid(copied);
        if (held)
            mark += QStringLiteral(" data-atelier-held");
        return tag + mark + rest;
    }

    const bool m_svg;
    const bool m_marks;
    bool m_begun = false;
    QStringList m_open; // elements of an SVG
    qsizetype m_line = 1;
    qsizetype m_tags = 0; // start tags before the one that is read
    qsizetype m_prologLines = 0;
    QString m_out;
};

SourceTransformer::SourceTransformer(ArtifactKind kind, const QString& nonce, Marks marks)
    : m_sink(std::make_unique<Sink>(kind, marks)),
      m_tokenizer(*m_sink),
      m_nonce(nonce),
      m_markup(isMarkupKind(kind)),
      m_runner(m_markup ? QString() : runnerPage(kind))
{
}

SourceTransformer::~SourceTransformer() = default;

QString SourceTransformer::push(QStringView source)
{
    if (!m_markup)
        return asData(source);
    m_tokenizer.push(source);
    return m_sink->take();
}

// Text that no parser takes for anything else.
QString SourceTransformer::asData(QStringView source)
{
    QString out = std::exchange(m_runner, {});
    out.reserve(out.size() + source.size() + source.size() / 8);
    for (const QChar c : source) {
        if (!m_half.isNull()) {
            out += QChar::isLowSurrogate(c.unicode()) ? m_half : QChar(QChar::ReplacementCharacter);
            m_half = QChar();
        }
        if (c == u'&')
            out += QStringLiteral("&amp;");
        else if (c == u'<')
            out += QStringLiteral("&lt;");
        else if (c.isNull())
            out += QChar(QChar::ReplacementCharacter);
        else if (c.isHighSurrogate())
            m_half = c;
        else
            out += c;
    }
    return out;
}

std::optional<SourceTransformer::Growing> SourceTransformer::growing() const
{
    if (m_sink->open().isEmpty())
        return std::nullopt;
    std::optional<PartialShape> shape = partialShape(m_tokenizer.unfinishedTag());
    if (!shape)
        return std::nullopt;
    return Growing{*std::move(shape), m_sink->open()};
}

QString SourceTransformer::finish(End end)
{
    const QString word = end == End::Complete ? QStringLiteral("run") : QStringLiteral("cut");
    if (!m_markup)
        return asData({}) + runnerPageEnd(word) + QStringLiteral("<!--%1%2-->").arg(m_nonce, word);
    const QString closing = m_tokenizer.finish();
    m_sink->beginWithout();
    return m_sink->take() + closing + QStringLiteral("<!--%1%2-->").arg(m_nonce, word);
}

} // namespace atelier
