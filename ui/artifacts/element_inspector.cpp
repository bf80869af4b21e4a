// SPDX-License-Identifier: MIT
#include "ui/artifacts/element_inspector.h"

#include "renderers/artifact_view.h"
#include "renderers/code_view.h"
#include "ui/artifacts/inspect_card.h"

namespace atelier {

ElementInspector::ElementInspector(ArtifactView& stage, CodeView& code, QObject* parent)
    : QObject(parent),
      m_stage(stage),
      m_code(code),
      m_card(new InspectCard(&stage))
{
    connect(&stage.picker(), &ElementPicker::picked, this, &ElementInspector::take);
    connect(&stage.picker(), &ElementPicker::moved, this, &ElementInspector::follow);
    connect(&stage.picker(), &ElementPicker::accepted, m_card, &InspectCard::askForWish);
    connect(&stage, &ArtifactView::inspectingChanged, this, [this](bool inspecting) {
        m_map.reset();
        m_element.reset();
        if (!inspecting)
            m_card->hide();
    });
    connect(m_card, &InspectCard::wished, this, &ElementInspector::send);
    connect(m_card, &InspectCard::closeRequested, this, [this] { m_stage.setInspecting(false); });
}

void ElementInspector::forget()
{
    m_card->clear();
}

void ElementInspector::take(const PickedElement& picked)
{
    if (!m_map)
        m_map = std::make_unique<SourceMap>(m_stage.source());
    const SourceElement* written = m_map->element(picked.mark);
    if (!written)
        return; // the page says what its source does not have
    const SourceRange range = m_map->range(picked.mark);
    ChosenElement element;
    element.name = picked.name;
    element.written = written->name;
    element.scripted = picked.scripted;
    element.line = range.line;
    element.lastLine = range.lastLine;
    m_element = element;
    m_quote = m_map->text(picked.mark);
    Q_EMIT chosen(); // the code may come into sight with this
    m_code.showRange(range);
    m_card->showElement(element, picked.box.toAlignedRect().translated(m_stage.picker().pos()));
}

void ElementInspector::follow()
{
    const std::optional<PickedElement>& now = m_stage.picker().chosen();
    if (!now) {
        m_card->hide(); // a script has taken it away
        m_element.reset();
    } else {
        m_card->moveOff(now->box.toAlignedRect().translated(m_stage.picker().pos()));
    }
}

void ElementInspector::send(const QString& wish, ElementWish::Scope scope)
{
    if (!m_element)
        return;
    const ElementWish sent{*m_element, m_quote, wish, scope};
    m_card->clear();
    m_stage.setInspecting(false);
    Q_EMIT wished(sent);
}

} // namespace atelier
