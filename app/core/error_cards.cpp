// SPDX-License-Identifier: MIT
#include "app/core/error_cards.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>

namespace atelier {

namespace {

class Words // gives the texts below a context for translators
{
    Q_DECLARE_TR_FUNCTIONS(ErrorCards)
};

QPair<QString, QString> button(const char* id, const QString& label)
{
    return {QString::fromLatin1(id), label};
}

QString number(quint64 value)
{
    return QLocale().toString(qulonglong(value));
}

quint64 shortfall(const Error& error)
{
    return error.needed > error.available ? error.needed - error.available : 0;
}

} // namespace

QString gibibytes(quint64 bytes)
{
    constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;
    constexpr double kMiB = 1024.0 * 1024.0;
    const double amount = double(bytes);
    return amount < 0.1 * kGiB ? Words::tr("%1 MiB").arg(QLocale().toString(amount / kMiB, 'f', 1))
                               : Words::tr("%1 GiB").arg(QLocale().toString(amount / kGiB, 'f', 1));
}

ErrorCard loadErrorCard(const QString& path, const Error& error)
{
    const QString name = QFileInfo(path).fileName();
    ErrorCard card;
    card.details = QString::fromStdString(error.message);
    card.actions = {button(action::kChooseFile, Words::tr("Choose another file")),
        button(action::kShowFolder, Words::tr("Show in folder"))};
    switch (error.code) {
    case ErrorCode::NotAModel:
        card.title = Words::tr("This file is not a GGUF model.");
        card.text = Words::tr(
            "The first bytes of \"%1\" are not \"GGUF\". It may be another format, or a web "
            "page saved by mistake.")
                        .arg(name);
        break;
    case ErrorCode::Truncated:
        card.title = Words::tr("This model file is incomplete.");
        card.text =
            error.needed > error.available
                ? Words::tr(
                      "\"%1\" ends after %2 of %3 bytes. The download may have stopped early; "
                      "download it again.")
                      .arg(name, number(error.available), number(error.needed))
                : Words::tr(
                      "\"%1\" ends before everything it announces. The download may have stopped "
                      "early; download it again.")
                      .arg(name);
        break;
    case ErrorCode::OutOfMemory:
        card.title =
            shortfall(error) > 0
                ? Words::tr("Not enough memory: %1 short.").arg(gibibytes(shortfall(error)))
                : Words::tr("Not enough memory.");
        card.text = error.needed > 0
                        ? Words::tr("\"%1\" needs %2 and %3 is free. Nothing was changed.")
                              .arg(name, gibibytes(error.needed), gibibytes(error.available))
                        : Words::tr("\"%1\" does not fit. Nothing was changed.").arg(name);
        break;
    case ErrorCode::Unsupported:
        card.title = Words::tr("This model is not supported yet.");
        card.text = QString::fromStdString(error.message);
        card.details.clear();
        break;
    case ErrorCode::InvalidFormat:
        card.title = Words::tr("This model file is damaged.");
        card.text =
            Words::tr("Parts of \"%1\" do not mean what they should. Nothing of it was loaded; "
                      "download it again.")
                .arg(name);
        break;
    case ErrorCode::DeviceLost:
        card.title = Words::tr("The graphics driver restarted.");
        card.text = Words::tr("The device stopped answering while the model was loaded.");
        card.actions = {button(action::kLoadAgain, Words::tr("Load again")),
            button(action::kUseProcessor, Words::tr("Use the processor"))};
        break;
    case ErrorCode::NoDevice:
        card.title = Words::tr("The chosen device cannot be used.");
        card.text = QString::fromStdString(error.message);
        card.details.clear();
        card.actions = {button(action::kUseProcessor, Words::tr("Use the processor")),
            button(action::kLoadAgain, Words::tr("Try again"))};
        break;
    case ErrorCode::Io:
    case ErrorCode::ContextFull:
    case ErrorCode::Cancelled:
    case ErrorCode::InvalidUse:
        card.title = Words::tr("This file could not be read.");
        card.text = QString::fromStdString(error.message);
        card.details.clear();
        card.actions.insert(1, button(action::kLoadAgain, Words::tr("Try again")));
        break;
    }
    return card;
}

QString replyErrorText(const Error& error)
{
    const QString reason = QString::fromStdString(error.message);
    switch (error.code) {
    case ErrorCode::ContextFull:
        return (error.available > 0 ? Words::tr("This chat is full: %1 of %2 tokens.")
                                          .arg(number(error.needed), number(error.available))
                                    : Words::tr("This chat is full.")) +
               QLatin1Char('\n') +
               Words::tr("The next reply has no room left. Start a new chat, or edit an "
                         "earlier message.");
    case ErrorCode::OutOfMemory:
        return Words::tr("There was not enough memory for this reply.") + QLatin1Char('\n') +
               reason;
    case ErrorCode::DeviceLost:
        return Words::tr("The graphics driver restarted.") + QLatin1Char('\n') +
               Words::tr(
                   "The device stopped answering during this reply. What was written is saved.");
    default:
        return Words::tr("The reply failed.") + QLatin1Char('\n') + reason;
    }
}

ErrorCard deviceLostCard(const Error& error)
{
    ErrorCard card;
    card.title = Words::tr("The graphics driver restarted.");
    card.text =
        Words::tr("The device stopped answering during this reply. What was written is saved.");
    card.details = QString::fromStdString(error.message);
    card.actions = {button(action::kLoadAgain, Words::tr("Load again")),
        button(action::kUseProcessor, Words::tr("Use the processor"))};
    return card;
}

ErrorCard noModelCard(bool demoAvailable)
{
    ErrorCard card;
    card.caution = true;
    card.title = Words::tr("No model is loaded.");
    card.text = Words::tr("What you wrote stays here until a model can answer it.");
    card.actions = {button(action::kChooseFile, Words::tr("Open a model file"))};
    if (demoAvailable) {
        card.actions << button(action::kLoadDemo, Words::tr("Use the demo model"));
    }
    return card;
}

ErrorCard storeErrorCard(const Error& error)
{
    ErrorCard card;
    card.caution = true;
    const bool newer = error.code == ErrorCode::Unsupported;
    card.title = newer ? Words::tr("Your chats were written by a newer version.")
                       : Words::tr("Chats cannot be saved right now.");
    card.text =
        newer
            ? Words::tr("They are untouched, but this version cannot open them. What you write now "
                        "is not kept.")
            : Words::tr("What you write stays visible until you quit. Check the free space and the "
                        "permissions of the data folder.");
    card.details = QString::fromStdString(error.message);
    return card;
}

} // namespace atelier
