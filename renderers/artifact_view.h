// SPDX-License-Identifier: MIT
// Runs one untrusted artifact in its own renderer process and shows it while it is being written.
#pragma once

#include "renderers/artifact_kind.h"
#include "renderers/element_picker.h"
#include "renderers/theme.h"

#include <QImage>
#include <QJsonObject>
#include <QString>
#include <QVariant>
#include <QWidget>
#include <functional>
#include <memory>

namespace atelier {

class OfflineLibrary;

struct ConsoleEntry
{
    enum class Level { Log, Warning, Error, Blocked } level = Level::Log;
    QString text; // untrusted: show as plain text
    QString source;
    int line = 0;
    int count = 1;     // how many times in a row since the last report
    QString hint = {}; // Blocked: why, and what there is instead; trusted text
};

/// What `left` of ArtifactView::storage() lists, in one line: "ImageData × 3"; empty: nothing.
QString leftOutOfStorage(const QJsonObject& left);

/// The preview stage of the artifact pane. Each run has its own host, profile, scheme handler and
/// renderer process; no network of its own, no bridge, no permissions (webengine.md 1 and 8). One
/// living document is streamed to while the source arrives: no navigation, scripts run once, at the
/// end.
///
/// Owner: the artifact pane. Threads: GUI thread only.
class ArtifactView : public QWidget
{
    Q_OBJECT

public:
    static constexpr qsizetype kMostStorage = 16 * 1024 * 1024; // bytes

    enum class RunState { Empty, Streaming, Running, Unresponsive, Stopped };

    explicit ArtifactView(QWidget* parent = nullptr);
    ~ArtifactView() override;

    void setAppearance(
        const PageAppearance& appearance); // the stage; an artifact keeps its own background

    /// What artifacts get for the addresses of CDNs, from the next begin() on; without it, nothing.
    void setLibrary(std::shared_ptr<const OfflineLibrary> library);
    /// What the next artifact has stored before: storage() of its last run. Call before begin();
    /// without it an artifact begins with nothing.
    void setStorage(const QJsonObject& storage);
    /// What localStorage and IndexedDB of this artifact hold; at most kMostStorage as JSON.
    const QJsonObject& storage() const;
    /// Hosts the next run may fetch from ("example.org", "127.0.0.1:8080"); none unless the user
    /// has allowed them for this artifact. Takes effect at begin() and reload().
    void setNetworkAllowed(const QStringList& hosts);

    void begin(ArtifactKind kind); // a new run, empty; the old one's process goes away
    void append(const QString& source);
    void finish(); // the source is complete: scripts run now
    void cutOff(); // the source ended early: shown as far as it goes, scripts do not run
    void show(ArtifactKind kind, const QString& source); // begin, append, finish
    void reload();                                       // the same source in a new run
    void clear();

    RunState runState() const;
    ArtifactKind kind() const;
    const QString& source() const;
    int navigations() const; // of this run: 1 for its one load

    void setZoom(double factor);          // 0.5 to 2
    void setViewportWidth(int cssPixels); // 0: fit the stage
    void grabImage(
        std::function<void(const QImage&)> callback); // once the page has painted what it has
    /// What a page that only shows something has drawn, for selfContainedPage(); untrusted markup.
    /// Empty when it does not answer within seconds, or is too large.
    void takeRendered(std::function<void(const QString& markup)> callback);

    /// Pointing at the page then finds elements and does not reach the page. Only for a page or a
    /// drawing whose source is complete; ends when another run begins.
    void setInspecting(bool inspecting);
    bool isInspecting() const;
    bool canInspect() const;
    ElementPicker& picker();
    void runScriptForTest(const QString& script, std::function<void(const QVariant&)> callback);

Q_SIGNALS:
    void runStateChanged(atelier::ArtifactView::RunState state);
    void firstPaint(); // something of this run is on screen
    void drawn();      // complete, scripts ran, painted
    void blank();      // complete, scripts ran, and there is nothing to see; before drawn()
    void began();      // a new run: of another source, or after reload()
    void consoleEntry(const atelier::ConsoleEntry& entry);
    void titleChanged(const QString& title); // the document's own
    void storageChanged();                   // keep storage() with the artifact
    void canInspectChanged();
    void inspectingChanged(bool inspecting);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    struct Private;

    void start(ArtifactKind kind);
    void watchRun();
    void dropRun();
    void setRunState(RunState state);
    void layoutStage();
    void freeze();

    std::unique_ptr<Private> m_p;
};

} // namespace atelier

Q_DECLARE_METATYPE(atelier::ConsoleEntry)
