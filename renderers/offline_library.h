// SPDX-License-Identifier: MIT
// The libraries that artifacts ask CDNs for, from a file beside the program instead of the network.
#pragma once

#include "renderers/cdn_rules.h"

#include <QCoreApplication>
#include <QHash>
#include <QStringList>
#include <QUrl>
#include <memory>
#include <vector>

namespace atelier {

/// Made by resources/web/library/pack.mjs: a list of what there is, and the files.
///
/// Version rule: the newest bundled one of the version asked for (of its minor version as long as
/// the major one is 0); if there is none, the nearest, and the answer says so.
///
/// Owner: whoever puts the program together; views and their runs share it. Threads: any, nothing
/// changes. Errors: damaged or missing files leave the library empty; pages then see what they see
/// without a network.
class OfflineLibrary
{
    Q_DECLARE_TR_FUNCTIONS(OfflineLibrary)

public:
    /// `index`: the JSON of pack.mjs; its files are those of packs that are open elsewhere.
    explicit OfflineLibrary(const QByteArray& index = {});
    ~OfflineLibrary();

    OfflineLibrary(const OfflineLibrary&) = delete;
    OfflineLibrary& operator=(const OfflineLibrary&) = delete;

    /// A pack, with that of Python when it lies beside it; empty when there is none.
    static std::shared_ptr<const OfflineLibrary> open(const QString& file);
    /// The pack that was installed with the program.
    static std::shared_ptr<const OfflineLibrary> openInstalled();

    struct Answer
    {
        QString file; // below lib://cdn/, may have a query; empty: not there
        QString note; // for the console, when it is not quite what was asked for
        QString hint; // why it is not there, and what is
    };
    Answer find(const CdnRequest& request, const QUrl& url) const;

    bool isEmpty() const { return m_packages.empty(); }
    QStringList names() const; // of packages, sorted

    /// What lib://cdn/FILE answers; nothing when there is no such file. `query`: of its address.
    struct Content
    {
        QByteArray data;
        QByteArray mime; // empty: there is no such file
    };
    Content content(const QString& file, const QString& query) const;

    /// A style sheet for an address of Google Fonts: bundled files, or fonts of the system.
    QByteArray fontsCss(const QString& query) const;

private:
    struct Module
    {
        QString file;
        bool hasDefault = false;
    };
    struct Package
    {
        QString name;
        QString version;
        QString main;
        QString style;
        QString module; // the key of the one that a URL without a path gets
        QStringList files;
        QHash<QString, Module> modules; // by path inside the package
    };
    struct FontFace
    {
        QString file;
        QString weight;
        QString style;
    };

    QString packageName(const QString& asked) const;
    std::vector<const Package*> inOrder(const QString& name, const CdnVersion& version) const;
    QString fileOf(const Package& package, const CdnRequest& request, bool exactly) const;
    QString moduleOf(const Package& package, const CdnRequest& request) const;
    QString faceOf(const QString& family, const QString& rule) const;

    QStringList m_packs; // open as long as this is
    std::vector<Package> m_packages;
    QHash<QString, QString> m_names;        // in lower case -> name
    QHash<QString, QString> m_absent;       // in lower case -> why it is not bundled
    QHash<QString, bool> m_defaultByModule; // file -> has a default export
    QHash<QString, QList<FontFace>> m_fonts;
};

} // namespace atelier
