// SPDX-License-Identifier: MIT
// Libraries that are no module, or one of another build, are refused with a sentence.
#include "engine/backends/backend_module.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace atelier;

class TestBackendModule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void absentModule();
    void fileThatIsNoLibrary();
    void moduleOfAnotherBuild();
};

void TestBackendModule::absentModule()
{
    const auto module = loadBackendModule(ATELIER_MODULE_FOLDER, "abacus");
    QVERIFY(!module);
    QCOMPARE(module.error().code, ErrorCode::Unsupported);
    QVERIFY(module.error().message.find(backendModuleFile("abacus")) != std::string::npos);
}

void TestBackendModule::fileThatIsNoLibrary()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(QString::fromStdString(backendModuleFile("junk"))));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("not a library");
    file.close();
    const auto module = loadBackendModule(folder.path().toStdString(), "junk");
    QVERIFY(!module);
    QCOMPARE(module.error().code, ErrorCode::Unsupported);
    QVERIFY(module.error().message.find("cannot be used") != std::string::npos);
}

void TestBackendModule::moduleOfAnotherBuild()
{
    const auto module = loadBackendModule(ATELIER_MODULE_FOLDER, "stranger");
    QVERIFY(!module);
    QCOMPARE(module.error().code, ErrorCode::Unsupported);
    QVERIFY2(module.error().message.find("another build") != std::string::npos,
        module.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestBackendModule)
#include "tst_backend_module.moc"
