// SPDX-License-Identifier: MIT
// Streams a page of 800 lines at 200 tokens a second by the clock and says how even its frames
// were: bench_stream_page [TOKENS_PER_SECOND]
#include "renderers/artifact_view.h"
#include "tests/support/web_test_main.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QTextStream>
#include <QTimer>
#include <algorithm>
#include <cmath>
#include <vector>

using namespace atelier;

namespace {

constexpr int kLines = 800;
constexpr int kPiece = 4;   // characters: about a token
constexpr int kTick = 5;    // ms: tokens come one by one at 200 a second
constexpr int kFrames = 16; // ms between two pictures that are looked at

QString page()
{
    QString text = QStringLiteral(
        "<html>\n<head>\n<title>Long</title>\n<style>\n"
        "body { background: #102030; color: #cde; font: 14px sans-serif; margin: 24px }\n"
        ".card { background: #1b2d40; border-radius: 8px; padding: 8px; margin: 6px }\n"
        "</style>\n</head>\n<body>\n<h1>A page of eight hundred lines</h1>\n");
    for (int line = int(text.count(u'\n')); line < kLines - 2; ++line) {
        switch (line % 4) {
        case 0:
            text += QStringLiteral("<div class=\"card\">\n");
            break;
        case 1:
            text += QStringLiteral("  <b>Row %1</b>\n").arg(line);
            break;
        case 2:
            text += QStringLiteral("  <svg width=\"60\" height=\"12\"><rect width=\"%1\" "
                                   "height=\"12\" fill=\"#5b9c8d\"/></svg>\n")
                        .arg(line % 60);
            break;
        default:
            text += QStringLiteral("</div>\n");
        }
    }
    return text + QStringLiteral("</body>\n</html>\n");
}

void spin(int ms)
{
    QEventLoop loop;
    QTimer::singleShot(ms, &loop, &QEventLoop::quit);
    loop.exec();
}

QVariant evaluate(ArtifactView& view, const QString& script)
{
    QEventLoop loop;
    QVariant result;
    QTimer::singleShot(10000, &loop, &QEventLoop::quit);
    view.runScriptForTest(script, [&](const QVariant& value) {
        result = value;
        loop.quit();
    });
    loop.exec();
    return result;
}

double at(const std::vector<double>& sorted, double part)
{
    return sorted.empty() ? NAN : sorted[size_t(part * double(sorted.size() - 1))];
}

// Appends what the clock says is written by now, until all is.
int stream(ArtifactView& view, const QString& source, double rate)
{
    QElapsedTimer clock;
    QEventLoop loop;
    QTimer tick;
    qsizetype sent = 0;
    int white = 0;
    qint64 looked = 0;
    QObject::connect(&tick, &QTimer::timeout, &loop, [&] {
        const qsizetype due = kPiece * qsizetype(double(clock.elapsed()) * rate / 1000.0);
        for (; sent < std::min(due, source.size()); sent += kPiece)
            view.append(source.mid(sent, kPiece));
        if (clock.elapsed() - looked >= kFrames * 10) {
            looked = clock.elapsed();
            const QColor seen = view.grab().toImage().pixelColor(4, 4);
            white += seen.lightness() > 250 ? 1 : 0;
        }
        if (sent >= source.size())
            loop.quit();
    });
    tick.setTimerType(Qt::PreciseTimer);
    clock.start();
    tick.start(kTick);
    loop.exec();
    view.finish();
    return white;
}

int run(double rate)
{
    QTextStream out(stdout);
    const QString source = page();
    ArtifactView view;
    PageAppearance appearance;
    appearance.dark = true;
    view.setAppearance(appearance);
    view.resize(900, 700);
    view.setVisible(true);
    view.begin(ArtifactKind::Html);
    view.append(QStringLiteral("<!doctype html>\n"));
    while (evaluate(view, QStringLiteral("location.protocol")) != QStringLiteral("artifact:"))
        spin(100); // the process starts
    evaluate(view,
        QStringLiteral("times = []; last = performance.now(); (function next(now) {"
                       "times.push(now - last); last = now; requestAnimationFrame(next) })(last);"
                       "0"));
    QElapsedTimer clock;
    clock.start();
    const int white = stream(view, source, rate);
    const double seconds = double(clock.elapsed()) / 1000.0;
    std::vector<double> times;
    for (const QVariant& value :
        evaluate(view, QStringLiteral("times.slice(2).map(Number)")).toList())
        times.push_back(value.toDouble());
    std::sort(times.begin(), times.end());
    out << source.count(u'\n') << " lines, " << (source.size() + kPiece - 1) / kPiece
        << " tokens in " << seconds << " s (" << double(source.size()) / kPiece / seconds
        << " tok/s)\n"
        << times.size() << " frames: median " << at(times, 0.5) << " ms, 95 % " << at(times, 0.95)
        << " ms, longest " << at(times, 1) << " ms\n"
        << "navigations after the first: " << view.navigations() - 1
        << ", white pictures: " << white << Qt::endl;
    return times.empty() ? 1 : 0;
}

} // namespace

int main(int argc, char** argv)
{
    return atelier::test::runWithWebPages(argc, argv, [](QApplication& application) {
        const double rate = application.arguments().value(1).toDouble();
        return run(rate > 0 ? rate : 200);
    });
}
