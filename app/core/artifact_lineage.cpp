// SPDX-License-Identifier: MIT
#include "app/core/artifact_lineage.h"

#include <QRegularExpression>
#include <QSet>
#include <QStringList>

#include <algorithm>

namespace atelier {

namespace {

constexpr qsizetype kShortestContained = 4; // characters: "an" is in too many titles
constexpr qsizetype kLongestTitle = 200;    // characters that are looked at

bool isHan(QChar c)
{
    return c.script() == QChar::Script_Han;
}

// Lower case, words only, without what says that it is another version.
QStringList wordsOf(const QString& title)
{
    static const QRegularExpression kWord(
        QStringLiteral("[\\p{L}\\p{N}]+"), QRegularExpression::UseUnicodePropertiesOption);
    static const QRegularExpression kOfVersions(
        QStringLiteral("^(v\\d+|version|revised|updated|fixed|improved|final|new|the|a|an|\\d+)$"));
    QStringList words;
    QStringList all;
    auto matches = kWord.globalMatch(title.left(kLongestTitle).toLower());
    while (matches.hasNext()) {
        const QString word = matches.next().captured();
        all << word;
        if (!kOfVersions.match(word).hasMatch()) {
            words << word;
        }
    }
    return words.isEmpty() ? all : words; // "2048" is all there is of that title
}

// Words, and pairs of characters where words are not set apart.
QSet<QString> piecesOf(const QStringList& words)
{
    QSet<QString> pieces;
    for (const QString& word : words) {
        if (!std::any_of(word.begin(), word.end(), isHan) || word.size() < 2) {
            pieces.insert(word);
            continue;
        }
        for (qsizetype i = 0; i + 1 < word.size(); ++i) {
            pieces.insert(word.mid(i, 2));
        }
    }
    return pieces;
}

bool isSameKind(const ArtifactSketch& one, const ArtifactSketch& other)
{
    return one.kind == other.kind &&
           (one.kind != ArtifactKind::Code ||
               one.language.compare(other.language, Qt::CaseInsensitive) == 0);
}

qsizetype countOfKind(const QList<ArtifactSketch>& reply, const ArtifactSketch& like)
{
    return std::count_if(reply.begin(), reply.end(), [&](const ArtifactSketch& one) {
        return isSameKind(one, like);
    });
}

} // namespace

bool isSimilarTitle(const QString& one, const QString& other)
{
    const QStringList words = wordsOf(one);
    const QStringList otherWords = wordsOf(other);
    if (words.isEmpty() || otherWords.isEmpty()) {
        return false;
    }
    const QString joined = words.join(u' ');
    const QString otherJoined = otherWords.join(u' ');
    if (joined == otherJoined) {
        return true;
    }
    const bool shorter = joined.size() < otherJoined.size();
    const QString& inner = shorter ? joined : otherJoined;
    const QString& outer = shorter ? otherJoined : joined;
    const bool isLong = inner.size() >= kShortestContained ||
                        (inner.size() >= 2 && std::any_of(inner.begin(), inner.end(), isHan));
    if (isLong && (isHan(inner[0]) ? outer.contains(inner)
                                   : (u' ' + outer + u' ').contains(u' ' + inner + u' '))) {
        return true;
    }
    const QSet<QString> pieces = piecesOf(words);
    const QSet<QString> otherPieces = piecesOf(otherWords);
    const qsizetype common = (pieces & otherPieces).size();
    const qsizetype all = (pieces | otherPieces).size();
    return common * 2 >= all;
}

QList<QList<int>> assignLineages(const QList<QList<ArtifactSketch>>& replies)
{
    QList<QList<int>> lineages;
    int next = 0;
    for (qsizetype r = 0; r < replies.size(); ++r) {
        const QList<ArtifactSketch>& reply = replies[r];
        QList<int> assigned(reply.size(), -1);
        const auto isFree = [&](int lineage) { return !assigned.contains(lineage); };
        // Titles first for all of them: a sure match must not lose to a guess before it.
        for (qsizetype i = 0; i < reply.size(); ++i) {
            for (qsizetype before = r - 1; before >= 0 && assigned[i] < 0; --before) {
                for (qsizetype k = replies[before].size() - 1; k >= 0 && assigned[i] < 0; --k) {
                    const ArtifactSketch& earlier = replies[before][k];
                    const int lineage = lineages[before][k];
                    if (isSameKind(reply[i], earlier) && isFree(lineage) &&
                        isSimilarTitle(reply[i].title, earlier.title)) {
                        assigned[i] = lineage;
                    }
                }
            }
        }
        for (qsizetype i = 0; i < reply.size(); ++i) {
            if (assigned[i] < 0 && countOfKind(reply, reply[i]) == 1) {
                qsizetype before = r - 1;
                while (before >= 0 && countOfKind(replies[before], reply[i]) == 0) {
                    --before;
                }
                for (qsizetype k = 0; before >= 0 && k < replies[before].size(); ++k) {
                    if (countOfKind(replies[before], reply[i]) == 1 &&
                        isSameKind(reply[i], replies[before][k]) && isFree(lineages[before][k])) {
                        assigned[i] = lineages[before][k];
                    }
                }
            }
            if (assigned[i] < 0) {
                assigned[i] = next++;
            }
        }
        lineages.append(assigned);
    }
    return lineages;
}

} // namespace atelier
