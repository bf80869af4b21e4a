// SPDX-License-Identifier: MIT
#include "ui/sidebar/device_menu.h"

#include <QFontMetrics>

namespace atelier {

namespace {

constexpr int kReasonWidth = 420; // a driver's complaint can be long: all of it is in the tip

QString plain(QString text) // as an action shows it
{
    return text.replace(QLatin1Char('&'), QStringLiteral("&&"));
}

} // namespace

DeviceMenu::DeviceMenu(QWidget* parent) : QMenu(parent)
{
    setToolTipsVisible(true);
    setAccessibleName(tr("Devices"));
}

void DeviceMenu::setChoices(const DeviceChoices& choices)
{
    m_choices = choices;
    clear();
    addSection(tr("Run models on"));
    addChoice({},
        choices.automaticName.isEmpty() ? tr("Automatic")
                                        : tr("Automatic: %1").arg(choices.automaticName),
        {},
        true);
    addSeparator();
    for (const DeviceChoice& device : choices.devices) {
        const bool usable = device.problem.isEmpty();
        addChoice(device.id,
            device.name + QLatin1Char('\t') + device.detail,
            usable ? device.driver : device.problem,
            usable);
    }
    if (!choices.known) {
        addAction(tr("Looking for devices…"))->setEnabled(false);
    }
    for (const QString& reason : choices.absent) {
        QAction* action =
            addAction(plain(fontMetrics().elidedText(reason, Qt::ElideRight, kReasonWidth)));
        action->setToolTip(reason);
        action->setEnabled(false);
    }
    if (isVisible()) {
        move(m_corner - QPoint(0, sizeHint().height() + 4));
    }
}

void DeviceMenu::addChoice(const QString& id, const QString& text, const QString& tip, bool usable)
{
    QAction* action = addAction(plain(text));
    action->setCheckable(true);
    action->setChecked(id == m_choices.chosen);
    action->setEnabled(usable);
    action->setToolTip(tip);
    connect(action, &QAction::triggered, this, [this, id] { Q_EMIT chosen(id); });
}

void DeviceMenu::openAbove(const QPoint& corner)
{
    m_corner = corner;
    popup(corner - QPoint(0, sizeHint().height() + 4));
}

} // namespace atelier
