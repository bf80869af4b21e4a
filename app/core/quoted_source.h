// SPDX-License-Identifier: MIT
// Source text inside of a message to the model.
#pragma once

#include "app/core/reply_parts.h"

#include <QString>

namespace atelier {

/// Backticks, more of them in a row than anywhere in `source`.
QString fenceFor(const QString& source);

/// In a fence of its own; `language`: "html".
QString quotedSource(const QString& source, const QString& language);

/// What the fence of an artifact says.
QString fenceLanguage(const ReplyPart& part);

} // namespace atelier
