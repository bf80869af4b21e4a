// SPDX-License-Identifier: MIT
// Numbers as the interface writes them, with their units (ux.md 10).
#pragma once

#include <QString>

namespace atelier {

QString tokensShort(int tokens); // "6.2k", "32k", "214"; k = 1,024
QString tokensLong(int tokens);  // "6,200"
QString gibibytes(qint64 bytes); // "21.4"
QString fileSize(qint64 bytes);  // "4.9 KB", "312 B"

} // namespace atelier
