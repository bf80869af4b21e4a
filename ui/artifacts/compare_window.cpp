// SPDX-License-Identifier: MIT
#include "ui/artifacts/compare_window.h"

#include "renderers/artifact_view.h"
#include "ui/artifacts/line_diff.h"
#include "ui/widgets/segmented_tabs.h"
#include "ui/widgets/text_label.h"

#include <QHBoxLayout>
#include <QMouseEvent>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPointer>
#include <QSlider>
#include <QSplitter>
#include <QStackedWidget>
#include <QTextBlock>
#include <QVBoxLayout>

namespace atelier {

/// One picture over the other up to a line, or the older one with what changed.
class PicturesWidget final : public QWidget
{
public:
    void set(const QImage& before, const QImage& after, const QImage& heat)
    {
        m_before = before;
        m_after = after;
        m_heat = heat;
        update();
    }

    void setSplit(double split) // [0, 1] from the left
    {
        m_split = split;
        update();
    }

    void setHeatShown(bool shown)
    {
        m_heatShown = shown;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        const QSize full = m_before.size().expandedTo(m_after.size());
        if (full.isEmpty())
            return;
        QSize fit = full.scaled(size(), Qt::KeepAspectRatio);
        if (fit.width() > full.width())
            fit = full;
        QRect place(QPoint(), fit);
        place.moveCenter(rect().center());
        painter.drawImage(place, m_heatShown ? m_after : m_before);
        if (m_heatShown) {
            painter.fillRect(place, QColor(255, 255, 255, 150)); // so that the marks stand out
            painter.drawImage(place, m_heat);
            return;
        }
        const int line = place.left() + int(place.width() * m_split);
        painter.setClipRect(QRect(line, place.top(), place.right() - line + 1, place.height()));
        painter.drawImage(place, m_after);
        painter.setClipping(false);
        painter.fillRect(QRect(line - 1, place.top(), 2, place.height()), palette().highlight());
    }

private:
    QImage m_before;
    QImage m_after;
    QImage m_heat;
    double m_split = 0.5;
    bool m_heatShown = false;
};

CompareWindow::CompareWindow(ArtifactKind kind,
    const Side& before,
    const Side& after,
    const PageAppearance& appearance,
    std::shared_ptr<const OfflineLibrary> library,
    QWidget* parent)
    : QDialog(parent),
      m_tabs(new SegmentedTabs),
      m_stack(new QStackedWidget),
      m_views({new ArtifactView, new ArtifactView}),
      m_names({before.name, after.name}),
      m_over(new PicturesWidget),
      m_slider(new QSlider(Qt::Horizontal)),
      m_summary(makeLabel("secondary", "small")),
      m_text(new QPlainTextEdit)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("%1 and %2").arg(before.name, after.name));
    for (const QString& name : {tr("Side by side"), tr("Overlay"), tr("What changed"), tr("Text")})
        m_tabs->addTab(name);
    m_tabs->setAccessibleName(tr("Ways to compare"));
    m_stack->addWidget(makeBeside());
    m_stack->addWidget(makePictures());
    m_stack->addWidget(m_text);
    auto* head = new QHBoxLayout;
    head->addWidget(m_tabs);
    head->addStretch(1);
    head->addWidget(m_summary);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->addLayout(head);
    layout->addWidget(m_stack, 1);
    resize(1000, 680);
    connect(m_tabs, &QTabBar::currentChanged, this, &CompareWindow::showView);
    connect(m_slider, &QSlider::valueChanged, this, [this](int value) {
        m_over->setSplit(value / 1000.0);
    });
    const std::array<const Side*, 2> sides = {&before, &after};
    for (size_t i = 0; i < 2; ++i) {
        m_views[i]->setLibrary(library);
        m_views[i]->setAppearance(appearance);
        connect(m_views[i], &ArtifactView::drawn, this, &CompareWindow::takePictures);
        m_views[i]->show(kind, sides[i]->source);
    }
    fillText(before.source, after.source);
    showView();
}

CompareWindow::~CompareWindow() = default;

QWidget* CompareWindow::makeBeside()
{
    auto* beside = new QSplitter;
    beside->setChildrenCollapsible(false);
    for (size_t i = 0; i < 2; ++i) {
        auto* column = new QWidget;
        auto* layout = new QVBoxLayout(column);
        layout->setContentsMargins(0, 4, 0, 0);
        auto* name = makeLabel("secondary", "small");
        name->setText(m_names[i]);
        layout->addWidget(name);
        layout->addWidget(m_views[i], 1);
        beside->addWidget(column);
    }
    return beside;
}

QWidget* CompareWindow::makePictures()
{
    auto* pictures = new QWidget;
    auto* layout = new QVBoxLayout(pictures);
    layout->setContentsMargins(0, 4, 0, 0);
    m_slider->setRange(0, 1000);
    m_slider->setValue(500);
    m_slider->setAccessibleName(tr("Where the older version ends"));
    layout->addWidget(m_over, 1);
    layout->addWidget(m_slider);
    return pictures;
}

void CompareWindow::fillText(const QString& before, const QString& after)
{
    m_text->setReadOnly(true);
    m_text->setProperty("mono", true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setAccessibleName(tr("Changed lines"));
    QStringList shown;
    for (const DiffLine& line : lineDiff(before, after)) {
        const QChar mark = line.kind == DiffLine::Kind::Added     ? u'+'
                           : line.kind == DiffLine::Kind::Removed ? u'-'
                                                                  : u' ';
        m_changedLines += line.kind != DiffLine::Kind::Same;
        shown << QStringLiteral("%1 %2 %3 %4")
                     .arg(line.before ? QString::number(line.before) : QString(), 5)
                     .arg(line.after ? QString::number(line.after) : QString(), 5)
                     .arg(mark)
                     .arg(line.text);
    }
    m_text->setPlainText(shown.join(u'\n'));
}

void CompareWindow::takePictures()
{
    for (size_t i = 0; i < 2; ++i) {
        m_views[i]->grabImage([self = QPointer(this), i](const QImage& image) {
            if (!self || image.isNull())
                return;
            self->m_pictures[i] = image;
            if (self->m_pictures[0].isNull() || self->m_pictures[1].isNull())
                return;
            const PictureDiff diff = pictureDiff(self->m_pictures[0], self->m_pictures[1]);
            self->m_share = diff.share;
            self->m_over->set(self->m_pictures[0], self->m_pictures[1], diff.heat);
            self->showView();
        });
    }
}

void CompareWindow::setView(View view)
{
    m_tabs->setCurrentIndex(static_cast<int>(view));
}

void CompareWindow::showView()
{
    const auto view = static_cast<View>(m_tabs->currentIndex());
    m_stack->setCurrentIndex(view == View::Beside ? 0 : view == View::Text ? 2 : 1);
    m_over->setHeatShown(view == View::Heat);
    m_slider->setVisible(view == View::Over);
    m_summary->setText(view == View::Text ? tr("%n line(s) changed", nullptr, m_changedLines)
                       : m_share < 0
                           ? tr("Both are being drawn")
                           : tr("%1 % of the picture changed").arg(m_share * 100, 0, 'f', 1));
}

void CompareWindow::themeChanged()
{
    // Colors by line: a block has no style sheet.
    for (QTextBlock block = m_text->document()->begin(); block.isValid(); block = block.next()) {
        const QChar mark = block.text().size() > 12 ? block.text().at(12) : QChar(u' ');
        if (mark != u'+' && mark != u'-')
            continue;
        QTextBlockFormat format;
        format.setBackground(m_theme->color(mark == u'+' ? "success-soft" : "danger-soft"));
        QTextCursor(block).setBlockFormat(format);
    }
}

} // namespace atelier
