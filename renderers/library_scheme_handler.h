// SPDX-License-Identifier: MIT
// Answers lib://cdn/, the bundled libraries that a run's requests to CDNs are redirected to, and
// lib://net/, what the user has allowed it to fetch.
#pragma once

#include <QWebEngineUrlSchemeHandler>

namespace atelier {

class NetworkGate;
class OfflineLibrary;

/// Files are unpacked on another thread: a library of several megabytes must not hold up the
/// program.
///
/// Owner: the run. Threads: GUI thread only; the library must live as long as the program.
class LibrarySchemeHandler final : public QWebEngineUrlSchemeHandler
{
    Q_OBJECT

public:
    LibrarySchemeHandler(const OfflineLibrary& library, NetworkGate& gate)
        : m_library(library),
          m_gate(gate)
    {
    }

    void requestStarted(QWebEngineUrlRequestJob* job) override;

private:
    const OfflineLibrary& m_library;
    NetworkGate& m_gate;
};

} // namespace atelier
