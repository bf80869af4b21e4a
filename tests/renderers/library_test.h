// SPDX-License-Identifier: MIT
// What the tests of pages with libraries share.
#pragma once

#include "renderers/artifact_view.h"
#include "renderers/offline_library.h"

#include "tests/renderers/page_test.h"

#include <QSignalSpy>

namespace atelier::test {

// ATELIER_LIBRARY: where the build has put the pack.
inline const std::shared_ptr<const OfflineLibrary>& library()
{
    static const auto kLibrary = OfflineLibrary::open(QStringLiteral(ATELIER_LIBRARY));
    return kLibrary;
}

// What the page's console said, for a failed row.
inline QByteArray said(const QSignalSpy& entries)
{
    QStringList lines;
    for (const QList<QVariant>& arguments : entries) {
        const auto entry = arguments[0].value<ConsoleEntry>();
        lines.append(entry.text + QStringLiteral(" | ") + entry.hint.left(200));
    }
    return lines.join(u'\n').toUtf8();
}

inline QList<ConsoleEntry> ofLevel(const QSignalSpy& entries, ConsoleEntry::Level level)
{
    QList<ConsoleEntry> found;
    for (const QList<QVariant>& arguments : entries) {
        if (const auto entry = arguments[0].value<ConsoleEntry>(); entry.level == level)
            found.append(entry);
    }
    return found;
}

inline void openForLibraries(ArtifactView& view)
{
    view.setLibrary(library());
    view.resize(480, 320);
    view.setVisible(true);
}

} // namespace atelier::test

#define ATELIER_LIBRARY_TEST_MAIN(TestClass)                                                       \
    int main(int argc, char** argv)                                                                \
    {                                                                                              \
        return atelier::test::runWithWebPages(argc, argv, [&](QApplication&) {                     \
            TestClass test;                                                                        \
            return QTest::qExec(&test, argc, argv);                                                \
        });                                                                                        \
    }
