// SPDX-License-Identifier: MIT
// The line above the transcript: model picker left; context, inspector, artifact pane right.
#pragma once

#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QWidget>

namespace atelier {

class ContextGauge;
class IconButton;
class ModelButton;

/// Owner: TranscriptColumn. Threads: GUI thread only.
class TranscriptHeader final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit TranscriptHeader(QWidget* parent = nullptr);

    void setModelStatus(const ModelStatus& status);
    void setContextUsage(const ContextUsage& usage);
    void setSidebarHidden(bool hidden); // its two buttons then stand here
    void setInspectorOpen(bool open);
    void setArtifactPaneOpen(bool open);
    void openModelMenu();
    QWidget* firstControl() const;

Q_SIGNALS:
    void sidebarRequested();
    void newChatRequested();
    void openModelRequested();
    void modelFactsRequested();
    void cancelLoadRequested();
    void inspectorToggled(bool open);
    void artifactPaneToggled(bool open);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    void retranslate();

    IconButton* m_sidebar;
    IconButton* m_newChat;
    ModelButton* m_model;
    IconButton* m_cancel;
    ContextGauge* m_gauge;
    IconButton* m_inspector;
    IconButton* m_artifact;
};

} // namespace atelier
