// SPDX-License-Identifier: MIT
// Any source has elements that lie inside of it, in order, each in the one around it.
#include "renderers/source_map.h"
#include "renderers/source_transformer.h"

#include <QString>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace atelier;

namespace {

void require(bool holds, const char* rule)
{
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", rule);
        std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const QString source = QString::fromUtf8(reinterpret_cast<const char*>(data), qsizetype(size));
    const SourceMap map(source);
    qsizetype last = -1;
    for (int i = 0; i < map.size(); ++i) {
        const SourceElement& element = *map.element(i);
        require(element.begin > last, "elements begin one after the other");
        last = element.begin;
        require(source[element.begin] == u'<', "an element begins with its tag");
        require(element.end > element.begin && element.end <= source.size(), "it ends inside");
        require(element.parent < i, "what is around it begins before it");
        if (const SourceElement* around = map.element(element.parent))
            require(element.end <= around->end, "it ends with what is around it");
        const SourceRange range = map.range(i);
        require(range.line >= 1 && range.lastLine >= range.line, "it has lines");
        require(map.text(i).contains(
                    QStringView(source).mid(element.begin, element.end - element.begin)),
            "its lines have it");
    }
    // The page's marks count the same tags.
    SourceTransformer transformer(
        ArtifactKind::Html, QStringLiteral("N"), SourceTransformer::Marks::Elements);
    const QString page =
        transformer.push(source) + transformer.finish(SourceTransformer::End::Complete);
    const QString mark = QStringLiteral(" data-atelier-at=\"%1\"");
    require(map.size() == 0 || page.contains(mark.arg(map.size() - 1)), "the last tag is marked");
    return 0;
}
