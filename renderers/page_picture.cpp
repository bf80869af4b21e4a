// SPDX-License-Identifier: MIT
#include "renderers/page_picture.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWebEngineScript>
#include <QWebEngineView>
#include <memory>

namespace atelier {
namespace {

constexpr int kInterval = 80;  // ms, some frames
constexpr int kSettled = 3;    // pictures in a row that are the same
constexpr int kLongest = 2000; // ms

/// A child of the view, so that it goes away with it.
class Grabber final : public QObject
{
public:
    Grabber(QWebEngineView& view, std::function<void(const QImage&)> callback)
        : QObject(&view),
          m_view(view),
          m_callback(std::move(callback))
    {
        m_timer.setInterval(kInterval);
        connect(&m_timer, &QTimer::timeout, this, [this] { look(); });
        m_elapsed.start();
        m_timer.start();
        // The page has run what it had to run by the time it answers.
        view.page()->runJavaScript(QStringLiteral("1"),
            QWebEngineScript::ApplicationWorld,
            [answered = m_answered](const QVariant&) { *answered = true; });
    }

    ~Grabber() override
    {
        if (m_callback)
            m_callback(QImage());
    }

private:
    void look()
    {
        if (!*m_answered && m_elapsed.elapsed() < kLongest)
            return;
        const QImage image = m_view.grab().toImage();
        m_same = image == m_last ? m_same + 1 : 1;
        m_last = image;
        if (m_same < kSettled && m_elapsed.elapsed() < kLongest)
            return;
        m_timer.stop();
        const auto callback = std::exchange(m_callback, nullptr);
        deleteLater();
        callback(m_last);
    }

    QWebEngineView& m_view;
    std::function<void(const QImage&)> m_callback;
    QTimer m_timer;
    QElapsedTimer m_elapsed;
    QImage m_last;
    int m_same = 0;
    std::shared_ptr<bool> m_answered = std::make_shared<bool>(false);
};

} // namespace

void grabPage(QWebEngineView& view, std::function<void(const QImage&)> callback)
{
    new Grabber(view, std::move(callback));
}

} // namespace atelier
