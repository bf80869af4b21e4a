// SPDX-License-Identifier: MIT
// Cuts HTML or SVG into tags and text while it arrives, as a browser would. Needs Qt Core alone.
#pragma once

#include <QString>
#include <QStringList>
#include <QStringView>

namespace atelier {

/// What the tokenizer found, in order. The pieces of text depend on how the input was split; all
/// else does not.
class MarkupSink
{
public:
    virtual ~MarkupSink() = default;
    virtual void text(QStringView text) = 0;
    /// `raw` from < to >, `name` in lower case.
    virtual void startTag(const QString& raw, const QString& name, bool selfClosing) = 0;
    virtual void endTag(const QString& raw, const QString& name) = 0;
    /// Comments in pieces; doctype, CDATA and processing instructions.
    virtual void other(QStringView text) = 0;
};

/// Linear in its input. Threads: one.
class MarkupTokenizer
{
public:
    explicit MarkupTokenizer(MarkupSink& sink) : m_sink(sink) {}

    void push(QStringView text);
    void push(QChar character);
    /// What must follow so that the next characters are markup again. An unfinished tag is dropped,
    /// as a browser does at the end of its input; an unfinished comment or script is closed.
    QString finish();
    /// The tag that is being read, from < on; empty when none is.
    QString unfinishedTag() const { return m_state == State::Markup ? m_markup : QString(); }

private:
    enum class State {
        Data,
        Markup,   // from < on, until it is known what it is or until it ends
        Comment,  //
        RawText,  // of m_rawName
        RawClose, // from </ on inside it
    };

    void data(QChar character);
    void markup(QChar character);
    void comment(QChar character);
    void rawText(QChar character);
    void rawClose(QChar character);
    void endMarkup();
    void tagged(const QString& raw, const QString& name, bool end, bool selfClosing);
    void enter(const QString& name, bool selfClosing);
    void leave(const QString& name);
    bool foreign() const;
    void flushText();

    MarkupSink& m_sink;
    State m_state = State::Data;
    QString m_text;   // not handed on yet
    QString m_markup; // from < on
    QChar m_quote;    // of the attribute value that is open
    bool m_afterEquals = false;
    int m_dashes = 0; // at the end of a comment so far
    QString m_rawName;
    QStringList m_contexts; // open svg and math elements, and the HTML inside them
};

} // namespace atelier
