// SPDX-License-Identifier: MIT
// One section of the inspector: a title that opens and closes it, and a summary while it is closed.
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QFrame>

class QVBoxLayout;

namespace atelier {

class SectionTitle;

/// Owner: Inspector. Threads: GUI thread only.
class InspectorSection final : public QFrame, public Themed
{
    Q_OBJECT

public:
    explicit InspectorSection(QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setSummary(const QString& summary);
    QString summary() const;
    void setOpen(bool open);
    bool isOpen() const;
    QVBoxLayout* body() { return m_bodyLayout; }
    QWidget* titleButton() const;

protected:
    void themeChanged() override;

private:
    SectionTitle* m_title;
    QWidget* m_body;
    QVBoxLayout* m_bodyLayout;
};

} // namespace atelier
