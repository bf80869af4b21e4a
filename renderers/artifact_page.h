// SPDX-License-Identifier: MIT
// The page of one run: denies whatever it asks for and hears what it says.
#pragma once

#include "renderers/artifact_view.h"

#include <QJsonObject>
#include <QTimer>
#include <QWebEnginePage>

namespace atelier {

/// Owner: the run. Threads: GUI thread only.
class ArtifactPage final : public QWebEnginePage
{
    Q_OBJECT

public:
    /// `nonce`: the word that messages of the prelude begin with.
    ArtifactPage(QWebEngineProfile* profile, const QUrl& own, const QString& nonce);

    int navigations() const { return m_navigations; }
    /// Reports an entry as the page's own are: equal ones in a row are counted, a flood is dropped.
    void report(const ConsoleEntry& entry);
    static QString blockedHint(const QUrl& url); // for an address that is not a CDN's
    /// `hint`: why, and what there is instead.
    void reportBlocked(const QString& what, const QString& hint = {}, int line = 0);

Q_SIGNALS:
    void message(const QJsonObject& message); // of the prelude
    void consoleEntry(const atelier::ConsoleEntry& entry);

protected:
    bool acceptNavigationRequest(const QUrl& url, NavigationType type, bool isMainFrame) override;
    QWebEnginePage* createWindow(WebWindowType type) override;
    void javaScriptAlert(const QUrl& origin, const QString& text) override;
    bool javaScriptConfirm(const QUrl& origin, const QString& text) override;
    bool javaScriptPrompt(const QUrl& origin,
        const QString& text,
        const QString& defaultValue,
        QString* result) override;
    QStringList chooseFiles(FileSelectionMode mode,
        const QStringList& oldFiles,
        const QStringList& acceptedMimeTypes) override;
    void javaScriptConsoleMessage(JavaScriptConsoleMessageLevel level,
        const QString& text,
        int line,
        const QString& source) override;

private:
    void hear(const QString& json);
    void flush();
    bool hearRefusal(const QString& text);

    const QUrl m_own;
    const QString m_prefix;
    int m_navigations = 0;
    QList<ConsoleEntry> m_entries; // not reported yet
    int m_dropped = 0;
    QStringList m_refused; // the browser says so; the prelude has not, yet
    QTimer m_timer;
};

} // namespace atelier
