// SPDX-License-Identifier: MIT
#include "ui/widgets/language.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace atelier {

QString resolveLanguage(const QString& choice)
{
    const QString chinese = QStringLiteral("zh-CN");
    const QString english = QStringLiteral("en");
    if (!choice.isEmpty())
        return choice.startsWith(QLatin1String("zh")) ? chinese : english;
    for (const QString& language : QLocale::system().uiLanguages()) {
        if (language.startsWith(QLatin1String("zh")))
            return chinese;
        if (language.startsWith(QLatin1String("en")))
            return english;
    }
    return english;
}

LanguageInstaller::LanguageInstaller(QObject* parent) : QObject(parent) {}

LanguageInstaller::~LanguageInstaller()
{
    if (m_program)
        QCoreApplication::removeTranslator(m_program.get());
    if (m_qt)
        QCoreApplication::removeTranslator(m_qt.get());
}

QString LanguageInstaller::install(const QString& choice)
{
    const QString language = resolveLanguage(choice);
    if (language == m_language)
        return language;
    m_language = language;
    if (m_program)
        QCoreApplication::removeTranslator(m_program.get());
    if (m_qt)
        QCoreApplication::removeTranslator(m_qt.get());
    const QString suffix =
        language.startsWith(QLatin1String("zh")) ? QStringLiteral("zh_CN") : QStringLiteral("en");
    m_qt = std::make_unique<QTranslator>();
    if (m_qt->load(
            QStringLiteral("qtbase_") + suffix, QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(m_qt.get());
    else
        m_qt.reset();
    // English has a file too: it holds the plural forms.
    m_program = std::make_unique<QTranslator>();
    if (m_program->load(QStringLiteral("atelier_") + suffix, QStringLiteral(":/translations")))
        QCoreApplication::installTranslator(m_program.get());
    else
        m_program.reset();
    return language;
}

} // namespace atelier
