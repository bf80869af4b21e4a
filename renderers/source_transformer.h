// SPDX-License-Identifier: MIT
// Rewrites an artifact's source on its way into the page, while it is being written.
#pragma once

#include "renderers/artifact_kind.h"
#include "renderers/markup_tokenizer.h"
#include "renderers/partial_shape.h"

#include <QString>
#include <memory>
#include <optional>

namespace atelier {

/// What comes out, in all:
/// - scripts have a type that no browser runs and say on which line they stand; inline handlers,
///   srcdoc and the sources of frames have other names. resources/web/src/artifact/held_scripts.ts
///   gives them their own back when the source is complete;
/// - integrity attributes are gone: libraries will be answered from bundled copies;
/// - an SVG stands in an HTML page that fits it to the stage;
/// - any other kind stands as text in a page of ours, which makes something of it
///   (renderers/runner_page.h);
/// - line feeds are where they were, so that line numbers in errors are those of the source;
/// - with marks, each start tag says which of the source's it is (renderers/source_map.h).
/// Nothing is handed on before its tag is complete. The result does not depend on how the source
/// was split; the work is linear.
///
/// Owner: the run. Threads: one. Needs Qt Core alone.
class SourceTransformer
{
public:
    enum class Marks { None, Elements };

    /// `nonce` marks the end for the page.
    SourceTransformer(ArtifactKind kind, const QString& nonce, Marks marks = Marks::None);
    ~SourceTransformer();
    SourceTransformer(const SourceTransformer&) = delete;
    SourceTransformer& operator=(const SourceTransformer&) = delete;

    enum class End {
        Complete, // scripts run
        CutOff,   // they do not
    };

    QString push(QStringView source);
    QString finish(End end);

    /// A shape of an SVG whose tag is not complete, and where it will stand: the names of the open
    /// elements, from the root on.
    struct Growing
    {
        PartialShape shape;
        QStringList place;
    };
    std::optional<Growing> growing() const;

private:
    QString asData(QStringView source);

    class Sink;
    std::unique_ptr<Sink> m_sink;
    MarkupTokenizer m_tokenizer;
    const QString m_nonce;
    const bool m_markup;
    QString m_runner; // the page before the source, until it is handed on
    QChar m_half;     // of a character outside the basic plane
};

} // namespace atelier
