// SPDX-License-Identifier: MIT
// The real program, offscreen, with the real demo model: from a typed sentence to a drawn picture.
#include "app/demo_model.h"
#include "app/inference/thread_reaper.h"
#include "app/window/window_program.h"
#include "engine/api/devices.h"
#include "renderers/artifact_view.h"
#include "renderers/transcript_view.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/tiny_model.h"
#include "tests/support/web_test_main.h"
#include "ui/artifacts/artifact_pane.h"
#include "ui/conversation/composer.h"
#include "ui/roles.h"

#include <QAbstractButton>
#include <QFile>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPointer>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <chrono>
#include <thread>

using namespace atelier;
using namespace atelier::test;

namespace {

constexpr int kLong = 60000;  // a loaded machine starts a renderer process in seconds
constexpr int kScript = 5000; // an answer can be lost with its page; it is then asked again

const QString kPrompt = QStringLiteral("draw a red circle inside a blue square");

/// The real session at the pace of a larger model, so that there is something to see meanwhile.
class PacedSession final : public Session
{
public:
    explicit PacedSession(std::unique_ptr<Session> session) : m_session(std::move(session)) {}

    Result<GenerationStats> generate(const GenerationRequest& request,
        const std::function<void(const Event&)>& onEvent,
        std::stop_token stop) override
    {
        const auto paced = [&](const Event& event) {
            onEvent(event);
            std::this_thread::sleep_for(std::chrono::milliseconds(8));
        };
        return m_session->generate(request, paced, stop);
    }
    Result<std::vector<float>> logits(
        std::span<const int32_t> tokens, std::stop_token stop) override
    {
        return m_session->logits(tokens, stop);
    }
    uint32_t contextTokens() const override { return m_session->contextTokens(); }
    uint32_t cachedTokens() const override { return m_session->cachedTokens(); }
    Result<uint32_t> countPrompt(std::span<const Message> messages) const override
    {
        return m_session->countPrompt(messages);
    }
    std::span<const int32_t> tokens() const override { return m_session->tokens(); }
    double yarnFactor() const override { return m_session->yarnFactor(); }
    void clear() override { m_session->clear(); }
    Status save(const std::filesystem::path& path, std::stop_token stop) override
    {
        return m_session->save(path, stop);
    }
    Status restore(const std::filesystem::path& path, std::stop_token stop) override
    {
        return m_session->restore(path, stop);
    }
    Result<std::unique_ptr<Session>> fork(uint32_t count, std::stop_token stop) override
    {
        return m_session->fork(count, stop);
    }

private:
    std::unique_ptr<Session> m_session;
};

class PacedEngineFactory final : public EngineFactory
{
public:
    Result<std::unique_ptr<LoadedEngine>> open(const std::filesystem::path& path,
        const LoadOptions& load,
        const SessionOptions& session,
        const std::function<void(const LoadProgress&)>& onProgress,
        std::stop_token stop) override
    {
        auto opened = m_native.open(path, load, session, onProgress, stop);
        if (opened) {
            opened.value()->session =
                std::make_unique<PacedSession>(std::move(opened.value()->session));
        }
        return opened;
    }

private:
    NativeEngineFactory m_native;
};

bool hasVisibleLabel(const QWidget& in, const QString& text)
{
    for (const QLabel* label : in.findChildren<QLabel*>()) {
        if (label->isVisible() && label->text().contains(text)) {
            return true;
        }
    }
    return false;
}

bool hasVisibleButton(const QWidget& in, const QString& text)
{
    const auto buttons = in.findChildren<QAbstractButton*>();
    return std::any_of(buttons.begin(), buttons.end(), [&](const QAbstractButton* button) {
        return button->isVisible() && button->text() == text;
    });
}

// A model that announces far more than any machine of today has, without taking disk space.
bool writeHugeModel(const QString& path)
{
    TinyShape shape;
    shape.layers = 400;
    shape.hidden = 32768;
    shape.heads = 256;
    shape.kvHeads = 8;
    shape.headDim = 128;
    shape.ffn = 131072;
    GgufWriter file;
    addTinyMetadata(file, shape);
    constexpr uint32_t kF32 = 0;
    constexpr uint32_t kF16 = 1;
    const auto matrix = [&](const std::string& name, uint64_t rows, uint64_t cols) {
        file.hollow(name, {cols, rows}, kF16, rows * cols * 2);
    };
    const auto vector = [&](const std::string& name, uint64_t size) {
        file.hollow(name, {size}, kF32, size * 4);
    };
    const uint64_t q = uint64_t(shape.heads) * shape.headDim;
    const uint64_t k = uint64_t(shape.kvHeads) * shape.headDim;
    matrix("token_embd.weight", tinyVocab(shape), shape.hidden);
    for (uint32_t i = 0; i < shape.layers; ++i) {
        const std::string layer = "blk." + std::to_string(i) + ".";
        for (const char* norm : {"attn_norm", "ffn_norm", "post_attention_norm", "post_ffw_norm"}) {
            vector(layer + norm + ".weight", shape.hidden);
        }
        matrix(layer + "attn_q.weight", q, shape.hidden);
        matrix(layer + "attn_k.weight", k, shape.hidden);
        matrix(layer + "attn_v.weight", k, shape.hidden);
        matrix(layer + "attn_output.weight", shape.hidden, q);
        matrix(layer + "ffn_up.weight", 2ull * shape.ffn, shape.hidden);
        matrix(layer + "ffn_down.weight", shape.hidden, shape.ffn);
    }
    vector("output_norm.weight", shape.hidden);
    matrix("output.weight", tinyVocab(shape), shape.hidden);
    return file.saveSparse(path.toStdString());
}

} // namespace

class EndToEndTest final : public QObject
{
    Q_OBJECT

public:
    explicit EndToEndTest(QApplication& application) : m_application(application) {}

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = demoModelPath(QCoreApplication::applicationDirPath());
        QVERIFY2(!m_demo.isEmpty(), "the demo model belongs to the source tree");
    }

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        open();
    }

    void cleanup() { close(); }

    void drawsWhileItWrites()
    {
        bool sawDraft = false;
        // Of elements in the living document, before the reply's end.
        const auto counts = std::make_shared<QList<int>>();
        const QPointer<ConversationController> controller(&chat());
        QObject context;
        connect(&chat(), &ConversationController::textArrived, &context, [&] {
            sawDraft = sawDraft || hasVisibleLabel(pane(), QStringLiteral("Draft"));
            pane().preview().runScriptForTest(
                QStringLiteral("document.querySelectorAll('svg *').length"),
                [counts, controller](const QVariant& count) {
                    const bool isNew = counts->isEmpty() || counts->last() != count.toInt();
                    if (controller && controller->isWriting() && count.isValid() && isNew) {
                        counts->append(count.toInt());
                    }
                });
        });
        QSignalSpy drawn(&pane().preview(), &ArtifactView::drawn);
        type(kPrompt);
        QTRY_VERIFY_WITH_TIMEOUT(chat().isWriting(), kLong);
        QVERIFY(composerEdit()->toPlainText().isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT(m_program->window().isArtifactPaneOpen(), kLong);
        QTRY_VERIFY_WITH_TIMEOUT(!chat().isWriting(), kLong);
        QTRY_COMPARE_WITH_TIMEOUT(drawn.size(), 1, kLong);

        QVERIFY2(sawDraft, "the pane said Draft while the artifact was written");
        QVERIFY(!hasVisibleLabel(pane(), QStringLiteral("Draft")));
        QVERIFY2(counts->size() >= 2 && counts->first() < counts->last(),
            "elements appeared while the reply was written");
        QCOMPARE(pane().preview().navigations(), 1);
        checkTranscript();
        checkDocument();
        checkPicture();
    }

    void theConversationIsThereAfterARestart()
    {
        ask(kPrompt);
        const QString source = pane().preview().source();
        QVERIFY(source.contains(QStringLiteral("<svg")));
        close();
        open();
        QTRY_COMPARE(m_program->studio().chatList().rowCount(), 1);
        const QModelIndex row = m_program->studio().chatList().index(0);
        QCOMPARE(row.data().toString(), QStringLiteral("Draw a red circle inside a blue square"));
        Q_EMIT m_program->window().chatChosen(row.data(ChatIdRole).toString());
        QTRY_COMPARE(pane().preview().source(), source);
        QTRY_VERIFY(m_program->window().isArtifactPaneOpen());
        checkTranscript();
        checkDocument();
        // And it goes on: the next turn is an edit of the same picture.
        ask(QStringLiteral("make the circle green"));
        QTRY_COMPARE(chat().conversation().path().size(), 4);
    }

    void stops()
    {
        QSignalSpy ended(&chat(), &ConversationController::replyEnded);
        QSignalSpy text(&chat(), &ConversationController::textArrived);
        type(kPrompt);
        QTRY_VERIFY_WITH_TIMEOUT(text.size() >= 3, kLong);
        QElapsedTimer time;
        time.start();
        QTest::keyClick(composerEdit(), Qt::Key_Escape);
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY2(time.elapsed() < 1000, qPrintable(QString::number(time.elapsed())));
        QCOMPARE(ended[0][1].value<StoredState>(), StoredState::Stopped);
        const int tokens = lastReply().tokens;
        QVERIFY2(tokens >= 3 && tokens < 100, qPrintable(QString::number(tokens)));
        // What was written stays and can be continued to the end.
        const QString before = lastReply().text;
        chat().act(lastReply().id, QStringLiteral("continue"));
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 2, kLong);
        QVERIFY(lastReply().text.startsWith(before));
        QVERIFY(lastReply().text.contains(QStringLiteral("</svg>")));
    }

    void drawsPagesToo()
    {
        ask(QStringLiteral("make a page with a counter button"));
        QTRY_VERIFY_WITH_TIMEOUT(
            pane().preview().source().contains(QStringLiteral("</html>"), Qt::CaseInsensitive),
            kLong);
        QCOMPARE(pane().preview().kind(), ArtifactKind::Html);
        QTRY_VERIFY_WITH_TIMEOUT(
            script(QStringLiteral("document.querySelectorAll('button').length")).toInt() > 0,
            kLong);
    }

    // Where no graphics card is, Vulkan's software device computes: the same program, only slower.
    void chatsOnVulkan()
    {
        const DeviceList list = listDevices();
        for (const AbsentBackend& absent : list.absent) {
            if (absent.backend == "vulkan") {
                QSKIP(absent.reason.c_str());
            }
        }
        QSignalSpy ready(&m_program->studio().models(), &ModelController::modelReady);
        Q_EMIT m_program->window().deviceChosen(QStringLiteral("vulkan"));
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, kLong);
        QCOMPARE(m_program->studio().models().model()->info.backend, std::string("vulkan"));
        QSignalSpy drawn(&pane().preview(), &ArtifactView::drawn);
        QSignalSpy ended(&chat(), &ConversationController::replyEnded);
        type(kPrompt);
        QTRY_COMPARE_WITH_TIMEOUT(drawn.size(), 1, 4 * kLong);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 2 * kLong);
        QCOMPARE(ended[0][1].value<StoredState>(), StoredState::Done);
        checkDocument();
    }

    void saysWhyAFileCannotBeLoadedAndGoesOn_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("title");
        QTest::newRow("not a GGUF") << "text"
                                    << "This file is not a GGUF model.";
        QTest::newRow("truncated") << "truncated"
                                   << "This model file is incomplete.";
        QTest::newRow("too large") << "huge"
                                   << "Not enough memory";
        QTest::newRow("missing") << "missing"
                                 << "This file could not be read.";
    }

    void saysWhyAFileCannotBeLoadedAndGoesOn()
    {
        QFETCH(QString, kind);
        QFETCH(QString, title);
        const QString path = m_folder->filePath(kind + QStringLiteral(".gguf"));
        if (kind == QLatin1String("text")) {
            write(path, "<!doctype html><title>Sign in to download</title>");
        } else if (kind == QLatin1String("truncated")) {
            QFile demo(m_demo);
            QVERIFY(demo.open(QIODevice::ReadOnly));
            write(path, demo.read(demo.size() / 2));
        } else if (kind == QLatin1String("huge") && !writeHugeModel(path)) {
            QSKIP("this file system has no sparse files of that size");
        }
        QSignalSpy failed(&m_program->studio().models(), &ModelController::loadFailed);
        Q_EMIT m_program->window().modelFileChosen(path);
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, kLong);
        QTRY_VERIFY(hasVisibleLabel(m_program->window(), title));
        QVERIFY(hasVisibleButton(m_program->window(), QStringLiteral("Choose another file")));
        // The demo model is still there and answers.
        ask(kPrompt);
        QVERIFY(lastReply().text.contains(QStringLiteral("<svg")));
    }

private:
    void open()
    {
        const QString base = m_folder->path();
        m_reaper = std::make_unique<ThreadReaper>();
        WindowOptions options;
        options.studio = {
            base + QStringLiteral("/settings.json"), base + QStringLiteral("/chats"), m_demo};
        options.language = QStringLiteral("en");
        options.theme = QStringLiteral("light");
        m_program = std::make_unique<WindowProgram>(
            m_application, options, std::make_shared<PacedEngineFactory>(), *m_reaper);
        QSignalSpy ready(&m_program->studio().models(), &ModelController::modelReady);
        QSignalSpy listed(&m_program->studio().chats(), &ChatListController::started);
        m_program->start({});
        QVERIFY(QTest::qWaitForWindowExposed(&m_program->window()));
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, kLong);
        QTRY_COMPARE_WITH_TIMEOUT(listed.size(), 1, kLong);
        GenerationSettings settings = chat().settings();
        settings.temperature = 0; // the same picture every time
        chat().setSettings(settings);
    }

    void close()
    {
        m_program.reset();
        QVERIFY(m_reaper->finish(std::chrono::seconds(5)));
    }

    ConversationController& chat() { return m_program->studio().conversation(); }
    ArtifactPane& pane() { return m_program->window().artifactPane(); }
    QPlainTextEdit* composerEdit()
    {
        return m_program->window().composer().findChild<QPlainTextEdit*>();
    }
    const StoredMessage& lastReply()
    {
        const Conversation& conversation = chat().conversation();
        return conversation.message(conversation.lastOf(StoredRole::Assistant));
    }

    void type(const QString& text)
    {
        m_program->window().composer().setText(text);
        QTest::keyClick(composerEdit(), Qt::Key_Return);
    }

    void ask(const QString& text)
    {
        QSignalSpy ended(&chat(), &ConversationController::replyEnded);
        type(text);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, kLong);
    }

    // The answer of a page, once it gives one; invalid when it never does. The answer may come when
    // nobody waits any more, so it goes to a place of its own.
    QVariant script(const QString& code)
    {
        struct Answer
        {
            QVariant value;
            bool arrived = false;
        };
        const auto answer = std::make_shared<Answer>();
        pane().preview().runScriptForTest(code, [answer](const QVariant& value) {
            answer->value = value;
            answer->arrived = true;
        });
        return QTest::qWaitFor([&] { return answer->arrived; }, kScript) ? answer->value
                                                                         : QVariant();
    }

    void checkTranscript()
    {
        const auto shown = std::make_shared<QString>();
        const auto read = [&] {
            m_program->window().transcript().readText(
                [shown](const QString& now) { *shown = now; });
            return shown->contains(kPrompt, Qt::CaseInsensitive) &&
                   shown->contains(QStringLiteral("SVG"));
        };
        QTRY_VERIFY_WITH_TIMEOUT(read(), kLong);
        const QString reply = lastReply().text;
        const QString intro = reply.section(QStringLiteral("```"), 0, 0).simplified();
        QVERIFY(!intro.isEmpty());
        const QString text = *shown;
        QVERIFY2(text.simplified().contains(intro), qPrintable(text));
        QVERIFY2(!text.contains(QStringLiteral("<svg")), "the source is a card, not text");
    }

    void checkDocument()
    {
        const auto fills = [this](const char* tag) {
            return script(QStringLiteral("Array.from(document.querySelectorAll('svg %1'))"
                                         ".map(e => getComputedStyle(e).fill).join(' ')")
                              .arg(QLatin1String(tag)))
                .toString();
        };
        QTRY_COMPARE_WITH_TIMEOUT(isRed(fills("circle")), true, kLong);
        QTRY_COMPARE_WITH_TIMEOUT(isBlue(fills("rect")), true, kLong);
    }

    static QList<QColor> colorsIn(const QString& fills)
    {
        QList<QColor> colors;
        static const QRegularExpression rgb(QStringLiteral("rgb\\((\\d+), (\\d+), (\\d+)\\)"));
        for (auto matches = rgb.globalMatch(fills); matches.hasNext();) {
            const auto match = matches.next();
            colors << QColor(
                match.captured(1).toInt(), match.captured(2).toInt(), match.captured(3).toInt());
        }
        return colors;
    }
    static bool looksRed(const QColor& c)
    {
        return c.red() > 150 && c.green() < 110 && c.blue() < 110;
    }
    static bool looksBlue(const QColor& c) { return c.blue() > 150 && c.red() < 110; }
    static bool isRed(const QString& fills)
    {
        const auto colors = colorsIn(fills);
        return std::any_of(colors.begin(), colors.end(), looksRed);
    }
    static bool isBlue(const QString& fills)
    {
        const auto colors = colorsIn(fills);
        return std::any_of(colors.begin(), colors.end(), looksBlue);
    }

    void checkPicture()
    {
        const auto image = std::make_shared<QImage>();
        const auto look = [&] {
            pane().preview().grabImage([image](const QImage& now) { *image = now; });
            int reds = 0;
            int blues = 0;
            QRect redBox;
            for (int y = 0; y < image->height(); y += 2) {
                for (int x = 0; x < image->width(); x += 2) {
                    const QColor color = image->pixelColor(x, y);
                    if (looksRed(color)) {
                        ++reds;
                        redBox |= QRect(x, y, 1, 1);
                    }
                    blues += looksBlue(color);
                }
            }
            const double all = image->width() / 2.0 * image->height() / 2.0;
            return reds > all * 0.01 && blues > all * 0.01 &&
                   looksRed(image->pixelColor(redBox.center()));
        };
        QTRY_VERIFY_WITH_TIMEOUT(look(), kLong);
    }

    void write(const QString& path, const QByteArray& bytes)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }

    QApplication& m_application;
    QString m_demo;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ThreadReaper> m_reaper;
    std::unique_ptr<WindowProgram> m_program;
};

int main(int argc, char** argv)
{
    return runWithWebPages(argc, argv, [&](QApplication& application) {
        EndToEndTest test(application);
        return QTest::qExec(&test, argc, argv);
    });
}

#include "tst_end_to_end.moc"
