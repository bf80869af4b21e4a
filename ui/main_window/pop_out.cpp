// SPDX-License-Identifier: MIT
#include "ui/main_window/pop_out.h"

#include <QCloseEvent>
#include <QVBoxLayout>
#include <utility>

namespace atelier {
namespace {

constexpr QSize kSize(880, 760);

} // namespace

PopOut::PopOut(QWidget* content, QWidget* owner) : QWidget(owner, Qt::Window), m_content(content)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(content);
    content->show();
    resize(kSize);
    setWindowTitle(content->accessibleName());
}

QWidget* PopOut::take()
{
    layout()->removeWidget(m_content);
    m_content->setParent(nullptr);
    return std::exchange(m_content, nullptr);
}

void PopOut::closeEvent(QCloseEvent* event)
{
    event->ignore(); // its content goes back first
    Q_EMIT closed();
}

} // namespace atelier
