// SPDX-License-Identifier: MIT
#include "ui/artifacts/line_diff.h"

#include <QStringList>

#include <algorithm>
#include <cmath>
#include <vector>

namespace atelier {
namespace {

constexpr int kVisible = 6; // of 255: less is how a page is drawn anew, not another page

QStringList linesOf(const QString& text)
{
    QStringList lines = text.split(u'\n');
    if (lines.last().isEmpty())
        lines.removeLast(); // the end of the last line
    return lines;
}

/// Myers' greedy search; `trace[d]` is the furthest x of each diagonal after d changes.
class Search
{
public:
    Search(const QStringList& before, const QStringList& after) : m_before(before), m_after(after)
    {
    }

    bool run()
    {
        const int n = int(m_before.size());
        const int m = int(m_after.size());
        const int most = std::min(n + m, kMostChanges);
        std::vector<int> furthest(size_t(2 * most + 3), 0);
        const auto at = [&](int k) -> int& { return furthest[size_t(k + most + 1)]; };
        for (int d = 0; d <= most; ++d) {
            for (int k = -d; k <= d; k += 2) {
                const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
                int x = down ? at(k + 1) : at(k - 1) + 1;
                int y = x - k;
                while (x < n && y < m && m_before[x] == m_after[y]) {
                    ++x;
                    ++y;
                }
                at(k) = x;
                if (x >= n && y >= m) {
                    m_trace.emplace_back(
                        furthest.begin() + (most + 1 - d), furthest.begin() + (most + 2 + d));
                    return true;
                }
            }
            m_trace.emplace_back(
                furthest.begin() + (most + 1 - d), furthest.begin() + (most + 2 + d));
        }
        return false;
    }

    // From the end back to the beginning.
    QList<DiffLine> path() const
    {
        QList<DiffLine> lines;
        int x = int(m_before.size());
        int y = int(m_after.size());
        for (int d = int(m_trace.size()) - 1; d > 0; --d) {
            const std::vector<int>& last = m_trace[size_t(d - 1)]; // diagonals -(d-1)..(d-1)
            const auto at = [&](int k) {
                const int index = k + d - 1;
                return index < 0 || index >= int(last.size()) ? -1 : last[size_t(index)];
            };
            const int k = x - y;
            const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
            const int fromX = down ? at(k + 1) : at(k - 1);
            const int fromY = fromX - (down ? k + 1 : k - 1);
            while (x > fromX + !down && y > fromY + down) { // what is the same behind the change
                --x;
                --y;
                lines.append({DiffLine::Kind::Same, m_before[x], x + 1, y + 1});
            }
            x = fromX;
            y = fromY;
            if (down)
                lines.append({DiffLine::Kind::Added, m_after[y], 0, y + 1});
            else
                lines.append({DiffLine::Kind::Removed, m_before[x], x + 1, 0});
        }
        while (x > 0 && y > 0) {
            --x;
            --y;
            lines.append({DiffLine::Kind::Same, m_before[x], x + 1, y + 1});
        }
        std::reverse(lines.begin(), lines.end());
        return lines;
    }

private:
    const QStringList& m_before;
    const QStringList& m_after;
    std::vector<std::vector<int>> m_trace;
};

} // namespace

QList<DiffLine> lineDiff(const QString& before, const QString& after)
{
    const QStringList old = linesOf(before);
    const QStringList now = linesOf(after);
    qsizetype top = 0;
    while (top < old.size() && top < now.size() && old[top] == now[top])
        ++top;
    qsizetype bottom = 0;
    while (bottom < old.size() - top && bottom < now.size() - top &&
           old[old.size() - 1 - bottom] == now[now.size() - 1 - bottom])
        ++bottom;
    const QStringList oldMiddle = old.mid(top, old.size() - top - bottom);
    const QStringList nowMiddle = now.mid(top, now.size() - top - bottom);

    QList<DiffLine> lines;
    for (qsizetype i = 0; i < top; ++i)
        lines.append({DiffLine::Kind::Same, old[i], int(i) + 1, int(i) + 1});
    Search search(oldMiddle, nowMiddle);
    if (search.run()) {
        for (DiffLine line : search.path()) {
            line.before += line.before ? int(top) : 0;
            line.after += line.after ? int(top) : 0;
            lines.append(line);
        }
    } else {
        for (qsizetype i = 0; i < oldMiddle.size(); ++i)
            lines.append({DiffLine::Kind::Removed, oldMiddle[i], int(top + i) + 1, 0});
        for (qsizetype i = 0; i < nowMiddle.size(); ++i)
            lines.append({DiffLine::Kind::Added, nowMiddle[i], 0, int(top + i) + 1});
    }
    for (qsizetype i = 0; i < bottom; ++i) {
        const qsizetype x = old.size() - bottom + i;
        const qsizetype y = now.size() - bottom + i;
        lines.append({DiffLine::Kind::Same, old[x], int(x) + 1, int(y) + 1});
    }
    return lines;
}

PictureDiff pictureDiff(const QImage& before, const QImage& after)
{
    const QSize size = before.size().expandedTo(after.size());
    PictureDiff diff;
    if (size.isEmpty())
        return diff;
    const QImage old = before.convertToFormat(QImage::Format_RGB32);
    const QImage now = after.convertToFormat(QImage::Format_RGB32);
    diff.heat = QImage(size, QImage::Format_ARGB32_Premultiplied);
    diff.heat.fill(Qt::transparent);
    qint64 changed = 0;
    for (int y = 0; y < size.height(); ++y) {
        auto* out = reinterpret_cast<QRgb*>(diff.heat.scanLine(y));
        const bool rows = y < old.height() && y < now.height();
        const auto* a = rows ? reinterpret_cast<const QRgb*>(old.constScanLine(y)) : nullptr;
        const auto* b = rows ? reinterpret_cast<const QRgb*>(now.constScanLine(y)) : nullptr;
        for (int x = 0; x < size.width(); ++x) {
            int distance = 255; // where only one of them is
            if (rows && x < old.width() && x < now.width()) {
                distance = std::max({std::abs(qRed(a[x]) - qRed(b[x])),
                    std::abs(qGreen(a[x]) - qGreen(b[x])),
                    std::abs(qBlue(a[x]) - qBlue(b[x]))});
            }
            if (distance < kVisible)
                continue;
            ++changed;
            const int alpha = 70 + distance * 165 / 255;
            out[x] = qPremultiply(qRgba(214, 40, 24, alpha));
        }
    }
    diff.share = double(changed) / (double(size.width()) * size.height());
    return diff;
}

} // namespace atelier
