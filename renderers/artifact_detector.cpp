// SPDX-License-Identifier: MIT
#include "renderers/artifact_detector.h"

#include "renderers/fence_rules.h"
#include "renderers/title_finder.h"

namespace atelier {
namespace {

// A longer line is prose, whatever it begins with.
constexpr qsizetype kLongestFenceLine = 512;

// Three or more backticks or tildes after up to three spaces.
struct FenceLine
{
    QChar marker;
    qsizetype length = 0;
    QString info;

    bool isFence() const { return length >= 3; }
};

FenceLine parseFence(QStringView line)
{
    while (!line.isEmpty() && (line.back() == u'\n' || line.back() == u'\r'))
        line.chop(1);
    qsizetype at = 0;
    while (at < line.size() && at < 3 && line[at] == u' ')
        ++at;
    FenceLine fence;
    if (at >= line.size() || (line[at] != u'`' && line[at] != u'~'))
        return fence;
    fence.marker = line[at];
    while (at < line.size() && line[at] == fence.marker) {
        ++fence.length;
        ++at;
    }
    fence.info = line.mid(at).trimmed().toString();
    if (fence.marker == u'`' && fence.info.contains(u'`'))
        fence.length = 0; // code in a line, not a fence
    return fence;
}

} // namespace

struct ArtifactDetector::State
{
    enum class Where {
        LineStart,  // of prose: m_held may become a fence or a document
        ProseLine,  // the rest of a line of prose
        OtherFence, // prose up to the closing fence
        Undecided,  // after a fence: m_opener is its line, m_held what followed
        FenceStart, // of a line in a fenced artifact: m_held may become the closing fence
        FenceLine,  // the rest of a line in a fenced artifact
        RawDocument,
        AfterRaw, // the rest of the line that closed a raw document
    };

    Where where = Where::LineStart;
    QString held;
    QString opener;
    QString line; // of another fence, to find its end
    FenceLine fence;
    int nested = 0; // fences with a language inside an artifact
    ArtifactKind kind = ArtifactKind::Code;
    std::optional<FenceRules> rules; // while it is undecided
    std::unique_ptr<TitleFinder> titles;
    QList<ArtifactEvent> events;

    void push(QChar c);
    void emitText(ArtifactEvent::Type type, QStringView text);
    void prose(QStringView text) { emitText(ArtifactEvent::Type::Prose, text); }
    void source(QStringView text);
    void begin(ArtifactKind newKind, const QString& language);
    void end();
    void lineStart(QChar c);
    void openFence(const QString& opening);
    void otherFence(QChar c);
    void undecided(QChar c);
    void decide();
    void fenceStart(QChar c);
    void rawDocument(QChar c);
    bool inArtifact() const { return titles != nullptr; }
};

ArtifactDetector::ArtifactDetector() : m_state(std::make_unique<State>()) {}
ArtifactDetector::~ArtifactDetector() = default;
ArtifactDetector::ArtifactDetector(ArtifactDetector&&) noexcept = default;
ArtifactDetector& ArtifactDetector::operator=(ArtifactDetector&&) noexcept = default;

// Consecutive pieces of the same kind become one event.
void ArtifactDetector::State::emitText(ArtifactEvent::Type type, QStringView text)
{
    if (text.isEmpty())
        return;
    if (!events.isEmpty() && events.last().type == type)
        events.last().text += text;
    else
        events.append({type, text.toString(), inArtifact() ? kind : ArtifactKind::Code, {}});
}

void ArtifactDetector::State::source(QStringView text)
{
    for (const QChar c : text) {
        emitText(ArtifactEvent::Type::Source, QStringView(&c, 1));
        if (titles->push(c))
            events.append({ArtifactEvent::Type::Title, titles->title(), kind, {}});
    }
}

void ArtifactDetector::State::begin(ArtifactKind newKind, const QString& language)
{
    kind = newKind;
    nested = 0;
    titles = std::make_unique<TitleFinder>(kind);
    events.append({ArtifactEvent::Type::Begin, {}, kind, language});
}

void ArtifactDetector::State::end()
{
    events.append({ArtifactEvent::Type::End, {}, kind, {}});
    titles.reset();
}

void ArtifactDetector::State::push(QChar c)
{
    switch (where) {
    case Where::LineStart:
        lineStart(c);
        break;
    case Where::ProseLine:
        prose(QStringView(&c, 1));
        if (c == u'\n')
            where = Where::LineStart;
        break;
    case Where::OtherFence:
        otherFence(c);
        break;
    case Where::Undecided:
        undecided(c);
        break;
    case Where::FenceStart:
        fenceStart(c);
        break;
    case Where::FenceLine:
        source(QStringView(&c, 1));
        if (c == u'\n')
            where = Where::FenceStart;
        break;
    case Where::RawDocument:
        rawDocument(c);
        break;
    case Where::AfterRaw:
        // The line feed after a document is not an empty paragraph of its own.
        where = c == u'\n' ? Where::LineStart : c == u'\r' ? Where::AfterRaw : Where::ProseLine;
        if (c != u'\n' && c != u'\r')
            prose(QStringView(&c, 1));
        break;
    }
}

void ArtifactDetector::State::lineStart(QChar c)
{
    held += c;
    const QStringView text = held;
    qsizetype indent = 0;
    while (indent < text.size() && text[indent] == u' ')
        ++indent;
    const QStringView rest = text.mid(indent);
    if (c == u'\n') {
        const QString complete = std::exchange(held, {});
        if (parseFence(complete).isFence())
            openFence(complete);
        else
            prose(complete); // a line of its own, or a lone "<svg" that went no further
        return;
    }
    if (indent <= 3 && rest.isEmpty())
        return;
    if (indent <= 3 && (rest.front() == u'`' || rest.front() == u'~')) {
        const QChar marker = rest.front();
        qsizetype run = 0;
        while (run < rest.size() && rest[run] == marker)
            ++run;
        const bool stillMarker = run == rest.size();
        const bool infoGoesOn = run >= 3 && !(marker == u'`' && rest.mid(run).contains(u'`'));
        if ((stillMarker || infoGoesOn) && held.size() <= kLongestFenceLine)
            return;
    } else if (indent <= 3 && rest.front() == u'<') {
        const DocumentOpening opening = documentOpening(rest, false);
        if (opening == DocumentOpening::Undecided)
            return;
        if (opening != DocumentOpening::Neither) {
            const QString complete = std::exchange(held, {});
            where = Where::RawDocument;
            const bool svg = opening == DocumentOpening::Svg;
            begin(svg ? ArtifactKind::Svg : ArtifactKind::Html,
                svg ? QStringLiteral("svg") : QStringLiteral("html"));
            for (const QChar character : complete)
                rawDocument(character);
            return;
        }
    }
    prose(std::exchange(held, {}));
    where = Where::ProseLine;
}

void ArtifactDetector::State::openFence(const QString& opening)
{
    fence = parseFence(opening);
    rules.emplace(fence.info);
    opener = opening;
    where = Where::Undecided;
    if (rules->verdict() != FenceRules::Verdict::Undecided)
        decide();
}

void ArtifactDetector::State::otherFence(QChar c)
{
    prose(QStringView(&c, 1));
    // Only the beginning of a line can tell whether it closes the fence.
    if (line.size() < 256)
        line += c;
    if (c == u'\n') {
        const FenceLine found = parseFence(line);
        if (found.isFence() && found.marker == fence.marker && found.length >= fence.length &&
            found.info.isEmpty() && line.endsWith(u'\n'))
            where = Where::LineStart;
        line.clear();
    }
}

void ArtifactDetector::State::undecided(QChar c)
{
    held += c;
    if (rules->push(c) != FenceRules::Verdict::Undecided)
        decide();
}

void ArtifactDetector::State::decide()
{
    const QString first = std::exchange(opener, {});
    const QString rest = std::exchange(held, {});
    const FenceRules decided = *std::exchange(rules, std::nullopt);
    if (decided.verdict() == FenceRules::Verdict::Artifact) {
        where = Where::FenceStart;
        begin(decided.kind(), decided.language());
        if (titles->suggest(decided.fileName()))
            events.append({ArtifactEvent::Type::Title, titles->title(), kind, {}});
    } else {
        prose(first);
        line.clear();
        where = Where::OtherFence;
    }
    for (const QChar character : rest)
        push(character);
}

void ArtifactDetector::State::fenceStart(QChar c)
{
    held += c;
    const FenceLine found = parseFence(held);
    if (c == u'\n') {
        const QString complete = std::exchange(held, {});
        const bool fits = found.marker == fence.marker && found.length >= fence.length;
        if (found.isFence() && fits && found.info.isEmpty() && nested == 0) {
            end();
            where = Where::LineStart;
            return;
        }
        // Markdown inside the artifact, as in a template string: its fences come in pairs.
        if (found.isFence() && fits && !titles->rootClosed())
            nested += found.info.isEmpty() ? -1 : 1;
        source(complete);
        return;
    }
    // A fence with a language is held up to its end as well, to know that it is one.
    const QStringView trimmed = QStringView(held).trimmed();
    const bool onlySpaces = trimmed.isEmpty() && held.size() <= 3;
    const bool mayBeFence = !trimmed.isEmpty() && trimmed.front() == fence.marker &&
                            held.size() < 64 && held.indexOf(fence.marker) <= 3 &&
                            (found.isFence() || trimmed.count(fence.marker) == trimmed.size());
    if (onlySpaces || mayBeFence)
        return;
    source(std::exchange(held, {}));
    where = Where::FenceLine;
}

void ArtifactDetector::State::rawDocument(QChar c)
{
    if (!inArtifact()) { // what was held had the whole document in it
        push(c);
        return;
    }
    source(QStringView(&c, 1));
    if (titles->rootClosed()) {
        end();
        where = Where::AfterRaw;
    }
}

QList<ArtifactEvent> ArtifactDetector::push(QStringView text)
{
    for (const QChar c : text)
        m_state->push(c);
    return std::exchange(m_state->events, {});
}

QList<ArtifactEvent> ArtifactDetector::finish()
{
    State& state = *m_state;
    using Where = State::Where;
    if (state.where == Where::Undecided)
        state.decide();
    if (state.where == Where::LineStart) {
        const QString rest = std::exchange(state.held, {});
        if (parseFence(rest).isFence())
            state.openFence(rest); // the last line has no line feed
        else
            state.prose(rest);
        if (state.where == Where::Undecided)
            state.decide();
    } else if (state.where == Where::FenceStart) {
        const QString rest = std::exchange(state.held, {});
        const FenceLine found = parseFence(rest);
        if (found.isFence() && found.marker == state.fence.marker && found.info.isEmpty() &&
            found.length >= state.fence.length && state.nested == 0)
            state.end();
        else
            state.source(rest);
    }
    if (state.inArtifact() && state.titles->rootClosed())
        state.end(); // complete but for its closing fence
    return std::exchange(state.events, {});
}

bool ArtifactDetector::insideArtifact() const
{
    return m_state->inArtifact();
}

} // namespace atelier
