// SPDX-License-Identifier: MIT
// Any reply, cut anywhere, gives the same events and the same pages, and what goes in comes out.
#include "renderers/artifact_detector.h"
#include "renderers/source_transformer.h"

#include <QString>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

using namespace atelier;

namespace {

void require(bool holds, const char* rule)
{
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", rule);
        std::abort();
    }
}

// Joined where they are of one kind and adjacent.
void add(std::vector<ArtifactEvent>& all, const QList<ArtifactEvent>& events)
{
    for (const ArtifactEvent& event : events) {
        const bool text =
            event.type == ArtifactEvent::Type::Prose || event.type == ArtifactEvent::Type::Source;
        if (text && !all.empty() && all.back().type == event.type)
            all.back().text += event.text;
        else
            all.push_back(event);
    }
}

std::vector<ArtifactEvent> detected(const QString& text, qsizetype step)
{
    ArtifactDetector detector;
    std::vector<ArtifactEvent> all;
    for (qsizetype at = 0; at < text.size(); at += step)
        add(all, detector.push(QStringView(text).mid(at, step)));
    add(all, detector.finish());
    return all;
}

QString transformed(ArtifactKind kind, const QString& text, qsizetype step)
{
    SourceTransformer transformer(kind, QStringLiteral("N"));
    QString out;
    for (qsizetype at = 0; at < text.size(); at += step)
        out += transformer.push(QStringView(text).mid(at, step));
    return out + transformer.finish(SourceTransformer::End::Complete);
}

void checkOrder(const std::vector<ArtifactEvent>& events)
{
    bool inside = false;
    for (const ArtifactEvent& event : events) {
        switch (event.type) {
        case ArtifactEvent::Type::Prose:
            require(!inside, "prose only outside artifacts");
            break;
        case ArtifactEvent::Type::Begin:
            require(!inside, "artifacts do not nest");
            inside = true;
            break;
        case ArtifactEvent::Type::Source:
        case ArtifactEvent::Type::Title:
            require(inside, "source and title only inside artifacts");
            break;
        case ArtifactEvent::Type::End:
            require(inside, "an end has a beginning");
            inside = false;
            break;
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    if (size < 1 || size > 1 << 16)
        return 0;
    const qsizetype step = 1 + data[0] % 17;
    const QString text =
        QString::fromUtf8(reinterpret_cast<const char*>(data) + 1, qsizetype(size) - 1);

    const std::vector<ArtifactEvent> whole = detected(text, text.size() + 1);
    checkOrder(whole);
    require(whole == detected(text, step), "events do not depend on the split");

    for (const ArtifactKind kind : {ArtifactKind::Html, ArtifactKind::Svg, ArtifactKind::Python}) {
        const QString page = transformed(kind, text, text.size() + 1);
        require(page == transformed(kind, text, step), "pages do not depend on the split");
        require(page.endsWith(QStringLiteral("<!--Nrun-->")), "a page ends with its mark");
        if (kind == ArtifactKind::Python) {
            const QString shown =
                page.section(QStringLiteral("<pre data-atelier-source hidden>\n"), 1)
                    .section(QStringLiteral("</pre><i data-atelier-end"), 0, 0);
            require(!shown.contains(u'<'), "a program stands in its page as data");
        }
    }
    return 0;
}
