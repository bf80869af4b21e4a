// SPDX-License-Identifier: MIT
// The real window with real pages and a scripted engine, for tests of the artifact pane.
#pragma once

#include "app/inference/thread_reaper.h"
#include "app/window/window_program.h"
#include "renderers/artifact_view.h"
#include "renderers/code_view.h"
#include "tests/support/scripted_engine.h"
#include "tests/support/web_test_main.h"
#include "ui/artifacts/artifact_pane.h"
#include "ui/artifacts/version_strip.h"
#include "ui/widgets/icon_button.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace atelier::test {

constexpr int kLong = 60000; // a loaded machine starts a renderer process in seconds

inline std::vector<std::string> reply(const std::string& source)
{
    return {"Here.\n\n```html\n", source, "```\n"};
}

class StudioParts
{
public:
    explicit StudioParts(QApplication& application) : m_application(application) {}

    // An empty store, and a program with it.
    void begin()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        m_script = std::make_shared<Script>();
        m_script->addModel("/one.gguf", {"One"});
        open();
    }

    void open(const QString& language = QStringLiteral("en"),
        const QString& theme = QStringLiteral("light"))
    {
        m_reaper = std::make_unique<ThreadReaper>();
        WindowOptions options;
        options.studio = {m_folder->filePath(QStringLiteral("settings.json")),
            m_folder->filePath(QStringLiteral("chats")),
            {}};
        options.language = language;
        options.theme = theme;
        m_program = std::make_unique<WindowProgram>(
            m_application, options, std::make_shared<ScriptedEngineFactory>(m_script), *m_reaper);
        QSignalSpy ready(&m_program->studio().models(), &ModelController::modelReady);
        QSignalSpy listed(&m_program->studio().chats(), &ChatListController::started);
        m_program->window().resize(1440, 900);
        m_program->start(QStringLiteral("/one.gguf"));
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, kLong);
        QTRY_COMPARE_WITH_TIMEOUT(listed.size(), 1, kLong);
    }

    void close()
    {
        m_program.reset();
        m_reaper.reset();
    }

    void ask(const QString& text, const std::string& source)
    {
        m_script->addReply({reply(source)});
        QSignalSpy drawn(&pane().preview(), &ArtifactView::drawn);
        m_program->studio().conversation().send(text);
        QTRY_COMPARE_WITH_TIMEOUT(drawn.size(), 1, kLong);
    }

    ArtifactPane& pane() { return m_program->window().artifactPane(); }
    VersionStrip& strip() { return *pane().findChild<VersionStrip*>(); }

    QPushButton* findButton(const QString& text)
    {
        for (auto* button : pane().findChildren<QPushButton*>()) {
            if (button->isVisible() && button->text() == text) {
                return button;
            }
        }
        return nullptr;
    }

    IconButton* findIcon(const QString& name)
    {
        for (auto* button : pane().findChildren<IconButton*>()) {
            if (button->isVisible() && button->accessibleName() == name) {
                return button;
            }
        }
        return nullptr;
    }

    QString selectedInCode()
    {
        return evaluate(pane().code(),
            QStringLiteral("(() => { const c = document.querySelector('.editor')?.shadowRoot"
                           ".querySelector('.cm-content'); if (!c) return '';"
                           "const s = c.cmTile.root.view.state;"
                           "return s.sliceDoc(s.selection.main.from, s.selection.main.to) })()"))
            .toString();
    }

    bool hasLabel(const QString& text)
    {
        for (const QLabel* label : m_program->window().findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().contains(text)) {
                return true;
            }
        }
        return false;
    }

    template <class View>
    static QVariant evaluate(View& view, const QString& script)
    {
        auto result = std::make_shared<QVariant>();
        auto done = std::make_shared<bool>(false);
        view.runScriptForTest(script, [result, done](const QVariant& value) {
            *result = value;
            *done = true;
        });
        (void)QTest::qWaitFor([done] { return *done; }, 5000);
        return *result;
    }

    QVariant inPage(const QString& script) { return evaluate(pane().preview(), script); }

    // At the end of the source, once there is an editor.
    void type(const QString& text)
    {
        if (pane().tab() == ArtifactPane::Tab::Preview) {
            pane().setTab(ArtifactPane::Tab::Split);
        }
        const QString script = QStringLiteral(
            "(() => { const c = document.querySelector('.editor')?.shadowRoot"
            ".querySelector('.cm-content'); if (!c) return '';"
            "const v = c.cmTile.root.view;"
            "v.dispatch({changes: {from: v.state.doc.length, insert: '%1'}}); return 'typed' })()");
        QTRY_COMPARE_WITH_TIMEOUT(
            evaluate(pane().code(), script.arg(text)).toString(), QStringLiteral("typed"), kLong);
    }

    QApplication& m_application;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<Script> m_script;
    std::unique_ptr<ThreadReaper> m_reaper;
    std::unique_ptr<WindowProgram> m_program;
};

} // namespace atelier::test
