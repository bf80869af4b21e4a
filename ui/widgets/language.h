// SPDX-License-Identifier: MIT
// Languages of the user interface, switched while the program runs.
#pragma once

#include <QObject>
#include <QString>
#include <memory>

class QTranslator;

namespace atelier {

/// "", "en" or "zh-CN" as chosen; the result is never empty: "" follows the system.
QString resolveLanguage(const QString& choice);

/// Installs the translations of the program and of Qt's own dialogs. Every widget hears of it as
/// QEvent::LanguageChange and shows its new texts at once.
///
/// Owner: main(). Threads: GUI thread only.
/// Errors: a language without translations shows English.
class LanguageInstaller final : public QObject
{
    Q_OBJECT

public:
    explicit LanguageInstaller(QObject* parent = nullptr);
    ~LanguageInstaller() override;

    QString install(const QString& choice); // what resolveLanguage() gave
    const QString& language() const { return m_language; }

private:
    QString m_language;
    std::unique_ptr<QTranslator> m_program;
    std::unique_ptr<QTranslator> m_qt;
};

} // namespace atelier
