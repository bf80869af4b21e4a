// SPDX-License-Identifier: MIT
// Any address gives an answer or a hint, in bounded time, and answers stay inside the library.
#include "renderers/offline_library.h"

#include <QString>
#include <QUrl>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace atelier;

namespace {

void require(bool holds, const char* rule)
{
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", rule);
        std::abort();
    }
}

const OfflineLibrary& library()
{
    static const OfflineLibrary kLibrary(R"({"packages": [
        {"name": "three", "version": "0.160.1", "main": "build/three.min.js",
         "files": ["build/three.min.js", "build/three.js"], "module": ".",
         "modules": {".": {"file": "m/three/index.js", "default": false}}, "also": ["three.js"]},
        {"name": "three", "version": "0.128.0", "main": "build/three.min.js",
         "files": ["build/three.min.js"]},
        {"name": "@a/b", "version": "2.0.0", "style": "b.css", "files": ["b.css"]}],
        "fonts": {"inter": [{"file": "f/i.woff2", "weight": "100 900", "style": "normal"}]},
        "absent": {"gsap": "It is not."}})");
    return kLibrary;
}

void ask(const QUrl& url)
{
    const std::optional<CdnRequest> request = cdnRequest(url);
    if (!request)
        return;
    require(request->path.size() <= url.toString().size(), "a path is no longer than its address");
    const OfflineLibrary::Answer answer = library().find(*request, url);
    require(answer.file.isEmpty() != answer.hint.isEmpty(), "an answer or a hint");
    require(!answer.file.contains(QStringLiteral("..")) || answer.file.contains(u'?'),
        "files are named by the index alone");
    if (request->what == CdnRequest::What::Fonts)
        library().fontsCss(url.query(QUrl::FullyEncoded));
    cdnVersion(request->version);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    if (size > 4096)
        return 0;
    const QString text = QString::fromUtf8(reinterpret_cast<const char*>(data), qsizetype(size));
    ask(QUrl(text));
    for (const QString& host : cdnHosts())
        ask(QUrl(QStringLiteral("https://") + host + u'/' + text));
    library().content(text, text);
    return 0;
}
