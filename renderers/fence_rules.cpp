// SPDX-License-Identifier: MIT
#include "renderers/fence_rules.h"

#include <QHash>
#include <QRegularExpression>
#include <QSet>

namespace atelier {
namespace {

bool startsWithWord(QStringView text, QLatin1String word)
{
    if (!text.startsWith(word, Qt::CaseInsensitive))
        return false;
    if (text.size() == word.size())
        return false; // the name may go on
    const QChar next = text[word.size()];
    return next.isSpace() || next == u'>' || next == u'/';
}

// Whether `word` and something after it could still follow from `text`.
bool mayStartWithWord(QStringView text, QLatin1String word)
{
    return text.size() <= word.size() && word.startsWith(text, Qt::CaseInsensitive);
}

// Programming languages whose fences become artifacts when they name their file.
bool isProgramming(const QString& language)
{
    static const QSet<QString> kLanguages = [] {
        const QStringList names = QStringLiteral(
            "python py javascript js jsx ts tsx typescript java kotlin scala swift c "
            "cpp c++ cc h hpp csharp cs go golang rust rs ruby rb php perl lua r julia "
            "haskell hs ocaml elixir erlang clojure dart zig nim fortran matlab glsl "
            "wgsl css scss less sql vue svelte cmake asm verilog vhdl")
                                      .split(u' ');
        return QSet<QString>(names.begin(), names.end());
    }();
    return kLanguages.contains(language);
}

// "game.py", "src/app.js": a name with a suffix, no spaces.
QString fileNameIn(const QString& text)
{
    static const QRegularExpression kName(
        QStringLiteral("^(?:file(?:name)?|title|path)?\\s*[:=]?\\s*[\"'`]?"
                       "([\\w@.\\-][\\w@./\\-]{0,120}\\.[A-Za-z][A-Za-z0-9+]{0,9})[\"'`]?$"),
        QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = kName.match(text.trimmed());
    return match.hasMatch() ? match.captured(1) : QString();
}

// Of a line that is nothing but a comment.
QString commentText(const QString& line)
{
    static const QRegularExpression kComment(
        QStringLiteral("^(?://+|#+(?!!)|--+|;+|%+|/\\*+|<!--)\\s*(.*?)\\s*(?:\\*/|-->)?$"));
    const QRegularExpressionMatch match = kComment.match(line);
    return match.hasMatch() ? match.captured(1) : QString();
}

ArtifactKind kindOf(const QString& language)
{
    static const QHash<QString, ArtifactKind> kKinds = {
        {QStringLiteral("python"), ArtifactKind::Python},
        {QStringLiteral("py"), ArtifactKind::Python},
        {QStringLiteral("jsx"), ArtifactKind::React},
        {QStringLiteral("tsx"), ArtifactKind::React},
    };
    return kKinds.value(language, ArtifactKind::Code);
}

} // namespace

DocumentOpening documentOpening(QStringView text, bool prolog)
{
    if (prolog) {
        for (;;) {
            while (!text.isEmpty() && (text.front().isSpace() || text.front() == QChar(0xfeff)))
                text = text.mid(1);
            QLatin1String close;
            if (text.startsWith(QLatin1String("<?")))
                close = QLatin1String("?>");
            else if (text.startsWith(QLatin1String("<!--")))
                close = QLatin1String("-->");
            else
                break;
            const qsizetype end = text.indexOf(close);
            if (end < 0)
                return DocumentOpening::Undecided;
            text = text.mid(end + close.size());
        }
    }
    if (startsWithWord(text, QLatin1String("<svg")) ||
        startsWithWord(text, QLatin1String("<!doctype svg")))
        return DocumentOpening::Svg;
    if (startsWithWord(text, QLatin1String("<html")) ||
        startsWithWord(text, QLatin1String("<!doctype html")))
        return DocumentOpening::Html;
    const auto words = {QLatin1String("<svg"),
        QLatin1String("<html"),
        QLatin1String("<!doctype html"),
        QLatin1String("<!doctype svg")};
    for (const QLatin1String word : words) {
        if (mayStartWithWord(text, word))
            return DocumentOpening::Undecided;
    }
    if (prolog && (mayStartWithWord(text, QLatin1String("<?")) ||
                      mayStartWithWord(text, QLatin1String("<!--"))))
        return DocumentOpening::Undecided;
    return DocumentOpening::Neither;
}

FenceRules::FenceRules(const QString& info)
{
    m_language = info.section(QLatin1Char(' '), 0, 0).section(QLatin1Char('{'), 0, 0).toLower();
    // "python:game.py" and "python game.py" name a file.
    QString name = info.mid(m_language.size());
    if (const qsizetype colon = m_language.indexOf(u':'); colon > 0) {
        name = info.section(QLatin1Char(' '), 0, 0).mid(colon + 1);
        m_language.truncate(colon);
    }
    static const QHash<QString, Family> kFamilies = {
        {QString(), Family::Markup},
        {QStringLiteral("xml"), Family::Markup},
        {QStringLiteral("json"), Family::Json},
        {QStringLiteral("markdown"), Family::Markdown},
        {QStringLiteral("md"), Family::Markdown},
        {QStringLiteral("jsx"), Family::React},
        {QStringLiteral("tsx"), Family::React},
        {QStringLiteral("react"), Family::React},
        {QStringLiteral("python"), Family::Python},
        {QStringLiteral("py"), Family::Python},
        {QStringLiteral("python3"), Family::Python},
        {QStringLiteral("js"), Family::Script},
        {QStringLiteral("javascript"), Family::Script},
    };
    static const QHash<QString, ArtifactKind> kAlways = {
        {QStringLiteral("html"), ArtifactKind::Html},
        {QStringLiteral("svg"), ArtifactKind::Svg},
        {QStringLiteral("mermaid"), ArtifactKind::Mermaid},
        {QStringLiteral("csv"), ArtifactKind::Csv},
        {QStringLiteral("tsv"), ArtifactKind::Csv},
    };
    if (const auto always = kAlways.constFind(m_language); always != kAlways.constEnd()) {
        decide(*always);
        return;
    }
    m_family = kFamilies.value(m_language, Family::None);
    if (m_family == Family::None && isProgramming(m_language))
        m_family = Family::Other;
    if (m_family == Family::None)
        decide(std::nullopt);
    else if (isProgramming(m_language))
        takeFileName(name);
}

void FenceRules::decide(std::optional<ArtifactKind> kind)
{
    m_verdict = kind ? Verdict::Artifact : Verdict::Prose;
    m_kind = kind.value_or(ArtifactKind::Code);
    m_held.clear();
}

void FenceRules::takeFileName(const QString& name)
{
    m_fileName = fileNameIn(name);
    if (!m_fileName.isEmpty())
        decide(kindOf(m_language));
}

FenceRules::Verdict FenceRules::push(QChar c)
{
    m_held += c;
    if (++m_looked > kMostLooked) {
        decide(std::nullopt);
        return m_verdict;
    }
    switch (m_family) {
    case Family::Markup:
        markup();
        break;
    case Family::Json: {
        // "[" and "{", with spaces between them.
        if (c.isSpace()) {
            m_held.chop(1);
        } else if (m_held == QStringLiteral("[{")) {
            decide(ArtifactKind::Json);
        } else if (m_held != QStringLiteral("[")) {
            decide(std::nullopt);
        }
        break;
    }
    default:
        if (c == u'\n')
            line();
        break;
    }
    return m_verdict;
}

void FenceRules::markup()
{
    switch (documentOpening(m_held, true)) {
    case DocumentOpening::Undecided:
        break;
    case DocumentOpening::Svg:
        decide(ArtifactKind::Svg);
        break;
    case DocumentOpening::Html:
        decide(ArtifactKind::Html);
        break;
    case DocumentOpening::Neither:
        decide(std::nullopt);
        break;
    }
}

void FenceRules::line()
{
    const QString text = std::exchange(m_held, {}).trimmed();
    if (m_family == Family::Markdown) {
        if (text.startsWith(QStringLiteral("# ")) || text == QStringLiteral("---"))
            decide(ArtifactKind::Markdown);
        else if (!text.isEmpty())
            decide(std::nullopt);
        return;
    }
    const bool first = std::exchange(m_firstLine, false);
    if (first && m_family == Family::Python && text.startsWith(QStringLiteral("#!"))) {
        decide(ArtifactKind::Python);
        return;
    }
    if (first && isProgramming(m_language)) {
        takeFileName(commentText(text));
        if (m_verdict != Verdict::Undecided)
            return;
    }
    if (m_family == Family::Other) {
        decide(std::nullopt); // nothing later makes one of it
        return;
    }
    if (!text.isEmpty() && !skipsComment(text))
        codeLine(text);
}

// Comments and docstrings before the first statement say nothing about what follows.
bool FenceRules::skipsComment(const QString& text)
{
    if (!m_insideUntil.isEmpty()) {
        if (text.contains(m_insideUntil))
            m_insideUntil.clear();
        return true;
    }
    if (m_family == Family::Python) {
        for (const QString& quotes : {QStringLiteral("\"\"\""), QStringLiteral("'''")}) {
            if (text.startsWith(quotes)) {
                if (text.indexOf(quotes, 3) < 0)
                    m_insideUntil = quotes;
                return true;
            }
        }
        return text.startsWith(u'#');
    }
    if (text.startsWith(QStringLiteral("/*"))) {
        if (!text.contains(QStringLiteral("*/")))
            m_insideUntil = QStringLiteral("*/");
        return true;
    }
    return text.startsWith(QStringLiteral("//"));
}

void FenceRules::codeLine(const QString& text)
{
    static const QRegularExpression kPythonImport(QStringLiteral("^(?:import|from)\\s+\\S"));
    static const QRegularExpression kPythonDraws(
        QStringLiteral("^(?:import|from)\\s.*?\\b(?:pygame|turtle|tkinter|matplotlib)\\b"));
    static const QRegularExpression kScriptImport(QStringLiteral("^import[\\s{\"'*]"));
    static const QRegularExpression kScriptDraws(
        QStringLiteral("from\\s*[\"'](?:https?://\\S*/"
                       ")?(?:three|d3|p5|pixi\\.js|matter-js|chart\\.js|konva|echarts|"
                       "animejs|canvas-confetti|tone|plotly\\.js-dist-min|cannon-es|howler)\\b"));
    static const QRegularExpression kScriptBegins(QStringLiteral(
        "document\\.createElement\\(\\s*[\"'`]canvas|document\\.body\\b|^new p5\\b|"
        "^(?:async\\s+)?function\\s+(?:setup|preload)\\s*\\(\\s*\\)|createCanvas\\("));
    static const QRegularExpression kReact(
        QStringLiteral("^(?:import[\\s{\"'*]|export\\s|[\"']use "
                       "client[\"']|(?:const|let|var)\\s*\\{[^}]*\\}\\s*=\\s*"
                       "React\\b|function\\s+[A-Z]|class\\s+[A-Z]|const\\s+[A-Z]\\w*[\\s:=])"));
    switch (m_family) {
    case Family::Python:
        if (kPythonDraws.match(text).hasMatch())
            decide(ArtifactKind::Python);
        else if (!kPythonImport.match(text).hasMatch())
            decide(std::nullopt);
        break;
    case Family::Script: {
        const bool import = m_insideImport || kScriptImport.match(text).hasMatch();
        if ((import && kScriptDraws.match(text).hasMatch()) ||
            (!import && kScriptBegins.match(text).hasMatch()))
            decide(ArtifactKind::JavaScript);
        else if (!import)
            decide(std::nullopt);
        // import { a,
        //   b } from "c"
        m_insideImport = import && !text.contains(u'"') && !text.contains(u'\'');
        break;
    }
    default:
        decide(kReact.match(text).hasMatch() ? std::optional(ArtifactKind::React) : std::nullopt);
        break;
    }
}

} // namespace atelier
