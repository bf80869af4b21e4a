// SPDX-License-Identifier: MIT
#include "ui/artifacts/artifact_pane.h"

#include "renderers/artifact_view.h"
#include "renderers/code_view.h"
#include "ui/artifacts/artifact_foot.h"
#include "ui/artifacts/console_list.h"
#include "ui/artifacts/stopped_card.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/painting.h"
#include "ui/widgets/segmented_tabs.h"
#include "ui/widgets/text_label.h"

#include <QButtonGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <array>

namespace atelier {
namespace {

struct Viewport
{
    int width; // CSS pixels, 0: fit
    const char* icon;
};

constexpr std::array<Viewport, 4> kViewports = {
    {{0, "fit"}, {1280, "desktop"}, {768, "tablet"}, {390, "phone"}}};

/// The row of width buttons on its shared background.
class SegmentFrame final : public QWidget, public Themed
{
public:
    SegmentFrame()
    {
        auto* layout = new QHBoxLayout(this);
        layout->setContentsMargins(2, 2, 2, 2);
        layout->setSpacing(1);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        if (!m_theme)
            return;
        QPainter painter(this);
        paintBox(painter, rect(), 7, m_theme->color("hover"));
    }

    void themeChanged() override { update(); }
};

} // namespace

ArtifactPane::ArtifactPane(QWidget* parent)
    : QWidget(parent),
      m_title(new ElidedLabel),
      m_type(makeTag()),
      m_badge(makeTag("info")),
      m_copy(new IconButton(QStringLiteral("copy"))),
      m_save(new IconButton(QStringLiteral("save"))),
      m_fill(new IconButton(QStringLiteral("expand"))),
      m_close(new IconButton(QStringLiteral("close"))),
      m_tabs(new SegmentedTabs),
      m_widths(new QButtonGroup(this)),
      m_width(makeLabel("secondary", "small")),
      m_stage(new QStackedWidget),
      m_empty(makeLabel("tertiary")),
      m_preview(new ArtifactView),
      m_code(new CodeView),
      m_console(new ConsoleList),
      m_stopped(nullptr),
      m_foot(new ArtifactFoot)
{
    setObjectName(QStringLiteral("artifactPane"));
    setAttribute(Qt::WA_StyledBackground);
    m_stage->setObjectName(QStringLiteral("stage"));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setContentsMargins(32, 0, 32, 0);
    for (QWidget* page : {static_cast<QWidget*>(m_empty),
             static_cast<QWidget*>(m_preview),
             static_cast<QWidget*>(m_code),
             static_cast<QWidget*>(m_console)})
        m_stage->addWidget(page);
    m_stopped = new StoppedCard(m_preview);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeHeader());
    layout->addWidget(makeToolbar());
    layout->addWidget(m_stage, 1);
    layout->addWidget(m_foot);

    connect(m_copy, &QToolButton::clicked, this, &ArtifactPane::copyRequested);
    connect(m_save, &QToolButton::clicked, this, &ArtifactPane::saveRequested);
    connect(m_fill, &QToolButton::clicked, this, &ArtifactPane::fillWindowRequested);
    connect(m_close, &QToolButton::clicked, this, &ArtifactPane::closeRequested);
    connect(m_foot, &ArtifactFoot::versionChosen, this, &ArtifactPane::versionChosen);
    connect(m_foot, &ArtifactFoot::restoreRequested, this, &ArtifactPane::restoreRequested);
    connect(m_tabs, &QTabBar::currentChanged, this, [this] { showStage(); });
    connect(m_widths, &QButtonGroup::idClicked, this, &ArtifactPane::setViewportWidth);
    connect(m_console, &ConsoleList::problemsChanged, this, [this](int problems) {
        m_tabs->setCount(static_cast<int>(Tab::Console), problems);
    });
    connect(m_console, &ConsoleList::lineActivated, this, [this](int line) {
        setTab(Tab::Code);
        m_code->showLine(line);
    });
    connect(m_preview, &ArtifactView::runStateChanged, this, [this](ArtifactView::RunState state) {
        m_stopped->setVisible(state == ArtifactView::RunState::Unresponsive ||
                              state == ArtifactView::RunState::Stopped);
        m_stopped->raise();
    });
    connect(m_stopped, &StoppedCard::restartRequested, this, &ArtifactPane::reloadRequested);
    connect(m_stopped, &StoppedCard::codeRequested, this, [this] { setTab(Tab::Code); });
    setViewportWidth(0);
    retranslate();
    setHeader({});
}

ArtifactPane::~ArtifactPane() = default;

QWidget* ArtifactPane::makeHeader()
{
    m_headerLine = new QWidget;
    m_title->setProperty("weight", "medium");
    m_title->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    auto* layout = new QHBoxLayout(m_headerLine);
    layout->setContentsMargins(14, 0, 10, 0);
    layout->setSpacing(6);
    layout->addWidget(m_title, 1);
    layout->addWidget(m_type);
    layout->addWidget(m_badge);
    layout->addStretch(1);
    for (IconButton* button : {m_copy, m_save, m_fill, m_close})
        layout->addWidget(button);
    return m_headerLine;
}

QWidget* ArtifactPane::makeToolbar()
{
    m_toolbar = new QWidget;
    for (int i = 0; i < 3; ++i)
        m_tabs->addTab(QString());
    auto* frame = new SegmentFrame;
    for (const Viewport& viewport : kViewports) {
        auto* button = new IconButton(QLatin1String(viewport.icon), IconButton::Look::Segment);
        m_widths->addButton(button, viewport.width);
        frame->layout()->addWidget(button);
    }
    auto* layout = new QHBoxLayout(m_toolbar);
    layout->setContentsMargins(10, 0, 10, 6);
    layout->setSpacing(6);
    layout->addWidget(m_tabs);
    layout->addStretch(1);
    layout->addWidget(frame);
    layout->addWidget(m_width);
    return m_toolbar;
}

ArtifactView& ArtifactPane::preview()
{
    return *m_preview;
}

CodeView& ArtifactPane::code()
{
    return *m_code;
}

void ArtifactPane::setHeader(const ArtifactHeader& header)
{
    m_artifact = header;
    // The same words as on the card in the transcript.
    const QString untitled = header.type == QStringLiteral("SVG")    ? tr("Drawing")
                             : header.type == QStringLiteral("HTML") ? tr("Page")
                                                                     : tr("Untitled");
    m_title->setText(header.title.isEmpty() && !header.type.isEmpty() ? untitled : header.title);
    m_type->setText(header.type);
    m_type->setVisible(!header.type.isEmpty());
    const bool draft = header.badge == ArtifactHeader::Badge::Draft;
    m_badge->setText(draft ? tr("Draft") : tr("Cut off"));
    m_badge->setVisible(header.badge != ArtifactHeader::Badge::None);
    setTone(*m_badge, draft ? "info" : "caution");
    const bool any = !header.type.isEmpty();
    for (IconButton* button : {m_copy, m_save})
        button->setEnabled(any);
    m_foot->setHeader(header);
    showStage();
}

void ArtifactPane::showStage()
{
    const bool any = !m_artifact.type.isEmpty();
    QWidget* page = m_empty;
    if (any && tab() == Tab::Preview)
        page = m_preview;
    else if (any && tab() == Tab::Code)
        page = m_code;
    else if (tab() == Tab::Console)
        page = m_console;
    m_stage->setCurrentWidget(page);
    const bool sized = page == m_preview;
    for (QAbstractButton* button : m_widths->buttons())
        button->setEnabled(sized);
}

void ArtifactPane::setVersions(const QList<VersionCard>& versions, const QString& shown)
{
    m_foot->setVersions(versions, shown);
}

void ArtifactPane::addConsoleEntry(const ConsoleEntry& entry)
{
    m_console->add(entry);
}

void ArtifactPane::clearConsole()
{
    m_console->clear();
}

void ArtifactPane::setTab(Tab tab)
{
    m_tabs->setCurrentIndex(static_cast<int>(tab));
}

ArtifactPane::Tab ArtifactPane::tab() const
{
    return static_cast<Tab>(m_tabs->currentIndex());
}

void ArtifactPane::setAppearance(const PageAppearance& appearance)
{
    m_preview->setAppearance(appearance);
    m_code->setAppearance(appearance);
}

void ArtifactPane::setViewportWidth(int cssPixels)
{
    if (QAbstractButton* button = m_widths->button(cssPixels))
        button->setChecked(true);
    m_width->setVisible(cssPixels > 0);
    m_width->setText(QString::number(cssPixels));
    m_preview->setViewportWidth(cssPixels);
}

int ArtifactPane::viewportWidth() const
{
    return std::max(0, m_widths->checkedId());
}

void ArtifactPane::setFillsWindow(bool fills)
{
    m_fillsWindow = fills;
    m_fill->setIconName(fills ? QStringLiteral("shrink") : QStringLiteral("expand"));
    retranslate();
}

void ArtifactPane::focusToolbar()
{
    m_tabs->setFocus(Qt::ShortcutFocusReason);
}

void ArtifactPane::focusStage()
{
    QWidget* page = m_stage->currentWidget();
    QWidget* target = page->focusPolicy() == Qt::NoFocus ? page->findChild<QWidget*>() : page;
    // The page's own view takes the focus; it lies somewhere inside.
    for (QWidget* child : page->findChildren<QWidget*>()) {
        if (child->focusPolicy() != Qt::NoFocus && child->isVisible()) {
            target = child;
            break;
        }
    }
    if (target)
        target->setFocus(Qt::ShortcutFocusReason);
}

void ArtifactPane::retranslate()
{
    m_copy->setLabel(tr("Copy the source"));
    m_save->setLabel(tr("Save as…"));
    m_fill->setLabel(m_fillsWindow ? tr("Back to the chat") : tr("Fill the window"),
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Return));
    m_close->setLabel(tr("Close"), QKeySequence(Qt::CTRL | Qt::Key_J));
    m_tabs->setAccessibleName(tr("Artifact views"));
    const std::array<QString, 3> names = {tr("Preview"), tr("Code"), tr("Console")};
    const std::array<Qt::Key, 3> keys = {Qt::Key_1, Qt::Key_2, Qt::Key_4};
    for (int i = 0; i < 3; ++i) {
        m_tabs->setTabText(i, names[static_cast<size_t>(i)]);
        m_tabs->setTabToolTip(i,
            labelWithShortcut(names[static_cast<size_t>(i)],
                QKeySequence(Qt::CTRL | keys[static_cast<size_t>(i)])));
    }
    for (const Viewport& viewport : kViewports) {
        static_cast<IconButton*>(m_widths->button(viewport.width))
            ->setLabel(viewport.width == 0 ? tr("Fit the pane")
                                           : tr("%1 pixels wide").arg(viewport.width));
    }
    m_empty->setText(tr("Pictures and pages appear here while they are written."));
    setAccessibleName(tr("Artifact"));
    setHeader(m_artifact);
}

void ArtifactPane::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

void ArtifactPane::themeChanged()
{
    m_headerLine->setFixedHeight(m_theme->scaled(m_theme->pixels("size-header")));
    m_toolbar->setFixedHeight(m_theme->scaled(m_theme->pixels("size-toolbar")));
}

} // namespace atelier
