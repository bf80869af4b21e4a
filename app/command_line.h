// SPDX-License-Identifier: MIT
// What the program was asked for on its command line.
#pragma once

#include "engine/base/result.h"

#include <QSize>
#include <QString>
#include <QStringList>

namespace atelier {

struct CommandLine
{
    enum class Mode { Window, Headless, WindowPicture, Help, Version };
    enum class When { Streaming, Done };

    Mode mode = Mode::Window;
    QString file;           // a model to load
    QStringList prompts;    // Headless: one; WindowPicture: sent one after the other
    QString picture;        // where the PNG goes
    QSize size{1440, 900};  // WindowPicture
    When when = When::Done; // WindowPicture
    QString device;         // to run on this time: "cpu", "vulkan:1"; empty: as chosen before
    QString dataFolder;     // empty: the platform's
    QString language;       // "", "en", "zh-CN"
    QString theme;          // "", "light", "dark"
    bool noWebSandbox = false;
};

/// `arguments` without the program's own name. InvalidUse with one sentence when they make no
/// sense.
Result<CommandLine> parseCommandLine(const QStringList& arguments);

QString usageText();

} // namespace atelier
