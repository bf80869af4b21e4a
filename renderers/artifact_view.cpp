// SPDX-License-Identifier: MIT
#include "renderers/artifact_view.h"

#include "renderers/artifact_run.h"
#include "renderers/offline_library.h"
#include "renderers/page_picture.h"
#include "renderers/page_tokens.h"
#include "renderers/plain_page.h"
#include "renderers/web_engine_bootstrap.h"

#include <QLabel>
#include <QPainter>
#include <QRegularExpression>
#include <QResizeEvent>
#include <QWebEngineView>
#include <algorithm>
#include <cmath>

namespace atelier {
namespace {

constexpr int kStageMargin = 14;       // px around a page of a fixed width
constexpr int kMostScriptRestarts = 1; // of a page that had to be stopped; then scripts stay off

QColor stageColor(const PageAppearance& appearance)
{
    const QColor color = pageColor(QStringLiteral("stage"), appearance.dark);
    return color.isValid() ? color : QColor(Qt::lightGray);
}

} // namespace

QString leftOutOfStorage(const QJsonObject& left)
{
    // The page writes it: names of its classes.
    static const QRegularExpression kName(QStringLiteral("^\\w{1,40}$"));
    constexpr int kMostKinds = 8;
    QStringList parts;
    for (auto it = left.begin(); it != left.end() && parts.size() < kMostKinds; ++it) {
        const int count = it.value().toInt();
        if (count > 0 && kName.match(it.key()).hasMatch())
            parts.append(QStringLiteral("%1 × %2").arg(it.key()).arg(count));
    }
    return parts.join(QStringLiteral(", "));
}

struct ArtifactView::Private
{
    enum class Ending { None, Finished, CutOff };

    PageAppearance appearance;
    std::shared_ptr<const OfflineLibrary> library = std::make_shared<OfflineLibrary>();
    std::unique_ptr<ArtifactRun> run;
    PlainPage* plain = nullptr; // where pages cannot be opened
    QLabel* frozen = nullptr;   // a grey picture of a page that does not answer
    ElementPicker* picker = nullptr;
    ArtifactKind kind = ArtifactKind::Code;
    QString source;
    Ending ending = Ending::None;
    RunState state = RunState::Empty;
    double zoom = 1;
    int viewportWidth = 0;
    QJsonObject storage;     // of this artifact
    QJsonObject nextStorage; // of the one that begins next
    QStringList hosts;       // it may fetch from
    int restarts = 0;        // in a row, of a page that had to be stopped
};

ArtifactView::ArtifactView(QWidget* parent) : QWidget(parent), m_p(std::make_unique<Private>())
{
    setAttribute(Qt::WA_OpaquePaintEvent);
    m_p->frozen = new QLabel(this);
    m_p->frozen->hide();
    m_p->picker = new ElementPicker(this);
    if (webSandboxState() == SandboxState::Unavailable)
        m_p->plain = new PlainPage(tr("Artifacts cannot run here"), PlainPage::Text::None, this);
}

ArtifactView::~ArtifactView()
{
    dropRun();
}

// A page can speak while it goes away; by then the next artifact is on the stage.
void ArtifactView::dropRun()
{
    if (m_p->run)
        disconnect(m_p->run.get(), nullptr, this, nullptr);
    m_p->picker->attach({}, nullptr);
    m_p->run.reset();
}

void ArtifactView::setAppearance(const PageAppearance& appearance)
{
    m_p->appearance = appearance;
    if (m_p->run)
        m_p->run->setStage(stageColor(appearance));
    m_p->picker->setColors(pageColor(QStringLiteral("accent"), appearance.dark),
        pageColor(QStringLiteral("on-accent"), appearance.dark));
    if (m_p->plain)
        m_p->plain->setAppearance(appearance);
    update();
}

void ArtifactView::setLibrary(std::shared_ptr<const OfflineLibrary> library)
{
    if (library)
        m_p->library = std::move(library);
}

void ArtifactView::setStorage(const QJsonObject& storage)
{
    m_p->nextStorage = storage;
}

const QJsonObject& ArtifactView::storage() const
{
    return m_p->storage;
}

void ArtifactView::setNetworkAllowed(const QStringList& hosts)
{
    m_p->hosts = hosts;
}

void ArtifactView::begin(ArtifactKind kind)
{
    m_p->restarts = 0;
    m_p->storage = std::exchange(m_p->nextStorage, {});
    start(kind);
}

void ArtifactView::start(ArtifactKind kind)
{
    dropRun();
    setInspecting(false);
    m_p->frozen->hide();
    m_p->kind = kind;
    m_p->source.clear();
    m_p->ending = Private::Ending::None;
    if (!m_p->plain && kind != ArtifactKind::Code) {
        m_p->run = std::make_unique<ArtifactRun>(kind,
            ArtifactRun::Circumstances{
                stageColor(m_p->appearance), m_p->storage, m_p->hosts, m_p->library},
            this);
        watchRun();
        m_p->run->view()->show();
        m_p->picker->raise();
        m_p->frozen->raise();
        layoutStage();
        ArtifactRun* run = m_p->run.get();
        m_p->picker->attach(
            [run](const QString& script, ElementPicker::Answer answer) {
                run->askPicker(script, std::move(answer));
            },
            run->view());
    }
    setRunState(RunState::Streaming);
    Q_EMIT began();
}

void ArtifactView::watchRun()
{
    ArtifactRun* run = m_p->run.get();
    connect(run, &ArtifactRun::painted, this, &ArtifactView::firstPaint);
    connect(run, &ArtifactRun::drawn, this, &ArtifactView::drawn);
    connect(run, &ArtifactRun::blank, this, &ArtifactView::blank);
    connect(run, &ArtifactRun::consoleEntry, this, &ArtifactView::consoleEntry);
    connect(run, &ArtifactRun::storageChanged, this, [this](const QJsonObject& storage) {
        m_p->storage = storage;
        Q_EMIT storageChanged();
    });
    connect(run, &ArtifactRun::titleChanged, this, &ArtifactView::titleChanged);
    connect(run, &ArtifactRun::unresponsive, this, [this] {
        freeze();
        setRunState(RunState::Unresponsive);
    });
    connect(run, &ArtifactRun::responsive, this, [this] {
        m_p->frozen->hide();
        setRunState(m_p->ending == Private::Ending::None ? RunState::Streaming : RunState::Running);
    });
    connect(run, &ArtifactRun::terminated, this, [this] {
        if (m_p->frozen->isHidden())
            freeze();
        setRunState(RunState::Stopped);
    });
}

void ArtifactView::append(const QString& source)
{
    if (m_p->ending != Private::Ending::None)
        return;
    m_p->source += source;
    if (m_p->run)
        m_p->run->append(source);
}

void ArtifactView::finish()
{
    if (m_p->ending != Private::Ending::None || m_p->state == RunState::Empty)
        return;
    m_p->ending = Private::Ending::Finished;
    if (m_p->run) {
        const bool scripts = m_p->restarts <= kMostScriptRestarts;
        if (!scripts) {
            m_p->run->report({ConsoleEntry::Level::Warning,
                tr("Scripts are off: the page had to be stopped twice in a row."),
                {},
                0,
                1});
        }
        m_p->run->end(scripts ? SourceTransformer::End::Complete : SourceTransformer::End::CutOff);
    }
    if (m_p->state == RunState::Streaming)
        setRunState(RunState::Running);
}

void ArtifactView::cutOff()
{
    if (m_p->ending != Private::Ending::None || m_p->state == RunState::Empty)
        return;
    m_p->ending = Private::Ending::CutOff;
    if (m_p->run)
        m_p->run->end(SourceTransformer::End::CutOff);
    if (m_p->state == RunState::Streaming)
        setRunState(RunState::Running);
}

void ArtifactView::show(ArtifactKind kind, const QString& source)
{
    const QString whole = source; // it may be source(), which begin() empties
    begin(kind);
    append(whole);
    finish();
}

void ArtifactView::reload()
{
    if (m_p->state == RunState::Empty)
        return;
    const bool stopped = m_p->state == RunState::Unresponsive || m_p->state == RunState::Stopped;
    m_p->restarts = stopped ? m_p->restarts + 1 : 0;
    if (m_p->run && stopped) {
        disconnect(m_p->run.get(), nullptr, this, nullptr);
        m_p->run->kill();
    }
    const QString source = m_p->source;
    const Private::Ending ending = m_p->ending;
    start(m_p->kind);
    append(source);
    if (ending == Private::Ending::Finished)
        finish();
    else if (ending == Private::Ending::CutOff)
        cutOff();
}

void ArtifactView::clear()
{
    dropRun();
    setInspecting(false);
    m_p->frozen->hide();
    m_p->source.clear();
    m_p->ending = Private::Ending::None;
    setRunState(RunState::Empty);
    update();
}

void ArtifactView::setRunState(RunState state)
{
    if (m_p->state == state)
        return;
    m_p->state = state;
    if (!canInspect())
        setInspecting(false);
    Q_EMIT runStateChanged(state);
    Q_EMIT canInspectChanged();
}

ArtifactView::RunState ArtifactView::runState() const
{
    return m_p->state;
}

ArtifactKind ArtifactView::kind() const
{
    return m_p->kind;
}

const QString& ArtifactView::source() const
{
    return m_p->source;
}

int ArtifactView::navigations() const
{
    return m_p->run ? m_p->run->navigations() : 0;
}

void ArtifactView::setZoom(double factor)
{
    m_p->zoom = std::clamp(factor, 0.5, 2.0);
    layoutStage();
}

void ArtifactView::setViewportWidth(int cssPixels)
{
    m_p->viewportWidth = std::max(0, cssPixels);
    layoutStage();
}

// A page of a fixed width stands in the middle of the stage, made smaller when it does not fit.
void ArtifactView::layoutStage()
{
    if (m_p->plain)
        m_p->plain->setGeometry(rect());
    if (!m_p->run)
        return;
    QRect place = rect();
    double factor = m_p->zoom;
    if (m_p->viewportWidth > 0) {
        place.adjust(kStageMargin, kStageMargin, -kStageMargin, -kStageMargin);
        const double wanted = m_p->viewportWidth * m_p->zoom;
        const double fit = std::min(1.0, double(std::max(1, place.width())) / wanted);
        factor = m_p->zoom * fit;
        const int width = int(std::lround(wanted * fit));
        place.setX(place.x() + (place.width() - width) / 2);
        place.setWidth(width);
    }
    m_p->run->view()->setGeometry(place);
    m_p->run->view()->page()->setZoomFactor(std::max(0.25, factor));
    m_p->frozen->setGeometry(place);
    m_p->picker->setGeometry(place);
    m_p->picker->setZoom(m_p->run->view()->page()->zoomFactor());
}

void ArtifactView::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    layoutStage();
}

void ArtifactView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), stageColor(m_p->appearance));
}

// What the page last showed, without its colors.
void ArtifactView::freeze()
{
    if (!m_p->run || size().isEmpty())
        return;
    const QImage last = m_p->run->view()->grab().toImage();
    m_p->frozen->setPixmap(QPixmap::fromImage(last.convertToFormat(QImage::Format_Grayscale8)));
    m_p->frozen->setScaledContents(true);
    m_p->frozen->setGeometry(m_p->run->view()->geometry());
    m_p->frozen->show();
    m_p->frozen->raise();
}

void ArtifactView::grabImage(std::function<void(const QImage&)> callback)
{
    if (!m_p->run) {
        callback(grab().toImage());
        return;
    }
    grabPage(*m_p->run->view(), std::move(callback));
}

void ArtifactView::takeRendered(std::function<void(const QString&)> callback)
{
    if (m_p->run)
        m_p->run->takeRendered(std::move(callback));
    else
        callback({});
}

bool ArtifactView::canInspect() const
{
    return m_p->run && isMarkupKind(m_p->kind) && m_p->state == RunState::Running;
}

bool ArtifactView::isInspecting() const
{
    return !m_p->picker->isHidden();
}

void ArtifactView::setInspecting(bool inspecting)
{
    if (inspecting == isInspecting() || (inspecting && !canInspect()))
        return;
    m_p->picker->forget();
    m_p->picker->setVisible(inspecting);
    if (inspecting)
        m_p->picker->setFocus(Qt::OtherFocusReason);
    Q_EMIT inspectingChanged(inspecting);
}

ElementPicker& ArtifactView::picker()
{
    return *m_p->picker;
}

void ArtifactView::runScriptForTest(
    const QString& script, std::function<void(const QVariant&)> callback)
{
    if (m_p->run)
        m_p->run->runScript(script, std::move(callback));
}

} // namespace atelier
