// SPDX-License-Identifier: MIT
// The words of this program's pages. They are translated here, with all others, and sent to the
// page.
#pragma once

#include <QJsonObject>

namespace atelier {

QJsonObject transcriptStrings();
QJsonObject codeStrings();

} // namespace atelier
