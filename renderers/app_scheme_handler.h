// SPDX-License-Identifier: MIT
// Serves this program's own pages from the web bundle under app://chat/.
#pragma once

#include "renderers/theme.h"

#include <QWebEngineUrlSchemeHandler>

namespace atelier {

/// Owner: the page. Threads: GUI thread only.
class AppSchemeHandler final : public QWebEngineUrlSchemeHandler
{
    Q_OBJECT

public:
    using QWebEngineUrlSchemeHandler::QWebEngineUrlSchemeHandler;

    /// Written into the HTML, so that the first paint has the right colors.
    void setAppearance(const PageAppearance& appearance) { m_appearance = appearance; }
    void requestStarted(QWebEngineUrlRequestJob* job) override;

private:
    PageAppearance m_appearance;
};

} // namespace atelier
