// SPDX-License-Identifier: MIT
// A page of this program: loads one HTML file of the web bundle, sends it commands once per frame
// and hands on what it reports.
#pragma once

#include "renderers/theme.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonObject>
#include <QObject>
#include <QTimer>
#include <QVariant>
#include <functional>
#include <memory>
#include <vector>

class QWebEngineProfile;
class QWebEngineView;
class QWidget;

namespace atelier {

class AppSchemeHandler;
class PageCover;
class RefusingSchemeHandler;
class TrustedPage;

/// Own off-the-record profile, so that nothing is shared with an artifact's process. When the
/// page's process dies it is loaded again and `restarted` asks for everything anew.
///
/// Owner: the view that shows it. Threads: GUI thread only.
class AppPage final : public QObject
{
    Q_OBJECT

public:
    /// `name`: "transcript" for transcript.html. The view becomes a child of `parent`.
    AppPage(const QString& name, QWidget* parent);
    ~AppPage() override;

    QWidget* widget() const;

    /// `strings`: the translated words of the page.
    void setAppearance(const PageAppearance& appearance, const QJsonObject& strings);
    void send(const QJsonObject& command);
    /// Drops the commands that have not been sent.
    void discard() { m_commands = {}; }
    /// Runs after everything that was sent before it. `callback` is never called if the page dies.
    void run(const QString& script, std::function<void(const QVariant&)> callback);
    /// Ends its process; it is then loaded again.
    void kill();

Q_SIGNALS:
    void painted(); // for the first time
    void restarted();
    void message(const QJsonObject& message);

private:
    struct Script
    {
        QString text;
        std::function<void(const QVariant&)> callback;
    };

    void load();
    void loaded();
    void flush();
    void handle(const QJsonObject& message);
    void terminated();

    const QString m_name;
    // In this order: the page dies before the profile, the profile before its handlers.
    std::unique_ptr<AppSchemeHandler> m_handler;
    std::unique_ptr<RefusingSchemeHandler> m_refusal;
    std::unique_ptr<QWebEngineProfile> m_profile;
    std::unique_ptr<TrustedPage> m_page;
    QWebEngineView* m_view;
    PageCover* m_cover;
    PageAppearance m_appearance;
    QJsonObject m_appearanceCommand;
    QJsonArray m_commands;
    std::vector<Script> m_scripts; // wait for the page
    QTimer m_frame;
    QElapsedTimer m_sinceFlush;
    bool m_loaded = false;
    bool m_painted = false;
    int m_restarts = 0;
};

} // namespace atelier
