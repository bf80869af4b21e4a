// SPDX-License-Identifier: MIT
// Decides, while it streams, whether a fence holds an artifact.
#pragma once

#include "renderers/artifact_kind.h"

#include <QString>
#include <QStringView>
#include <optional>

namespace atelier {

/// A short piece of code in an answer is prose; what stands by itself is an artifact. Which of the
/// two it is shows in the first lines and never changes afterwards, so that nothing flickers:
///
/// | Fence              | An artifact when                                                     |
/// |--------------------|----------------------------------------------------------------------|
/// | html, svg          | always                                                               |
/// | none, xml          | its first tag is <svg, <html or <!doctype html (or svg)              |
/// | mermaid            | always                                                               |
/// | csv, tsv           | always                                                               |
/// | json               | it begins with [ and {: a list of records                            |
/// | markdown, md       | its first line is a heading of level 1, or front matter              |
/// | jsx, tsx, react    | its first statement is an import, an export, "use client", a hook    |
/// |                    | taken from React, or a function or class with a capital              |
/// | python, py         | the imports it begins with name a library that draws, or it begins   |
/// |                    | with #!                                                              |
/// | js, javascript     | the imports it begins with name a library that draws, or its first   |
/// |                    | statement makes a canvas, writes document.body or is p5's setup()    |
/// | of any programming | it names its file: behind the language ("python game.py",            |
/// | language           | "js title=app.js"), or in a comment that is its first line           |
///
/// Comments, empty lines and docstrings before the first statement are skipped. Work is linear;
/// after kMostLooked characters without a decision it is prose.
///
/// Owner: the detector, for one fence. Threads: one. Needs Qt Core alone.
class FenceRules
{
public:
    static constexpr qsizetype kMostLooked = 4096;

    enum class Verdict { Undecided, Prose, Artifact };

    explicit FenceRules(const QString& info); // what stands behind the fence's marks

    Verdict verdict() const { return m_verdict; }
    ArtifactKind kind() const { return m_kind; }
    const QString& language() const { return m_language; } // lower case
    const QString& fileName() const { return m_fileName; } // as the fence names it; may be empty

    /// The next character of the content. Only while undecided.
    Verdict push(QChar c);

private:
    enum class Family { None, Markup, Json, Markdown, React, Python, Script, Other };

    void decide(std::optional<ArtifactKind> kind);
    void takeFileName(const QString& name);
    void markup();
    void line();
    void codeLine(const QString& text);
    bool skipsComment(const QString& text);

    QString m_language;
    QString m_fileName;
    QString m_held; // all of it for markup, else the line that is being read
    qsizetype m_looked = 0;
    Family m_family = Family::None;
    ArtifactKind m_kind = ArtifactKind::Code;
    Verdict m_verdict = Verdict::Undecided;
    QString m_insideUntil; // a comment or docstring of several lines ends with this
    bool m_insideImport = false;
    bool m_firstLine = true;
};

enum class DocumentOpening { Svg, Html, Neither, Undecided };

/// What a source begins with. `prolog`: an XML declaration and comments may come first.
DocumentOpening documentOpening(QStringView text, bool prolog);

} // namespace atelier
