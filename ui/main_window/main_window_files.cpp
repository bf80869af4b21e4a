// SPDX-License-Identifier: MIT
// How files come into the window: dialogs, and drag and drop.
#include "ui/artifacts/artifact_pane.h"
#include "ui/conversation/composer.h"
#include "ui/main_window/main_window_actions.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QStringDecoder>

namespace atelier {
namespace {

constexpr qint64 kMaxTextBytes = 256 * 1024; // about 64k tokens: more would not fit a chat

/// Files that go into the message. Everything else is taken for a model, and the program says what
/// is wrong with it.
bool isTextFile(const QString& path)
{
    static const QStringList suffixes = {QStringLiteral("txt"),
        QStringLiteral("md"),
        QStringLiteral("csv"),
        QStringLiteral("tsv"),
        QStringLiteral("json"),
        QStringLiteral("xml"),
        QStringLiteral("html"),
        QStringLiteral("htm"),
        QStringLiteral("svg"),
        QStringLiteral("css"),
        QStringLiteral("js"),
        QStringLiteral("ts"),
        QStringLiteral("py"),
        QStringLiteral("c"),
        QStringLiteral("h"),
        QStringLiteral("cpp"),
        QStringLiteral("hpp"),
        QStringLiteral("rs"),
        QStringLiteral("go"),
        QStringLiteral("java"),
        QStringLiteral("sh"),
        QStringLiteral("toml"),
        QStringLiteral("yaml"),
        QStringLiteral("yml"),
        QStringLiteral("ini"),
        QStringLiteral("log"),
        QStringLiteral("tex")};
    return suffixes.contains(QFileInfo(path).suffix().toLower());
}

QString localFile(const QMimeData& data)
{
    const QList<QUrl> urls = data.urls();
    return urls.size() == 1 && urls.constFirst().isLocalFile() ? urls.constFirst().toLocalFile()
                                                               : QString();
}

/// A fence that the text itself does not contain.
QString fencedBlock(const QString& name, const QString& text)
{
    QString fence = QStringLiteral("```");
    while (text.contains(fence))
        fence += u'`';
    return QStringLiteral("%1:\n%2%3\n%4%5%2")
        .arg(name,
            fence,
            QFileInfo(name).suffix().toLower(),
            text,
            text.endsWith(u'\n') ? QString() : QStringLiteral("\n"));
}

} // namespace

void MainWindow::chooseModelFile()
{
    Q_EMIT openModelRequested();
    auto* dialog = new QFileDialog(this, tr("Open model"), m_folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("GGUF models (*.gguf)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        m_folder = QFileInfo(path).absolutePath();
        Q_EMIT modelFileChosen(path);
    });
    dialog->open();
}

void MainWindow::chooseTextFile()
{
    auto* dialog = new QFileDialog(this, tr("Add a text file"), m_folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::addTextFile);
    dialog->open();
}

void MainWindow::addTextFile(const QString& path)
{
    m_folder = QFileInfo(path).absolutePath();
    const QString name = QFileInfo(path).fileName();
    ErrorCard problem;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        problem.title = tr("This file could not be read");
        problem.text = tr("\"%1\": %2.").arg(name, file.errorString());
        showError(problem);
        return;
    }
    const QByteArray bytes = file.read(kMaxTextBytes + 1);
    if (bytes.size() > kMaxTextBytes) {
        problem.title = tr("This file is too long for a message");
        problem.text = tr("\"%1\" has %2 KiB; up to %3 KiB fit. Add the part that matters.")
                           .arg(name)
                           .arg(file.size() / 1024)
                           .arg(kMaxTextBytes / 1024);
        showError(problem);
        return;
    }
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString text = decoder(bytes);
    if (decoder.hasError() || bytes.contains('\0')) {
        problem.title = tr("This is not a text file");
        problem.text =
            tr("\"%1\" contains bytes that are not UTF-8 text, so the model cannot read it.")
                .arg(name);
        showError(problem);
        return;
    }
    composer().insertBlock(fencedBlock(name, text));
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (localFile(*event->mimeData()).isEmpty())
        return;
    event->acceptProposedAction();
    composer().setDropTarget(true);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*)
{
    composer().setDropTarget(false);
}

void MainWindow::dropEvent(QDropEvent* event)
{
    composer().setDropTarget(false);
    const QString path = localFile(*event->mimeData());
    if (path.isEmpty())
        return;
    event->acceptProposedAction();
    if (isTextFile(path))
        addTextFile(path);
    else
        Q_EMIT modelFileChosen(path);
}

} // namespace atelier
