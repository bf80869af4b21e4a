// SPDX-License-Identifier: MIT
#include "app/headless/terminal_screens.h"

#include "renderers/artifact_view.h"

namespace atelier {

void OffscreenArtifact::begin(ArtifactKind kind, const QString&)
{
    m_finished = false;
    m_view.begin(kind);
}

void OffscreenArtifact::append(const QString& source)
{
    m_view.append(source);
}

void OffscreenArtifact::finish()
{
    m_finished = true;
    m_view.finish();
}

void OffscreenArtifact::cutOff()
{
    m_view.cutOff();
}

} // namespace atelier
