// SPDX-License-Identifier: MIT
// Errors of the engine and the disk in the program's words (ux.md 10): what, why, what to do.
#pragma once

#include "engine/base/result.h"
#include "ui/ui_types.h"

#include <QString>

namespace atelier {

namespace action { // what the buttons of error cards and toasts ask for
inline constexpr char kChooseFile[] = "choose-file";
inline constexpr char kShowFolder[] = "show-folder";
inline constexpr char kLoadAgain[] = "load-again";
inline constexpr char kLoadDemo[] = "load-demo";
inline constexpr char kUseProcessor[] = "use-processor";
inline constexpr char kUndoDelete[] = "undo-delete";
} // namespace action

QString gibibytes(
    quint64 bytes); // "3.2 GiB", by the language's rules; MiB below one tenth of a GiB

/// For a model that could not be loaded from `path`.
ErrorCard loadErrorCard(const QString& path, const Error& error);

/// For a reply that failed: title and reason, on lines of their own.
QString replyErrorText(const Error& error);

/// The device stopped answering while a reply was written.
ErrorCard deviceLostCard(const Error& error);

ErrorCard noModelCard(bool demoAvailable);
ErrorCard storeErrorCard(const Error& error); // chats cannot be kept

} // namespace atelier
