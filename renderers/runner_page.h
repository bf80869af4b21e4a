// SPDX-License-Identifier: MIT
// The pages of ours that show an artifact which is not a page itself: a diagram, a document, a
// table, a program. resources/web/src/runners has what runs in them.
#pragma once

#include "renderers/artifact_kind.h"

#include <QString>

namespace atelier {

/// What stands before the source, which follows as text (& and < escaped) and grows while it is
/// written. The page has no rights that another artifact has not. Empty for Html, Svg and Code.
///
/// Threads: any. Needs Qt Core alone.
QString runnerPage(ArtifactKind kind);

/// What stands behind it. `outcome`: "run" when the source is complete, "cut" when it ended early.
QString runnerPageEnd(const QString& outcome);

} // namespace atelier
