// SPDX-License-Identifier: MIT
#include "app/demo_model.h"

#include <QDir>
#include <QFileInfo>
#include <QStringList>

namespace atelier {

QString demoModelPath(const QString& programFolder)
{
    const QString file = QStringLiteral("/atelier-demo-q8_0.gguf");
    QStringList folders = {
        programFolder + QStringLiteral("/../share/atelier/demo-model"), // Linux
        programFolder + QStringLiteral("/../Resources/demo-model"),     // macOS bundle
        programFolder + QStringLiteral("/demo-model"),                  // Windows
    };
#ifdef ATELIER_DEVELOPMENT_RESOURCES
    folders << QStringLiteral(ATELIER_DEVELOPMENT_RESOURCES "/demo-model");
#endif
    for (const QString& folder : folders) {
        const QString path = QDir::cleanPath(folder + file);
        if (QFileInfo(path).isFile()) {
            return path;
        }
    }
    return {};
}

} // namespace atelier
