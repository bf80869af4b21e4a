// SPDX-License-Identifier: MIT
// An artifact as one HTML file that needs nothing else: for a browser, or for someone else.
#pragma once

#include "renderers/artifact_kind.h"
#include "renderers/offline_library.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace atelier {

struct SelfContainedPage
{
    QString html;
    QStringList missing; // addresses that the file still names; its policy does not let them load
};

/// Libraries that `library` has are put into the file: scripts, style sheets with their fonts and
/// pictures, ES modules by an import map. A content security policy in the file forbids the
/// network, so a browser asks for nothing either. What localStorage held is there when the file is
/// opened for the first time.
///
/// `storage`: ArtifactView::storage(). Threads: any; takes milliseconds per megabyte.
SelfContainedPage selfContainedPage(ArtifactKind kind,
    const QString& source,
    const QString& title,
    const QJsonObject& storage,
    const OfflineLibrary& library);

} // namespace atelier
