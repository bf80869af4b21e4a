// SPDX-License-Identifier: MIT
// Inspect element (ux.md 5): from what was clicked on the stage to its lines in Code and to a wish.
#pragma once

#include "renderers/source_map.h"
#include "ui/ui_types.h"

#include <QObject>
#include <memory>
#include <optional>

namespace atelier {

class ArtifactView;
class CodeView;
class InspectCard;
struct PickedElement;

/// Owner: ArtifactPane. The views outlive it. Threads: GUI thread only.
class ElementInspector final : public QObject
{
    Q_OBJECT

public:
    ElementInspector(ArtifactView& stage, CodeView& code, QObject* parent);

    void forget(); // another artifact: what was typed goes as well

Q_SIGNALS:
    void chosen(); // its lines are about to be selected in Code
    void wished(const atelier::ElementWish& wish);

private:
    void take(const PickedElement& element);
    void follow();
    void send(const QString& wish, ElementWish::Scope scope);

    ArtifactView& m_stage;
    CodeView& m_code;
    InspectCard* m_card;
    std::unique_ptr<SourceMap> m_map; // of what runs, while it is inspected
    std::optional<ChosenElement> m_element;
    QString m_quote;
};

} // namespace atelier
