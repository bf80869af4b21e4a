// SPDX-License-Identifier: MIT
// The right column: facts about the model, sampling, system prompt (ux.md 3).
#pragma once

#include "ui/ui_types.h"
#include "ui/widgets/theme_controller.h"

#include <QTimer>
#include <QWidget>

class QFormLayout;
class QGridLayout;
class QLabel;
class QPlainTextEdit;

namespace atelier {

class ChangedMark;
class IconButton;
class InspectorSection;
class SettingField;

/// Owner: MainWindow. Threads: GUI thread only.
class Inspector final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit Inspector(QWidget* parent = nullptr);

    void setModelFacts(const ModelFacts& facts);
    void setSettings(const GenerationSettings& settings, const GenerationSettings& defaults);
    const GenerationSettings& settings() const { return m_settings; }
    bool hasChanges() const { return m_settings != m_defaults; }
    void openModelSection();
    QWidget* firstControl() const;

Q_SIGNALS:
    void settingsChanged(const atelier::GenerationSettings& settings);
    void closeRequested();

protected:
    void changeEvent(QEvent* event) override;
    void themeChanged() override;

private:
    void makeFields();
    void readFields();
    void showSettings();
    void showSummaries();
    void publish();
    void retranslate();

    ModelFacts m_facts;
    GenerationSettings m_settings;
    GenerationSettings m_defaults;
    QTimer m_promptTimer; // typing is told once it pauses

    QWidget* m_header;
    QLabel* m_title;
    IconButton* m_reset;
    IconButton* m_close;
    InspectorSection* m_model;
    QGridLayout* m_factGrid;
    QLabel* m_noFacts;
    InspectorSection* m_sampling;
    SettingField* m_temperature;
    SettingField* m_topP;
    SettingField* m_topK;
    SettingField* m_minP;
    SettingField* m_maxTokens;
    SettingField* m_seed;
    InspectorSection* m_system;
    ChangedMark* m_promptMark;
    QPlainTextEdit* m_prompt;
};

} // namespace atelier
