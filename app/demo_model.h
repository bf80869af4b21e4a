// SPDX-License-Identifier: MIT
// Where the bundled demo model lies.
#pragma once

#include <QString>

namespace atelier {

/// Looks beside the program (as installed), then, in development builds only, in the source tree.
/// Empty when it is nowhere.
QString demoModelPath(const QString& programFolder);

} // namespace atelier
