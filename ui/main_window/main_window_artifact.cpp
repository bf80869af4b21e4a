// SPDX-License-Identifier: MIT
// The artifact pane in the window: open, closed, or in a window of its own.
#include "ui/artifacts/artifact_pane.h"
#include "ui/conversation/composer.h"
#include "ui/main_window/column_area.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/pop_out.h"

namespace atelier {

void MainWindow::connectArtifactPane()
{
    connect(m_artifactPane, &ArtifactPane::closeRequested, this, [this] {
        userSetArtifactPane(false);
        composer().focusText();
    });
    connect(m_artifactPane, &ArtifactPane::fillWindowRequested, this, [this] {
        m_columns->setArtifactFills(!m_columns->artifactFills());
    });
    connect(
        m_artifactPane, &ArtifactPane::popOutRequested, this, &MainWindow::setArtifactPoppedOut);
}

void MainWindow::openArtifactPane()
{
    if (!m_popOut && !m_artifactClosedByUser && !m_columns->isArtifactOpen())
        m_columns->setArtifactOpen(true);
}

void MainWindow::showArtifactPane()
{
    m_artifactClosedByUser = false;
    if (m_popOut)
        m_popOut->raise();
    else
        m_columns->setArtifactOpen(true);
}

void MainWindow::resetArtifactPane()
{
    m_artifactClosedByUser = false;
    if (!m_popOut)
        m_columns->setArtifactOpen(false);
}

bool MainWindow::isArtifactPaneOpen() const
{
    return m_popOut || m_columns->isArtifactOpen();
}

void MainWindow::userSetArtifactPane(bool open)
{
    setArtifactPoppedOut(false);
    m_artifactClosedByUser = !open;
    m_columns->setArtifactOpen(open);
}

bool MainWindow::isArtifactPoppedOut() const
{
    return m_popOut != nullptr;
}

void MainWindow::setArtifactPoppedOut(bool out)
{
    if (out == isArtifactPoppedOut())
        return;
    m_artifactPane->setPoppedOut(out);
    if (out) {
        m_popOut = new PopOut(m_columns->takeArtifact(), this);
        m_popOut->addActions(actions()); // the same shortcuts work there
        connect(m_popOut, &PopOut::closed, this, [this] { setArtifactPoppedOut(false); });
        m_popOut->show();
        return;
    }
    PopOut* window = std::exchange(m_popOut, nullptr);
    m_columns->returnArtifact(window->take());
    window->hide();
    window->deleteLater();
}

} // namespace atelier
