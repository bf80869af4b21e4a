// SPDX-License-Identifier: MIT
// An artifact as one HTML file that needs nothing else: for a browser, or for someone else.
#pragma once

#include "renderers/artifact_kind.h"
#include "renderers/offline_library.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace atelier {

/// What a file that shows an artifact by itself is made from.
enum class PageSource {
    Source,   // a program that runs in any browser
    Rendered, // what the page shows, without its scripts: ArtifactView::takeRendered()
    None,     // it needs what only this program has, or is nothing to look at
};
PageSource pageSourceOf(ArtifactKind kind);

struct SelfContainedPage
{
    QString html;
    QStringList missing; // addresses that the file still names; its policy does not let them load
    QString leftOut;     // of what was stored: kinds of values, in one line
};

/// Libraries that `library` has are put into the file: scripts, style sheets with their fonts and
/// pictures, ES modules by an import map. A content security policy in the file forbids the
/// network, so a browser asks for nothing either. What localStorage and IndexedDB held is there
/// when the file is opened for the first time.
///
/// A component or a script brings what runs it along. What is only shown has no scripts at all.
///
/// `storage`: ArtifactView::storage(). `rendered`: for PageSource::Rendered. Threads: any; takes
/// milliseconds per megabyte.
SelfContainedPage selfContainedPage(ArtifactKind kind,
    const QString& source,
    const QString& title,
    const QJsonObject& storage,
    const OfflineLibrary& library,
    const QString& rendered = {});

} // namespace atelier
