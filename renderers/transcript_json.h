// SPDX-License-Identifier: MIT
// Messages as the transcript page wants them (resources/web/src/transcript/model.ts).
#pragma once

#include "renderers/transcript_view.h"

#include <QJsonObject>

namespace atelier {

QJsonObject toJson(const TranscriptMessage& message);
QJsonObject toJson(const TranscriptBlock& block);

} // namespace atelier
