// SPDX-License-Identifier: MIT
// One run of an artifact: its own host, profile, scheme handler and renderer process.
#pragma once

#include "renderers/artifact_view.h"
#include "renderers/source_transformer.h"

#include <QObject>
#include <QTimer>
#include <memory>

class QWebEngineProfile;
class QWebEngineView;

namespace atelier {

class ArtifactInterceptor;
class ArtifactPage;
class ArtifactSchemeHandler;
class LibrarySchemeHandler;
class NetworkGate;
class OfflineLibrary;
class PageCover;
class RefusingSchemeHandler;
class RunMailbox;
class Watchdog;

/// Ends with its object: the process goes away. A new run is a new object, because a hung page can
/// only be left for another host.
///
/// Owner: the ArtifactView. Threads: GUI thread only.
class ArtifactRun final : public QObject
{
    Q_OBJECT

public:
    struct Circumstances
    {
        QColor stage;                                  // the color until the page paints its own
        QJsonObject storage;                           // what the artifact has stored before
        QStringList hosts;                             // it may fetch from
        std::shared_ptr<const OfflineLibrary> offline; // never null
    };
    /// The view becomes a child of `parent`.
    ArtifactRun(ArtifactKind kind, const Circumstances& circumstances, QWidget* parent);
    ~ArtifactRun() override;

    void append(const QString& source);
    void end(SourceTransformer::End end);
    void setStage(const QColor& stage);
    void report(const ConsoleEntry& entry);
    /// Ends the process at once, hung or not.
    void kill();

    QWebEngineView* view() const { return m_view; }
    int navigations() const;
    bool hasPainted() const { return m_painted; }
    void takeRendered(std::function<void(const QString& markup)> callback);
    void runScript(const QString& script, std::function<void(const QVariant&)> callback);
    /// In a world of its own, where the picker lives: the page sees none of it.
    void askPicker(const QString& script, std::function<void(const QString&)> answer);

Q_SIGNALS:
    void painted();
    void drawn();
    void blank(); // nothing to see; before drawn()
    void unresponsive();
    void responsive();
    void terminated();
    void consoleEntry(const atelier::ConsoleEntry& entry);
    void titleChanged(const QString& title);
    void storageChanged(const QJsonObject& storage);

private:
    void installPrelude(const QJsonObject& storage);
    void installPicker();
    void watch();
    void hear(const QJsonObject& message);
    void flush();
    void showGrowing();
    void stop(const QString& why);
    void reportLeftOut(const QJsonObject& left);

    const ArtifactKind m_kind;
    const QString m_host;
    const QString m_nonce;
    SourceTransformer m_transformer;
    QString m_waiting; // transformed, not pushed yet
    QTimer m_frame;
    QTimer m_drawnLimit;
    QColor m_stage;
    // In this order: the page dies before the profile, the profile before what it calls.
    const std::shared_ptr<const OfflineLibrary> m_offline;
    std::unique_ptr<NetworkGate> m_gate;
    std::unique_ptr<RunMailbox> m_mailbox; // of a program that asks; else null
    std::unique_ptr<ArtifactSchemeHandler> m_handler;
    std::unique_ptr<LibrarySchemeHandler> m_library;
    std::unique_ptr<RefusingSchemeHandler> m_refusal;
    std::unique_ptr<ArtifactInterceptor> m_interceptor;
    std::unique_ptr<QWebEngineProfile> m_profile;
    std::unique_ptr<ArtifactPage> m_page;
    std::unique_ptr<Watchdog> m_watchdog;
    QWebEngineView* m_view;
    PageCover* m_cover;
    QString m_leftOut;      // what could not be kept, as last reported
    bool m_growing = false; // a shape that is not complete is on the page
    bool m_ended = false;
    bool m_painted = false;
    bool m_drawn = false;
    bool m_terminated = false;
};

} // namespace atelier
