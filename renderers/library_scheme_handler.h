// SPDX-License-Identifier: MIT
// Answers lib://cdn/: the bundled libraries that a run's requests to CDNs are redirected to.
#pragma once

#include <QWebEngineUrlSchemeHandler>

namespace atelier {

class OfflineLibrary;

/// Files are unpacked on another thread: a library of several megabytes must not hold up the
/// program.
///
/// Owner: the run. Threads: GUI thread only; the library must live as long as the program.
class LibrarySchemeHandler final : public QWebEngineUrlSchemeHandler
{
    Q_OBJECT

public:
    explicit LibrarySchemeHandler(const OfflineLibrary& library) : m_library(library) {}

    void requestStarted(QWebEngineUrlRequestJob* job) override;

private:
    const OfflineLibrary& m_library;
};

} // namespace atelier
