// SPDX-License-Identifier: MIT
// Answers lib://cdn/, the bundled libraries that a run's requests to CDNs are redirected to, and
// lib://net/, what the user has allowed it to fetch; lib://run/, the scripts of runner pages; and
// lib://mail/, what such a page tells its program.
#pragma once

#include <QWebEngineUrlSchemeHandler>
#include <memory>
#include <utility>

namespace atelier {

class NetworkGate;
class OfflineLibrary;
class RunMailbox;

/// Files are unpacked on another thread: a library of several megabytes must not hold up the
/// program.
///
/// Owner: the run. Threads: GUI thread only; the library outlives what is still read from it.
class LibrarySchemeHandler final : public QWebEngineUrlSchemeHandler
{
    Q_OBJECT

public:
    /// `mailbox`: may be null, for artifacts that have none.
    LibrarySchemeHandler(
        std::shared_ptr<const OfflineLibrary> library, NetworkGate& gate, RunMailbox* mailbox)
        : m_library(std::move(library)),
          m_gate(gate),
          m_mailbox(mailbox)
    {
    }

    void requestStarted(QWebEngineUrlRequestJob* job) override;

private:
    const std::shared_ptr<const OfflineLibrary> m_library; // never null
    NetworkGate& m_gate;
    RunMailbox* const m_mailbox;
};

} // namespace atelier
