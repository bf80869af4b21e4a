// SPDX-License-Identifier: MIT
// Lies over an artifact and finds out which of its elements a person points at.
#pragma once

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <QTimer>
#include <QWidget>
#include <functional>
#include <memory>
#include <optional>

namespace atelier {

/// What the page says of an element. Untrusted, but for its form: `mark` may name any tag of the
/// source, `name` is plain text of at most 80 characters, `box` is finite.
struct PickedElement
{
    int mark = -1;         // the number of its start tag (source_map.h), or that of the nearest
    bool scripted = false; // element around it that is written in the source: a script made it
    QString name;          // "button#go.primary"
    QRectF box;            // in the picker's pixels
    bool operator==(const PickedElement&) const = default;
};

/// Pointer and keys go to it and not to the page, so a page notices nothing and gets no say; the
/// outline is drawn here and not in it. The wheel still scrolls the page. Arrow keys go from
/// element to element: out, in, and to its neighbors; Enter accepts.
///
/// Owner: the ArtifactView. Threads: GUI thread only.
class ElementPicker final : public QWidget
{
    Q_OBJECT

public:
    explicit ElementPicker(QWidget* stage);
    ~ElementPicker() override;

    using Answer = std::function<void(const QString& json)>;
    /// Runs a script of ours in the page's isolated world; `answer` may come late, or never.
    using Ask = std::function<void(const QString& script, Answer answer)>;
    /// `page`: gets the wheel; null with an empty `ask`: no page.
    void attach(Ask ask, QWidget* page);
    void setZoom(double zoom) { m_zoom = zoom; } // widget pixels in a CSS pixel
    void setColors(const QColor& line, const QColor& text);
    void forget(); // nothing is chosen any more

    const std::optional<PickedElement>& chosen() const { return m_chosen; }

Q_SIGNALS:
    void picked(const atelier::PickedElement& element); // chosen by a click or a key
    void accepted();                                    // Enter, with one chosen
    void moved(); // what is chosen stands elsewhere, or is gone

protected:
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void ask(const QString& call, bool choosing);
    void askAt(const char* verb, const QPointF& at, bool choosing);
    void take(const QString& json, bool choosing);
    std::optional<PickedElement> read(const QJsonObject& said) const;
    void paintElement(QPainter& painter, const PickedElement& element, bool isChosen) const;

    Ask m_ask;
    QWidget* m_page = nullptr; // not owned
    double m_zoom = 1;
    QColor m_line;
    QColor m_text;
    QTimer m_watch; // pages scroll and move what they show
    std::optional<PickedElement> m_pointed;
    std::optional<PickedElement> m_chosen;
    std::optional<QPointF> m_waiting; // the pointer, while an answer is on its way
    std::shared_ptr<int> m_turn;      // an answer of an older page or to an older choice is dropped
    bool m_asking = false;
};

} // namespace atelier
