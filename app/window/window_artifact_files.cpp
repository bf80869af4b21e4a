// SPDX-License-Identifier: MIT
// The shown artifact outside of the program: as a file, as a picture, in a browser.
#include "app/storage/atomic_file.h"
#include "app/window/window_program.h"
#include "renderers/artifact_view.h"
#include "renderers/code_view.h"
#include "renderers/self_contained.h"
#include "ui/artifacts/artifact_pane.h"
#include "ui/conversation/composer.h"

#include <QBuffer>
#include <QClipboard>
#include <QDesktopServices>
#include <QFileDialog>
#include <QGuiApplication>
#include <QImage>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>
#include <QThreadPool>
#include <QUrl>

#include <algorithm>
#include <utility>

namespace atelier {

namespace {

constexpr auto kBrowserKey = "browserExplained";

QString fileNameFor(const QString& title, const QString& ending)
{
    QString name;
    for (const QChar c : title.simplified().left(60)) {
        name += QStringLiteral("/\\:*?\"<>|").contains(c) || !c.isPrint() ? QChar(u'-') : c;
    }
    return (name.isEmpty() ? QStringLiteral("artifact") : name) + ending;
}

// Code of any language keeps the name that its fence had, where that can be one; so do the second
// forms of tables and components.
QString endingFor(ArtifactKind kind, const QString& language)
{
    const QString name = language.toLower();
    const bool isOwn = name == QStringLiteral("tsv") || name == QStringLiteral("jsx");
    if (kind != ArtifactKind::Code && !isOwn) {
        return artifactFileSuffix(kind);
    }
    static const QHash<QString, QString> kEndings = {
        {QStringLiteral("typescript"), QStringLiteral(".ts")},
        {QStringLiteral("rust"), QStringLiteral(".rs")}};
    const bool plain =
        !name.isEmpty() && name.size() <= 4 &&
        std::all_of(name.begin(), name.end(), [](QChar c) { return c.isLetterOrNumber(); });
    return kEndings.value(
        name, plain ? QLatin1Char('.') + name : artifactFileSuffix(ArtifactKind::Code));
}

QByteArray pngOf(const QImage& image)
{
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return png;
}

} // namespace

QString WindowProgram::stageSource()
{
    ArtifactPane& pane = m_window.artifactPane();
    return pane.isEdited() ? pane.code().text() : m_studio.conversation().shownArtifact().source();
}

void WindowProgram::writeFile(const QString& path,
    std::function<QByteArray()> make,
    std::function<void(const QString& path)> done)
{
    // The program may have ended before the disk has answered.
    QPointer<WindowProgram> self(this);
    QThreadPool::globalInstance()->start([self, path, make = std::move(make), done] {
        const Status written = writeFileAtomically(path, make());
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, path, written, done] {
                if (!self) {
                    return;
                }
                if (written) {
                    done(path);
                    return;
                }
                ErrorCard card;
                card.title = WindowProgram::tr("The artifact was not saved.");
                card.text = QString::fromStdString(written.error().message);
                self->m_frame.showError(card);
            },
            Qt::QueuedConnection);
    });
}

void WindowProgram::copyPicture()
{
    QPointer<WindowProgram> self(this);
    m_window.artifactPane().preview().grabImage([self](const QImage& image) {
        if (self && !image.isNull()) {
            QGuiApplication::clipboard()->setImage(image);
            self->m_frame.showToast(tr("Picture copied"), {}, {});
        }
    });
}

void WindowProgram::attachPicture()
{
    QPointer<WindowProgram> self(this);
    const QString title = m_studio.conversation().shownArtifact().title();
    m_window.artifactPane().preview().grabImage([self, title](const QImage& image) {
        if (self && !image.isNull()) {
            self->m_window.composer().attachPicture(image, title);
        }
    });
}

void WindowProgram::saveArtifact(ArtifactPane::SaveAs as)
{
    const ArtifactPresenter& shown = m_studio.conversation().shownArtifact();
    if (!shown.isShowingAnything()) {
        return;
    }
    ArtifactView& view = m_window.artifactPane().preview();
    const ArtifactKind kind = view.kind();
    const QString ending = as == ArtifactPane::SaveAs::Picture ? QStringLiteral(".png")
                           : as == ArtifactPane::SaveAs::Page  ? QStringLiteral(".html")
                                                               : endingFor(kind, shown.language());
    auto* dialog = new QFileDialog(&m_window, tr("Save artifact"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(ending.mid(1));
    dialog->selectFile(fileNameFor(shown.title(), ending));
    const auto saved = [this](const QString&) { m_frame.showToast(tr("Artifact saved"), {}, {}); };
    const QString source = stageSource();
    connect(dialog, &QFileDialog::fileSelected, this, [=, this](const QString& path) {
        if (as == ArtifactPane::SaveAs::Picture) {
            QPointer<WindowProgram> self(this);
            m_window.artifactPane().preview().grabImage([self, path, saved](const QImage& image) {
                if (self) {
                    self->writeFile(
                        path, [image] { return pngOf(image); }, saved);
                }
            });
        } else if (as == ArtifactPane::SaveAs::Page) {
            writePage(path, source, [this, saved](const QString& file, const QString& leftOut) {
                saved(file);
                if (!leftOut.isEmpty()) {
                    m_frame.showToast(
                        tr("Saved without what no file can hold: %1").arg(leftOut), {}, {});
                }
            });
        } else {
            writeFile(
                path, [source] { return source.toUtf8(); }, saved);
        }
    });
    dialog->open();
}

void WindowProgram::openInBrowser()
{
    if (!m_studio.conversation().shownArtifact().isShowingAnything()) {
        return;
    }
    if (m_studio.settings().value(QLatin1String(kBrowserKey)).toBool()) {
        showInBrowser();
        return;
    }
    auto* box = new QMessageBox(QMessageBox::NoIcon,
        tr("Open in a browser"),
        tr("A browser does not keep an artifact apart from everything else as Atelier does.\n\n"
           "The page is opened as one file whose policy forbids the network, but its scripts run "
           "with whatever the browser allows files of this computer. Open only what you trust."),
        QMessageBox::Cancel,
        &m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* open = box->addButton(tr("Open"), QMessageBox::AcceptRole);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(open, &QPushButton::clicked, this, [this] {
        (void)m_studio.settings().set(QLatin1String(kBrowserKey), true);
        showInBrowser();
    });
    box->open();
}

void WindowProgram::showInBrowser()
{
    if (!m_browserFiles) {
        m_browserFiles = std::make_unique<QTemporaryDir>();
    }
    const QString title = m_studio.conversation().shownArtifact().title();
    writePage(m_browserFiles->filePath(fileNameFor(title, QStringLiteral(".html"))),
        stageSource(),
        [](const QString& file, const QString&) {
            QDesktopServices::openUrl(QUrl::fromLocalFile(file));
        });
}

void WindowProgram::writePage(const QString& path,
    const QString& source,
    std::function<void(const QString& path, const QString& leftOut)> done)
{
    ArtifactView& view = m_window.artifactPane().preview();
    const ArtifactKind kind = view.kind();
    const QString title = m_studio.conversation().shownArtifact().title();
    const auto write = [=, storage = view.storage(), library = m_library, self = QPointer(this)](
                           const QString& rendered) {
        if (!self) {
            return;
        }
        if (pageSourceOf(kind) == PageSource::Rendered && rendered.isEmpty()) {
            ErrorCard card;
            card.title = tr("The artifact was not saved.");
            card.text = tr("Its page did not say what it shows. Reload it and save again.");
            self->m_frame.showError(card);
            return;
        }
        auto leftOut = std::make_shared<QString>();
        self->writeFile(
            path,
            [=] {
                const SelfContainedPage page =
                    selfContainedPage(kind, source, title, storage, *library, rendered);
                *leftOut = page.leftOut;
                return page.html.toUtf8();
            },
            [done, leftOut](const QString& file) { done(file, *leftOut); });
    };
    if (pageSourceOf(kind) == PageSource::Rendered) {
        view.takeRendered(write);
    } else {
        write({});
    }
}

} // namespace atelier
