// SPDX-License-Identifier: MIT
#include "app/core/device_controller.h"
#include "app/core/device_monitor.h"
#include "app/core/model_controller.h"
#include "app/inference/thread_reaper.h"
#include "app/storage/settings_file.h"
#include "tests/support/fake_screens.h"
#include "tests/support/scripted_engine.h"

#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>

using namespace atelier;
using namespace atelier::test;

class ModelControllerTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_script = std::make_shared<Script>();
        m_script->addModel("/one.gguf", {"One"});
        m_script->addModel("/demo.gguf", {"Demo"});
        m_reaper = std::make_unique<ThreadReaper>();
        m_inference = std::make_unique<InferenceThread>(
            std::make_shared<ScriptedEngineFactory>(m_script), *m_reaper);
        m_settings = std::make_unique<SettingsFile>(m_folder->filePath(QStringLiteral("s.json")));
        m_window = std::make_unique<FakeWindow>();
        m_models = makeController();
    }

    void cleanup()
    {
        m_models.reset();
        m_inference.reset();
        m_reaper.reset();
    }

    void theFirstStartLoadsTheDemoModel()
    {
        m_models->start({});
        QTRY_COMPARE(m_window->model.state, ModelStatus::State::Ready);
        QCOMPARE(m_window->model.name, QStringLiteral("Demo"));
        QCOMPARE(m_window->model.precision, QStringLiteral("Q8_0"));
        QVERIFY(m_window->stages.contains(QStringLiteral("Loading layer 4 of 4")));
        QVERIFY(!m_window->facts.rows.isEmpty());
    }

    void theLastModelIsRemembered()
    {
        m_models->start(QStringLiteral("/one.gguf"));
        QTRY_COMPARE(m_window->model.state, ModelStatus::State::Ready);
        m_models = makeController();
        m_window->model = {};
        m_models->start({});
        QTRY_COMPARE(m_window->model.name, QStringLiteral("One"));
        QTRY_COMPARE(m_window->model.state, ModelStatus::State::Ready);
    }

    void whenTheRememberedModelIsGoneTheDemoModelAnswers()
    {
        QVERIFY(m_settings->set(QStringLiteral("lastModel"), QStringLiteral("/gone.gguf")));
        m_models->start({});
        QTRY_COMPARE(m_window->model.name, QStringLiteral("Demo"));
        QTRY_COMPARE(m_window->model.state, ModelStatus::State::Ready);
        QVERIFY(m_window->card.text.contains(QStringLiteral("gone.gguf")));
    }

    void aFailedLoadIsNotRemembered()
    {
        QSignalSpy failed(m_models.get(), &ModelController::loadFailed);
        m_models->start(QStringLiteral("/missing.gguf"));
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY(m_settings->text(QStringLiteral("lastModel")).isEmpty());
        QVERIFY(!m_window->card.title.isEmpty());
        QCOMPARE(m_window->model.state, ModelStatus::State::None);
        // The buttons of the card.
        m_models->act(m_window->card.actions.first().first);
        QCOMPARE(m_window->choosers, 1);
        m_models->act(QStringLiteral("show-folder"));
        QCOMPARE(m_window->folderOf, QStringLiteral("/missing.gguf"));
        m_script->addModel("/missing.gguf", {"Back"});
        m_models->act(QStringLiteral("load-again"));
        QTRY_COMPARE(m_window->model.name, QStringLiteral("Back"));
        QVERIFY(m_window->card.title.isEmpty());
    }

    void cancellingShowsTheModelBefore()
    {
        m_models->load(QStringLiteral("/one.gguf"));
        QTRY_COMPARE(m_window->model.state, ModelStatus::State::Ready);
        addSlowModel();
        m_models->load(QStringLiteral("/slow.gguf"));
        QCOMPARE(m_window->model.state, ModelStatus::State::Loading);
        m_script->release(1);
        QTRY_COMPARE(m_window->model.stage, QStringLiteral("Loading layer 1 of 4"));
        QCOMPARE(m_window->model.progress, 0.25);
        m_models->cancel();
        QTRY_COMPARE(m_window->model.state, ModelStatus::State::Ready);
        QCOMPARE(m_window->model.name, QStringLiteral("One"));
        QVERIFY(m_window->card.title.isEmpty());
    }

    void aNewerLoadReplacesTheOneUnderWay()
    {
        addSlowModel();
        m_models->load(QStringLiteral("/slow.gguf"));
        m_script->release(1);
        QTRY_COMPARE(m_window->model.progress, 0.25);
        m_models->load(QStringLiteral("/one.gguf"));
        QTRY_COMPARE(m_window->model.state, ModelStatus::State::Ready);
        QCOMPARE(m_window->model.name, QStringLiteral("One"));
        QVERIFY(m_window->card.title.isEmpty());
    }

    void deviceStatusIsReadOffTheGuiThread()
    {
        MachineInfo machine;
        machine.processor = "A processor";
        machine.totalMemoryBytes = 1000;
        machine.availableMemoryBytes = 400;
        machine.processResidentBytes = 50;
        std::atomic<QThread*> readOn = nullptr;
        DeviceMonitor monitor([&] {
            readOn = QThread::currentThread();
            return machine;
        });
        DeviceStatus status;
        connect(&monitor, &DeviceMonitor::changed, this, [&](const DeviceStatus& now) {
            status = now;
        });
        monitor.start();
        QTRY_COMPARE(status.name, QStringLiteral("A processor"));
        QCOMPARE(status.usedBytes, 600);
        QCOMPARE(status.ownBytes, 50);
        QCOMPARE(status.totalBytes, 1000);
        QVERIFY(readOn != QThread::currentThread());
    }

    void theDeviceOfAModelIsShown()
    {
        DeviceMonitor monitor([] { return MachineInfo{"A processor", 1, 10, 10}; });
        DeviceStatus status;
        connect(&monitor, &DeviceMonitor::changed, this, [&](const DeviceStatus& now) {
            status = now;
        });
        connect(m_models.get(), &ModelController::modelReady, &monitor, &DeviceMonitor::setModel);
        monitor.start();
        QTRY_COMPARE(status.name, QStringLiteral("A processor"));
        m_models->setDevice(QStringLiteral("vulkan:1"));
        m_models->load(QStringLiteral("/one.gguf"));
        QTRY_COMPARE(status.name, QStringLiteral("Device vulkan:1"));
        QCOMPARE(status.totalBytes, 1000);
        QCOMPARE(status.usedBytes, 750);
        m_models->setDevice({});
        m_models->reload();
        QTRY_COMPARE(status.name, QStringLiteral("A processor"));
    }

    void aChosenDeviceIsUsedOrAnError()
    {
        m_models->load(QStringLiteral("/one.gguf"));
        QTRY_COMPARE(m_window->model.state, ModelStatus::State::Ready);
        m_script->breakDevice("cuda");
        m_models->setDevice(QStringLiteral("cuda"));
        QSignalSpy failed(m_models.get(), &ModelController::loadFailed);
        QSignalSpy processor(m_models.get(), &ModelController::processorWanted);
        m_models->reload();
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(m_script->devices(), (std::vector<std::string>{"", "cuda"}));
        QVERIFY(m_window->card.text.contains(QStringLiteral("cuda")));
        // The model before still answers, and one button runs it elsewhere.
        QCOMPARE(m_window->model.state, ModelStatus::State::Ready);
        m_models->act(m_window->card.actions.first().first);
        QCOMPARE(processor.size(), 1);
    }

    void devicesAreListedAndTheChoiceIsKept()
    {
        DeviceList list;
        DeviceInfo card;
        card.backend = "vulkan";
        card.index = 1;
        card.name = "A card";
        card.totalMemoryBytes = 2048ull << 20;
        card.availableMemoryBytes = 1024ull << 20;
        card.chosenAutomatically = false;
        DeviceInfo old = card;
        old.index = 2;
        old.lacks = "It has no compute shaders.";
        DeviceInfo processor;
        processor.backend = "cpu";
        processor.name = "A processor";
        list.devices = {card, old, processor};
        list.absent = {{"cuda", "There is no driver."}};
        const auto look = [list] { return list; };
        {
            DeviceController devices(*m_settings, *m_window, *m_reaper, {}, look);
            devices.refresh();
            QVERIFY(!m_window->devices.known); // shown at once, filled in later
            QTRY_VERIFY(m_window->devices.known);
            const DeviceChoices& shown = m_window->devices;
            QCOMPARE(shown.automaticName, QStringLiteral("A processor"));
            QCOMPARE(shown.devices.size(), 3);
            QCOMPARE(shown.devices[0].id, QStringLiteral("vulkan:1"));
            QVERIFY(shown.devices[0].detail.contains(QStringLiteral("1.0 GiB")));
            QVERIFY(shown.devices[1].problem.contains(QStringLiteral("compute")));
            QVERIFY(shown.absent.value(0).contains(QStringLiteral("driver")));
            QSignalSpy changed(&devices, &DeviceController::changed);
            devices.choose(QStringLiteral("vulkan:1"));
            devices.choose(QStringLiteral("vulkan:1"));
            QCOMPARE(changed.size(), 1);
            QCOMPARE(m_window->devices.chosen, QStringLiteral("vulkan:1"));
        }
        QCOMPARE(DeviceController(*m_settings, *m_window, *m_reaper, {}, look).chosen(),
            QStringLiteral("vulkan:1"));
        // The command line counts for one run.
        QCOMPARE(DeviceController(*m_settings, *m_window, *m_reaper, QStringLiteral("auto"), look)
                     .chosen(),
            QString());
        QCOMPARE(DeviceController(*m_settings, *m_window, *m_reaper, {}, look).chosen(),
            QStringLiteral("vulkan:1"));
    }

    // A driver may take seconds to answer, and the window must not wait for it when it closes.
    void aSlowLookForDevicesHoldsNobodyUp()
    {
        auto answer = std::make_shared<std::promise<void>>();
        auto asked = std::make_shared<std::atomic<int>>(0);
        const auto look = [asked, wait = answer->get_future().share()] {
            ++*asked;
            wait.wait();
            return DeviceList{};
        };
        {
            DeviceController devices(*m_settings, *m_window, *m_reaper, {}, look);
            devices.refresh();
            devices.refresh(); // one answer is enough for both
            QTRY_COMPARE(asked->load(), 1);
        }
        QVERIFY(!m_reaper->finish(std::chrono::milliseconds(0))); // still waiting
        answer->set_value();
        QVERIFY(m_reaper->finish(std::chrono::seconds(30)));
        QCoreApplication::processEvents();
        QVERIFY(!m_window->devices.known); // nobody was there to be told
        QCOMPARE(asked->load(), 1);
    }

    void theCacheFolderReachesTheEngine()
    {
        m_models->setCacheFolder(m_folder->path());
        m_models->start({});
        QTRY_COMPARE(m_window->model.state, ModelStatus::State::Ready);
        QCOMPARE(m_script->cacheFolders().size(), size_t(1));
        QCOMPARE(QString::fromStdString(m_script->cacheFolders()[0].string()),
            QDir(m_folder->path()).absolutePath());
    }

private:
    std::unique_ptr<ModelController> makeController()
    {
        return std::make_unique<ModelController>(
            *m_inference, *m_settings, *m_window, QStringLiteral("/demo.gguf"));
    }

    void addSlowModel()
    {
        ScriptedModel slow{"Slow"};
        slow.paced = true;
        m_script->addModel("/slow.gguf", slow);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<Script> m_script;
    std::unique_ptr<ThreadReaper> m_reaper;
    std::unique_ptr<InferenceThread> m_inference;
    std::unique_ptr<SettingsFile> m_settings;
    std::unique_ptr<FakeWindow> m_window;
    std::unique_ptr<ModelController> m_models;
};

QTEST_GUILESS_MAIN(ModelControllerTest)
#include "tst_model_controller.moc"
