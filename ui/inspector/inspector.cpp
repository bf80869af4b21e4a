// SPDX-License-Identifier: MIT
#include "ui/inspector/inspector.h"

#include "ui/inspector/inspector_section.h"
#include "ui/inspector/setting_field.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/text_label.h"

#include <QDoubleSpinBox>
#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <cmath>

namespace atelier {
namespace {

constexpr int kPromptDelayMs = 400;
constexpr double kMaxReply = 131072;
constexpr double kMaxSeed = 4294967295.0;

} // namespace

Inspector::Inspector(QWidget* parent)
    : QWidget(parent),
      m_header(new QWidget),
      m_title(makeLabel()),
      m_reset(new IconButton(QStringLiteral("reset"))),
      m_close(new IconButton(QStringLiteral("close"))),
      m_model(new InspectorSection),
      m_factGrid(new QGridLayout),
      m_noFacts(makeLabel("tertiary", "small")),
      m_sampling(new InspectorSection),
      m_system(new InspectorSection),
      m_promptMark(new ChangedMark),
      m_prompt(new QPlainTextEdit)
{
    setObjectName(QStringLiteral("inspector"));
    setAttribute(Qt::WA_StyledBackground);
    m_title->setProperty("weight", "semibold");
    auto* header = new QHBoxLayout(m_header);
    header->setContentsMargins(16, 0, 8, 0);
    header->setSpacing(4);
    header->addWidget(m_title, 1);
    header->addWidget(m_reset);
    header->addWidget(m_close);

    m_factGrid->setHorizontalSpacing(16);
    m_factGrid->setVerticalSpacing(5);
    m_factGrid->setColumnStretch(1, 1);
    m_model->body()->addWidget(m_noFacts);
    m_model->body()->addLayout(m_factGrid);

    makeFields();
    m_prompt->setTabChangesFocus(true);
    m_prompt->setMinimumHeight(120);
    m_system->body()->addWidget(m_promptMark);
    m_system->body()->addWidget(m_prompt);

    auto* body = new QWidget;
    body->setObjectName(QStringLiteral("scrollBody"));
    auto* sections = new QVBoxLayout(body);
    sections->setContentsMargins(0, 0, 0, 0);
    sections->setSpacing(0);
    for (InspectorSection* section : {m_model, m_sampling, m_system})
        sections->addWidget(section);
    sections->addStretch();
    m_sampling->setOpen(true);
    auto* scroll = new QScrollArea;
    scroll->setWidget(body);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addWidget(scroll, 1);

    m_promptTimer.setSingleShot(true);
    m_promptTimer.setInterval(kPromptDelayMs);
    connect(&m_promptTimer, &QTimer::timeout, this, &Inspector::publish);
    connect(m_prompt, &QPlainTextEdit::textChanged, &m_promptTimer, qOverload<>(&QTimer::start));
    connect(m_promptMark, &ChangedMark::resetRequested, this, [this] {
        m_prompt->setPlainText(m_defaults.systemPrompt);
        publish();
    });
    connect(m_close, &QToolButton::clicked, this, &Inspector::closeRequested);
    connect(m_reset, &QToolButton::clicked, this, [this] {
        m_settings = m_defaults;
        showSettings();
        Q_EMIT settingsChanged(m_settings);
    });
    retranslate();
    showSettings();
}

void Inspector::makeFields()
{
    m_temperature = new SettingField({0, 2, 0.01, 2, true});
    m_topP = new SettingField({0, 1, 0.01, 2, true});
    m_minP = new SettingField({0, 1, 0.01, 2, true});
    m_topK = new SettingField({0, 1000, 1, 0, false});
    m_maxTokens = new SettingField({1, kMaxReply, 1, 0, false});
    m_seed = new SettingField({-1, kMaxSeed, 1, 0, false});
    for (SettingField* field : {m_temperature, m_topP, m_topK, m_minP, m_maxTokens, m_seed}) {
        m_sampling->body()->addWidget(field);
        connect(field, &SettingField::edited, this, &Inspector::publish);
    }
}

void Inspector::setModelFacts(const ModelFacts& facts)
{
    m_facts = facts;
    while (QLayoutItem* item = m_factGrid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    for (const auto& [label, value] : facts.rows) {
        QLabel* left = makeLabel("secondary");
        left->setText(label);
        left->setAlignment(Qt::AlignTop);
        QLabel* right = makeLabel();
        right->setText(value);
        right->setWordWrap(true);
        right->setProperty("weight", "medium");
        right->setAlignment(Qt::AlignTop | Qt::AlignRight);
        right->setTextInteractionFlags(Qt::TextSelectableByMouse);
        m_factGrid->addWidget(left, row, 0);
        m_factGrid->addWidget(right, row, 1);
        ++row;
    }
    m_noFacts->setVisible(facts.rows.isEmpty());
    showSummaries();
}

void Inspector::setSettings(const GenerationSettings& settings, const GenerationSettings& defaults)
{
    m_settings = settings;
    m_defaults = defaults;
    showSettings();
}

void Inspector::openModelSection()
{
    m_model->setOpen(true);
}

QWidget* Inspector::firstControl() const
{
    return m_model->titleButton();
}

void Inspector::showSettings()
{
    const auto show = [](SettingField& field, double value, double standard) {
        field.setDefault(standard);
        field.setValue(value);
    };
    show(*m_temperature, m_settings.temperature, m_defaults.temperature);
    show(*m_topP, m_settings.topP, m_defaults.topP);
    show(*m_minP, m_settings.minP, m_defaults.minP);
    show(*m_topK, m_settings.topK, m_defaults.topK);
    show(*m_maxTokens, m_settings.maxTokens, m_defaults.maxTokens);
    show(*m_seed, static_cast<double>(m_settings.seed), static_cast<double>(m_defaults.seed));
    // While the person types, the text field knows better than what comes back from the program.
    if (m_prompt->toPlainText() != m_settings.systemPrompt && !m_promptTimer.isActive()) {
        const QSignalBlocker blocker(m_prompt);
        m_prompt->setPlainText(m_settings.systemPrompt);
    }
    showSummaries();
}

void Inspector::readFields()
{
    m_settings.temperature = m_temperature->value();
    m_settings.topP = m_topP->value();
    m_settings.minP = m_minP->value();
    m_settings.topK = static_cast<int>(m_topK->value());
    m_settings.maxTokens = static_cast<int>(m_maxTokens->value());
    m_settings.seed = static_cast<qint64>(m_seed->value());
    m_settings.systemPrompt = m_prompt->toPlainText();
}

void Inspector::publish()
{
    m_promptTimer.stop();
    const GenerationSettings before = m_settings;
    readFields();
    showSummaries();
    if (m_settings != before)
        Q_EMIT settingsChanged(m_settings);
}

void Inspector::showSummaries()
{
    QStringList facts;
    for (qsizetype i = 0; i < std::min<qsizetype>(2, m_facts.rows.size()); ++i)
        facts.append(m_facts.rows[i].second);
    m_model->setSummary(facts.isEmpty() ? tr("None") : facts.join(QStringLiteral(", ")));
    m_sampling->setSummary(QStringLiteral("%1, %2")
                               .arg(m_settings.temperature, 0, 'f', 2)
                               .arg(m_settings.topP, 0, 'f', 2));
    const bool changed = m_settings.systemPrompt != m_defaults.systemPrompt;
    m_promptMark->setChanged(changed);
    m_system->setSummary(changed                             ? tr("Changed")
                         : m_settings.systemPrompt.isEmpty() ? tr("None")
                                                             : tr("Default"));
    m_reset->setEnabled(hasChanges());
}

void Inspector::retranslate()
{
    m_title->setText(tr("Inspector"));
    m_reset->setLabel(tr("Reset to the model's defaults"));
    m_close->setLabel(tr("Close"), QKeySequence(Qt::CTRL | Qt::Key_I));
    m_model->setTitle(tr("Model"));
    m_noFacts->setText(tr("No model is open."));
    m_sampling->setTitle(tr("Sampling"));
    m_temperature->setName(
        tr("Temperature"), tr("Higher is more varied; 0 always takes the likeliest word"));
    m_topP->setName(tr("Top p"), tr("Keeps the likeliest words that together reach this share"));
    m_minP->setName(
        tr("Min p"), tr("Leaves out words less likely than this share of the likeliest one"));
    m_topK->setName(tr("Top k"), tr("Keeps this many of the likeliest words"));
    m_topK->setSpecialText(tr("Off"));
    m_maxTokens->setName(
        tr("Longest reply"), tr("In tokens; the reply then stops and can be continued"));
    m_seed->setName(tr("Seed"), tr("The same seed gives the same reply again"));
    m_seed->setSpecialText(tr("Random"));
    m_system->setTitle(tr("System prompt"));
    m_promptMark->setName(tr("For all chats with this model"));
    m_prompt->setAccessibleName(tr("System prompt"));
    m_prompt->setPlaceholderText(tr("What the model should know before every chat"));
    showSummaries();
}

void Inspector::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

void Inspector::themeChanged()
{
    m_header->setFixedHeight(m_theme->scaled(m_theme->pixels("size-header")));
}

} // namespace atelier
