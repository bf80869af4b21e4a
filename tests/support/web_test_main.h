// SPDX-License-Identifier: MIT
// What a test with web pages does before anything else: folders of its own, schemes, no sandbox as
// root.
#pragma once

#include "renderers/web_engine_bootstrap.h"

#include <QApplication>
#include <QStandardPaths>
#include <QTemporaryDir>

#ifndef Q_OS_WIN
#include <unistd.h>
#endif

namespace atelier::test {

inline bool runsAsRoot()
{
#ifdef Q_OS_WIN
    return false;
#else
    return geteuid() == 0;
#endif
}

// Runs `test(application)` with settings, caches and data in a folder that is removed afterwards.
template <class Test>
int runWithWebPages(int argc, char** argv, Test&& test)
{
    QTemporaryDir home;
    for (const char* name :
        {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"}) {
        qputenv(name, home.path().toLocal8Bit());
    }
    QCoreApplication::setAttribute(Qt::AA_ShareOpenGLContexts);
    QCoreApplication::setApplicationName(QStringLiteral("AtelierTest"));
    prepareWebEngine(runsAsRoot());
    QApplication application(argc, argv);
    return test(application);
}

} // namespace atelier::test
