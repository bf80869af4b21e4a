// SPDX-License-Identifier: MIT
// Process-wide set-up of Qt WebEngine. The one place that touches its flags and the Chromium
// sandbox.
#pragma once

#include <QString>

namespace atelier {

enum class SandboxState {
    On,
    OffByUser,   // --no-web-sandbox
    Unavailable, // root, or the system denies it: pages must not be opened
};

/// Registers the URL schemes and appends the leak-closing Chromium flags (webengine.md 1 and 8).
/// Call once, before QApplication is constructed. With `allowNoSandbox`, and only then, the sandbox
/// is switched off where it cannot work.
///
/// When the result is Unavailable no QWebEngineView may be created: TranscriptView and ArtifactView
/// then show `sandboxExplanation()` instead of a page.
SandboxState prepareWebEngine(bool allowNoSandbox);
SandboxState webSandboxState();
QString sandboxExplanation(); // translated: why, and what to do

} // namespace atelier
