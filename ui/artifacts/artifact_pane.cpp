// SPDX-License-Identifier: MIT
#include "ui/artifacts/artifact_pane.h"

#include "renderers/artifact_view.h"
#include "renderers/code_view.h"
#include "renderers/self_contained.h"
#include "ui/artifacts/artifact_foot.h"
#include "ui/artifacts/console_list.h"
#include "ui/artifacts/element_inspector.h"
#include "ui/artifacts/notice_bar.h"
#include "ui/artifacts/stopped_card.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/text_label.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QResizeEvent>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <array>
#include <utility>

namespace atelier {
namespace {

constexpr int kStackedBelow = 640; // px: narrower panes put code above preview
constexpr int kEqual = 1000;       // a share: both get the same
constexpr int kDrawer = 194;       // px of console below the stage, to begin with

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
      m_toolbar(new StageToolbar),
      m_stage(new QStackedWidget),
      m_empty(makeLabel("tertiary")),
      m_body(new QSplitter(Qt::Vertical)),
      m_work(new QSplitter(Qt::Horizontal)),
      m_preview(new ArtifactView),
      m_code(new CodeView),
      m_console(new ConsoleList),
      m_stopped(nullptr),
      m_inspector(nullptr),
      m_editBar(new NoticeBar([] {
          return NoticeBar::Words{tr("Changed by hand. The stage shows it."),
              tr("Keep as version"),
              tr("Discard"),
              labelWithShortcut(tr("Keep as version"), QKeySequence::Save)};
      })),
      m_networkBar(new NoticeBar([this] {
          return NoticeBar::Words{tr("Allow requests to %1 for this artifact?").arg(m_host),
              tr("Allow"),
              tr("Not now"),
              tr("What the page sends leaves this computer.")};
      })),
      m_foot(new ArtifactFoot)
{
    setObjectName(QStringLiteral("artifactPane"));
    setAttribute(Qt::WA_StyledBackground);
    m_stopped = new StoppedCard(m_preview);
    m_inspector = new ElementInspector(*m_preview, *m_code, this);
    m_code->setEditable(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeHeader());
    layout->addWidget(m_toolbar);
    layout->addWidget(makeStage(), 1);
    layout->addWidget(m_networkBar);
    layout->addWidget(m_editBar);
    layout->addWidget(m_foot);
    connectParts();
    connectRun();
    connectInspector();
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

QWidget* ArtifactPane::makeStage()
{
    m_stage->setObjectName(QStringLiteral("stage"));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setContentsMargins(32, 0, 32, 0);
    for (QSplitter* splitter : {m_body, m_work}) {
        splitter->setChildrenCollapsible(false);
        splitter->setHandleWidth(1);
    }
    // The pages stay where they are in every view: moving one would show a white frame.
    m_work->addWidget(m_code);
    m_work->addWidget(m_preview);
    m_body->addWidget(m_work);
    m_body->addWidget(m_console);
    m_body->setStretchFactor(0, 1);
    m_body->setStretchFactor(1, 0);
    m_stage->addWidget(m_empty);
    m_stage->addWidget(m_body);
    return m_stage;
}

void ArtifactPane::connectParts()
{
    connect(m_copy, &QToolButton::clicked, this, &ArtifactPane::copyRequested);
    connect(m_save, &QToolButton::clicked, this, &ArtifactPane::openSaveMenu);
    connect(m_fill, &QToolButton::clicked, this, &ArtifactPane::fillWindowRequested);
    connect(m_close, &QToolButton::clicked, this, &ArtifactPane::closeRequested);
    connect(m_foot, &ArtifactFoot::versionChosen, this, &ArtifactPane::versionChosen);
    connect(m_foot, &ArtifactFoot::restoreRequested, this, &ArtifactPane::restoreRequested);
    connect(m_foot, &ArtifactFoot::compareRequested, this, &ArtifactPane::compareRequested);
    connect(m_foot, &ArtifactFoot::replayRequested, this, &ArtifactPane::replayRequested);
    StageToolbar* bar = m_toolbar;
    connect(bar, &StageToolbar::tabChanged, this, &ArtifactPane::showStage);
    connect(bar, &StageToolbar::stageChanged, this, [this] {
        m_preview->setViewportWidth(m_toolbar->stageWidth());
        m_preview->setZoom(m_toolbar->zoom());
    });
    connect(bar, &StageToolbar::reloadRequested, this, &ArtifactPane::reloadRequested);
    connect(bar, &StageToolbar::pictureRequested, this, &ArtifactPane::pictureRequested);
    connect(bar, &StageToolbar::screenshotRequested, this, &ArtifactPane::screenshotRequested);
    connect(bar, &StageToolbar::browserRequested, this, &ArtifactPane::browserRequested);
    connect(bar, &StageToolbar::popOutRequested, this, &ArtifactPane::popOutRequested);
    connect(bar, &StageToolbar::drawerRequested, this, &ArtifactPane::setDrawerOpen);
    connect(m_code, &CodeView::edited, this, &ArtifactPane::takeEdit);
    connect(m_editBar, &NoticeBar::accepted, this, &ArtifactPane::keepRequested);
    connect(m_editBar, &NoticeBar::dismissed, this, &ArtifactPane::discardRequested);
    connect(m_networkBar, &NoticeBar::accepted, this, [this] {
        m_networkBar->hide();
        Q_EMIT networkAllowed(m_host);
    });
    connect(m_networkBar, &NoticeBar::dismissed, m_networkBar, &QWidget::hide);
    auto* keep = new QAction(this);
    keep->setShortcut(QKeySequence::Save);
    keep->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(keep);
    connect(keep, &QAction::triggered, this, [this] {
        if (m_edited)
            Q_EMIT keepRequested();
    });
}

void ArtifactPane::connectRun()
{
    connect(m_console, &ConsoleList::problemsChanged, m_toolbar, &StageToolbar::setProblems);
    connect(m_console, &ConsoleList::closeRequested, this, [this] { setDrawerOpen(false); });
    connect(m_console, &ConsoleList::lineActivated, this, [this](int line) {
        if (tab() != Tab::Split)
            setTab(Tab::Code);
        m_code->showLine(line);
    });
    connect(m_preview, &ArtifactView::runStateChanged, this, [this](ArtifactView::RunState state) {
        m_stoppedRun = state == ArtifactView::RunState::Unresponsive ||
                       state == ArtifactView::RunState::Stopped;
        if (m_stoppedRun) {
            m_stopped->setLine(m_console->lastLine());
            setDrawerOpen(true);
        }
        m_stopped->setVisible(m_stoppedRun);
        m_stopped->raise();
        showBadge();
    });
    connect(m_stopped, &StoppedCard::restartRequested, this, &ArtifactPane::reloadRequested);
    connect(m_stopped, &StoppedCard::fixRequested, this, &ArtifactPane::fixRequested);
    connect(m_console, &ConsoleList::fixRequested, this, &ArtifactPane::fixRequested);
    connect(m_stopped, &StoppedCard::codeRequested, this, [this](int line) {
        setTab(Tab::Code);
        m_code->showLine(line);
    });
}

void ArtifactPane::connectInspector()
{
    connect(m_toolbar, &StageToolbar::inspectRequested, m_preview, &ArtifactView::setInspecting);
    connect(m_preview, &ArtifactView::inspectingChanged, m_toolbar, &StageToolbar::setInspecting);
    connect(m_preview, &ArtifactView::canInspectChanged, this, &ArtifactPane::showInspect);
    connect(m_inspector, &ElementInspector::wished, this, &ArtifactPane::elementWished);
    connect(m_inspector, &ElementInspector::chosen, this, [this] {
        if (tab() == Tab::Preview)
            setTab(Tab::Split); // its lines beside it
    });
}

void ArtifactPane::showInspect()
{
    const bool seen = tab() == Tab::Preview || tab() == Tab::Split;
    const bool any = !m_artifact.type.isEmpty();
    QString why;
    if (any && !isMarkupKind(m_preview->kind()))
        why = tr("Only pages and drawings have elements to point at.");
    else if (any && m_preview->runState() == ArtifactView::RunState::Streaming)
        why = tr("It can be inspected when it is complete.");
    m_toolbar->setInspectable(any && seen && m_preview->canInspect(), why);
}

bool ArtifactPane::stopInspecting()
{
    const bool inspecting = m_preview->isVisible() && m_preview->isInspecting();
    if (inspecting)
        m_preview->setInspecting(false);
    return inspecting;
}

ArtifactView& ArtifactPane::preview()
{
    return *m_preview;
}

CodeView& ArtifactPane::code()
{
    return *m_code;
}

void ArtifactPane::begin(ArtifactKind kind, const QString& language)
{
    clearConsole();
    m_original.clear();
    editKept();
    m_askedFor.clear();
    m_networkBar->hide();
    m_inspector->forget();
    m_preview->begin(kind);
    m_code->begin(language);
}

void ArtifactPane::append(const QString& source)
{
    m_original += source;
    m_preview->append(source);
    m_code->append(source);
}

void ArtifactPane::finish()
{
    m_preview->finish();
    m_code->finish();
}

void ArtifactPane::cutOff()
{
    m_preview->cutOff();
    m_code->finish();
}

void ArtifactPane::clear()
{
    clearConsole();
    m_original.clear();
    editKept();
    m_askedFor.clear();
    m_networkBar->hide();
    m_preview->clear();
    m_code->begin({});
    setDrawerOpen(false);
    setHeader({});
}

// The same artifact in a new run: it finds what it has stored.
void ArtifactPane::takeEdit(const QString& source)
{
    m_edited = source != m_original;
    m_editBar->setVisible(m_edited);
    clearConsole();
    const QJsonObject storage = m_preview->storage();
    m_preview->setStorage(storage);
    m_preview->show(m_preview->kind(), source);
    Q_EMIT edited(source);
}

void ArtifactPane::editKept()
{
    if (m_edited)
        m_original = m_code->text();
    m_edited = false;
    m_editBar->hide();
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
    const bool any = !header.type.isEmpty();
    for (IconButton* button : {m_copy, m_save})
        button->setEnabled(any);
    m_foot->setHeader(header);
    showBadge();
    showStage();
}

void ArtifactPane::showBadge()
{
    const bool draft = m_artifact.badge == ArtifactHeader::Badge::Draft;
    const bool cutOff = m_artifact.badge == ArtifactHeader::Badge::CutOff;
    const bool stopped = m_artifact.badge == ArtifactHeader::Badge::Stopped || m_stoppedRun;
    m_badge->setText(draft ? tr("Draft") : stopped ? tr("Stopped") : tr("Cut off"));
    const bool any = !m_artifact.type.isEmpty();
    m_badge->setVisible(any && (draft || cutOff || stopped));
    setTone(*m_badge, draft ? "info" : "caution");
}

void ArtifactPane::showStage()
{
    const bool any = !m_artifact.type.isEmpty();
    const Tab shown = tab();
    const bool console = shown == Tab::Console;
    m_code->setVisible(shown == Tab::Code || shown == Tab::Split);
    m_preview->setVisible(shown == Tab::Preview || shown == Tab::Split);
    m_work->setVisible(!console);
    m_console->setVisible(console || m_drawerOpen);
    m_console->setDrawer(!console);
    if (shown == Tab::Split && !std::exchange(m_wasSplit, true))
        m_work->setSizes({kEqual, kEqual});
    m_stage->setCurrentWidget(any || console ? static_cast<QWidget*>(m_body) : m_empty);
    m_toolbar->setArtifactShown(any);
    m_toolbar->setBrowserEnabled(pageSourceOf(m_preview->kind()) != PageSource::None);
    m_toolbar->setStageEnabled(any && (shown == Tab::Preview || shown == Tab::Split));
    m_toolbar->setDrawerOpen(m_drawerOpen);
    showInspect();
}

void ArtifactPane::setDrawerOpen(bool open)
{
    if (m_drawerOpen == open)
        return;
    m_drawerOpen = open;
    if (open && tab() != Tab::Console) {
        const int height = m_theme ? m_theme->scaled(kDrawer) : kDrawer;
        m_body->setSizes({std::max(height, m_body->height() - height), height});
    }
    showStage();
}

void ArtifactPane::setVersions(const QList<VersionCard>& versions, const QString& shown)
{
    m_foot->setVersions(versions, shown);
}

void ArtifactPane::setFailed(bool failed, const QString& lastThatRan)
{
    m_foot->setFailed(failed, lastThatRan);
}

void ArtifactPane::askForNetwork(const QString& host)
{
    if (m_askedFor.contains(host) || m_networkBar->isVisibleTo(this))
        return;
    m_askedFor.append(host);
    m_host = host;
    m_networkBar->refresh();
    m_networkBar->show();
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
    m_toolbar->setTab(tab);
}

ArtifactPane::Tab ArtifactPane::tab() const
{
    return m_toolbar->tab();
}

void ArtifactPane::setAppearance(const PageAppearance& appearance)
{
    m_preview->setAppearance(appearance);
    m_code->setAppearance(appearance);
}

void ArtifactPane::setViewportWidth(int cssPixels)
{
    m_toolbar->setViewportWidth(cssPixels);
}

int ArtifactPane::viewportWidth() const
{
    return m_toolbar->viewportWidth();
}

void ArtifactPane::setFillsWindow(bool fills)
{
    m_fillsWindow = fills;
    m_fill->setIconName(fills ? QStringLiteral("shrink") : QStringLiteral("expand"));
    retranslate();
}

void ArtifactPane::setPoppedOut(bool out)
{
    m_toolbar->setPoppedOut(out);
    m_fill->setVisible(!out);
}

void ArtifactPane::openSaveMenu()
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const std::array<QString, 3> names = {tr("Save the source…"),
        tr("Save a picture (PNG)…"),
        tr("Save as one page that needs no network…")};
    for (size_t i = 0; i < names.size(); ++i) {
        const auto as = static_cast<SaveAs>(i);
        QAction* action = menu->addAction(names[i]);
        if (as == SaveAs::Page && pageSourceOf(m_preview->kind()) == PageSource::None) {
            action->setEnabled(false);
            action->setText(m_preview->kind() == ArtifactKind::Python
                                ? tr("Save as one page: Python runs in Atelier alone")
                                : tr("Save as one page: there is nothing to show"));
        }
        connect(action, &QAction::triggered, this, [this, as] { Q_EMIT saveRequested(as); });
    }
    menu->popup(m_save->mapToGlobal(QPoint(0, m_save->height() + 2)));
}

bool ArtifactPane::find()
{
    const bool shown = isVisible() && m_code->isVisible() && !m_artifact.type.isEmpty();
    const bool inside = isAncestorOf(window()->focusWidget());
    if (!shown || !inside)
        return false;
    m_code->setFocus(Qt::ShortcutFocusReason);
    m_code->find(true);
    return true;
}

bool ArtifactPane::closeSearch()
{
    const bool open = m_code->isVisible() && m_code->isSearching();
    if (open)
        m_code->find(false);
    return open;
}

void ArtifactPane::focusToolbar()
{
    m_toolbar->focusTabs();
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

void ArtifactPane::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    const bool narrow = event->size().width() < kStackedBelow;
    const Qt::Orientation wanted = narrow ? Qt::Vertical : Qt::Horizontal;
    if (m_work->orientation() != wanted) {
        m_work->setOrientation(wanted);
        m_work->setSizes({kEqual, kEqual});
    }
}

void ArtifactPane::themeChanged()
{
    m_headerLine->setFixedHeight(m_theme->scaled(m_theme->pixels("size-header")));
}

} // namespace atelier
