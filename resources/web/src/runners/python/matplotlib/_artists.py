# SPDX-License-Identifier: MIT
# What stands on axes. Each sees to the limits when it is made, and draws itself when asked.
import math

from ._paint import CYCLE, color, font, pixels, width_of

_MOST_POINTS = 20_000  # of a line that is drawn: more than the canvas has columns


class Artist:
    zorder = 2
    label = ""
    visible = True
    alpha = 1

    def __init__(self, axes, label=None, alpha=None, zorder=None, visible=True):
        self.axes = axes
        self.label = "" if label is None else str(label)
        self.alpha = 1 if alpha is None else float(alpha)
        self.visible = visible
        if zorder is not None:
            self.zorder = zorder

    def set_label(self, label):
        self.label = str(label)

    def get_label(self):
        return self.label

    def set_visible(self, visible):
        self.visible = bool(visible)

    def set_alpha(self, alpha):
        self.alpha = 1 if alpha is None else float(alpha)

    def set_color(self, value):
        self.color = color(value)

    set_facecolor = set_c = set_color

    def set_zorder(self, zorder):
        self.zorder = zorder

    def remove(self):
        if self in self.axes.artists:
            self.axes.artists.remove(self)

    def set(self, **values):
        for name, value in values.items():
            getattr(self, "set_" + name)(value)

    def draw(self, picture, x, y):
        pass

    def key(self, picture, x, y):
        """Its sample in the legend, 20 px wide around (x, y)."""
        picture.area([(x - 10, y - 4), (x + 10, y - 4), (x + 10, y + 4), (x - 10, y + 4)], self.color, self.alpha)


def parts(xs, ys):
    """Lines without the places where a value is missing."""
    part = []
    for point in zip(xs, ys):
        if math.isfinite(point[0]) and math.isfinite(point[1]):
            part.append(point)
        elif part:
            yield part
            part = []
    if part:
        yield part


def thinned(points):
    """Of many points in a row the first, the lowest, the highest and the last."""
    if len(points) <= _MOST_POINTS:
        return points
    size = -(-len(points) // (_MOST_POINTS // 4))
    out = []
    for at in range(0, len(points), size):
        group = points[at : at + size]
        kept = {0, len(group) - 1, min(range(len(group)), key=lambda i: group[i][1]), max(range(len(group)), key=lambda i: group[i][1])}
        out += [group[i] for i in sorted(kept)]
    return out


class Line2D(Artist):
    DASHES = {"-": (), "--": (5.6, 2.4), ":": (1.5, 2.5), "-.": (9.6, 2.4, 1.5, 2.4)}

    def __init__(self, axes, xs, ys, color, width=1.5, style="-", marker="", size=6, face=None, edge=None, drawstyle=None, **common):
        super().__init__(axes, **common)
        self.color, self.width, self.style = color, width, style
        self.marker, self.size, self.face, self.edge = marker, size, face, edge
        self.drawstyle = drawstyle
        self._set(xs, ys)

    def _set(self, xs, ys):
        if len(xs) != len(ys):
            raise ValueError("x and y must have the same length, but they have %d and %d values" % (len(xs), len(ys)))
        self.xs, self.ys = xs, ys
        self.axes.x.see(xs)
        self.axes.y.see(ys)

    def set_data(self, xs, ys=None):
        if ys is None:
            xs, ys = xs
        self._set(self.axes.x.take(xs), self.axes.y.take(ys))

    def set_xdata(self, xs):
        self.xs = self.axes.x.take(xs)
        self.axes.x.see(self.xs)

    def set_ydata(self, ys):
        self.ys = self.axes.y.take(ys)
        self.axes.y.see(self.ys)

    def get_xdata(self):
        return list(self.xs)

    def get_ydata(self):
        return list(self.ys)

    def get_data(self):
        return list(self.xs), list(self.ys)

    def get_color(self):
        return self.color

    def set_linewidth(self, width):
        self.width = width

    def set_linestyle(self, style):
        self.style = style

    def set_marker(self, marker):
        self.marker = marker

    set_lw, set_ls = set_linewidth, set_linestyle

    def _stepped(self, points):
        out = []
        for (x, y), (nx, ny) in zip(points, points[1:]):
            if self.drawstyle == "steps-post":
                out += [(x, y), (nx, y)]
            elif self.drawstyle == "steps-mid":
                out += [(x, y), ((x + nx) / 2, y), ((x + nx) / 2, ny)]
            else:
                out += [(x, y), (x, ny)]
        return out + points[-1:]

    def draw(self, picture, x, y):
        places = [(x(a), y(b)) for a, b in zip(self.xs, self.ys)]
        for part in parts([p[0] for p in places], [p[1] for p in places]):
            part = self._stepped(part) if self.drawstyle else part
            if self.style not in ("", "None", "none", " "):
                self._stroke(picture, thinned(part))
            if self.marker:
                shown = thinned(part)
                self._marks(picture, shown)

    def _stroke(self, picture, points):
        width = self.width * 100 / 72
        dash = [d * max(width, 1) * 0.72 for d in self.DASHES.get(self.style, ())]
        picture.line(points, self.color, width, self.alpha, dash)

    def _marks(self, picture, points):
        face = self.color if self.face is None else self.face
        edge = self.color if self.edge is None else self.edge
        size = self.size * (0.5 if self.marker == "." else 1) * 100 / 72
        picture.dots(points, self.marker, [size], [face], self.alpha, edge, 1.4)

    def key(self, picture, x, y):
        if self.style not in ("", "None", "none", " "):
            self._stroke(picture, [(x - 13, y), (x + 13, y)])
        if self.marker:
            self._marks(picture, [(x, y)])


class Span(Artist):
    """A line across the axes, or a band."""

    zorder = 1.9

    def __init__(self, axes, direction, low, high, color, width, style, first=0, last=1, **common):
        super().__init__(axes, **common)
        self.direction, self.low, self.high, self.color = direction, low, high, color
        self.width, self.style, self.ends = width, style, (first, last)
        (axes.y if direction == "h" else axes.x).see([low, high])

    def draw(self, picture, x, y):
        left, top, width, height = self.axes.box
        a, b = self.ends
        if self.direction == "h":
            ends = [(left + a * width, y(self.low)), (left + b * width, y(self.low)), (left + b * width, y(self.high)), (left + a * width, y(self.high))]
        else:
            bottom = top + height
            ends = [(x(self.low), bottom - a * height), (x(self.low), bottom - b * height), (x(self.high), bottom - b * height), (x(self.high), bottom - a * height)]
        if not all(math.isfinite(part) for point in ends for part in point):
            return
        if self.low == self.high:
            width = self.width * 100 / 72
            picture.line(ends[:2], self.color, width, self.alpha, [d * max(width, 1) * 0.72 for d in Line2D.DASHES.get(self.style, ())])
        else:
            picture.area(ends, self.color, self.alpha)

    def key(self, picture, x, y):
        if self.low == self.high:
            width = self.width * 100 / 72
            picture.line([(x - 13, y), (x + 13, y)], self.color, width, self.alpha, [d * max(width, 1) * 0.72 for d in Line2D.DASHES.get(self.style, ())])
        else:
            super().key(picture, x, y)


class Points(Artist):
    zorder = 1

    def __init__(self, axes, xs, ys, sizes, colors, marker, edge, width, scale=None, **common):
        super().__init__(axes, **common)
        self.colors, self.marker, self.edge, self.width, self.scale = colors, marker, edge, width, scale
        self.color = colors[0] if colors else CYCLE[0]
        self.sizes = sizes
        self._set(xs, ys)

    def _set(self, xs, ys):
        if len(xs) != len(ys):
            raise ValueError("x and y must have the same length, but they have %d and %d values" % (len(xs), len(ys)))
        self.xs, self.ys = xs, ys
        self.axes.x.see(xs)
        self.axes.y.see(ys)

    def set_offsets(self, points):
        points = list(points)
        self._set(self.axes.x.take([p[0] for p in points]), self.axes.y.take([p[1] for p in points]))

    def draw(self, picture, x, y):
        kept = []
        for i, (a, b) in enumerate(zip(self.xs, self.ys)):
            place = (x(a), y(b))
            if math.isfinite(place[0]) and math.isfinite(place[1]):
                kept.append((place, i))
        diameter = [max(0.5, math.sqrt(max(0.0, s)) * 100 / 72) for s in self.sizes]
        sizes = [diameter[i] for _, i in kept] if len(diameter) > 1 else diameter
        colors = [self.colors[i] for _, i in kept] if len(self.colors) > 1 else self.colors
        picture.dots([p for p, _ in kept], self.marker, sizes, colors, self.alpha, self.edge, self.width)

    def key(self, picture, x, y):
        picture.dots([(x, y)], self.marker, [8], [self.color], self.alpha, self.edge, self.width)


class Bar(Artist):
    zorder = 1

    def __init__(self, axes, x, y, width, height, color, edge, line, **common):
        super().__init__(axes, **common)
        self.x, self.y, self.width, self.height = x, y, width, height
        self.color, self.edge, self.line = color, edge, line

    def get_x(self):
        return self.x

    def get_y(self):
        return self.y

    def get_width(self):
        return self.width

    def get_height(self):
        return self.height

    def set_height(self, height):
        self.height = float(height)
        self.axes.y.see([self.y + self.height])

    def set_width(self, width):
        self.width = float(width)
        self.axes.x.see([self.x + self.width])

    def set_edgecolor(self, value):
        self.edge, self.line = color(value), self.line or 1

    def draw(self, picture, x, y):
        low = self.y if self.axes.y.scale == "linear" else max(self.y, self.axes.y.range()[0])
        a, b, c, d = x(self.x), x(self.x + self.width), y(low), y(low + self.height if low == self.y else self.y + self.height)
        if all(map(math.isfinite, (a, b, c, d))):
            picture.area([(a, c), (a, d), (b, d), (b, c)], self.color, self.alpha, self.edge, self.line)


class Bars(list):
    """What bar() gives back."""

    def __init__(self, bars, label=""):
        super().__init__(bars)
        self.label = label

    patches = property(list)


class Area(Artist):
    zorder = 1

    def __init__(self, axes, xs, low, high, color, edge="", width=0, where=None, **common):
        super().__init__(axes, **common)
        if not len(xs) == len(low) == len(high):
            raise ValueError("x, y1 and y2 must have the same length, but they have %d, %d and %d values" % (len(xs), len(low), len(high)))
        keep = [True] * len(xs) if where is None else [bool(w) for w in where]
        self.runs, run = [], []
        for x, a, b, shown in zip(xs, low, high, keep):
            if shown and all(map(math.isfinite, (x, a, b))):
                run.append((x, a, b))
            elif run:
                self.runs.append(run)
                run = []
        if run:
            self.runs.append(run)
        self.color, self.edge, self.width = color, edge, width
        axes.x.see(xs)
        axes.y.see(low)
        axes.y.see(high)

    def draw(self, picture, x, y):
        for run in self.runs:
            top = thinned([(x(a), y(c)) for a, _, c in run])
            bottom = thinned([(x(a), y(b)) for a, b, _ in run])
            points = [p for p in top + bottom[::-1] if math.isfinite(p[0]) and math.isfinite(p[1])]
            picture.area(points, self.color, self.alpha, self.edge, self.width)


class Text(Artist):
    zorder = 3
    in_axes = False  # its place is a part of the axes, not a value
    offset = (0, 0)  # px

    def __init__(self, axes, x, y, text, size=None, color="#000", ha="left", va="baseline", weight=None, style=None, angle=0, box=None, arrow=None, target=None, **common):
        super().__init__(axes, **common)
        self.x, self.y, self.text, self.color, self.target, self.arrow = x, y, str(text), color, target, arrow
        self.ha, self.va, self.angle, self.box = ha, va, angle, box
        self.font = font(pixels(size, 13.9), weight, style)

    def set_text(self, text):
        self.text = str(text)

    def get_text(self):
        return self.text

    def set_position(self, place):
        self.x, self.y = place

    def draw(self, picture, x, y):
        if self.in_axes:
            left, top, width, height = self.axes.box
            px, py = left + self.x * width, top + (1 - self.y) * height
        else:
            px, py = x(self.x) + self.offset[0], y(self.y) + self.offset[1]
        if self.target:
            tx, ty = x(self.target[0]), y(self.target[1])
            if self.arrow is not None and all(map(math.isfinite, (px, py, tx, ty))):
                self._point(picture, px, py, tx, ty)
        if not (math.isfinite(px) and math.isfinite(py)):
            return
        base = {"center": "middle", "top": "top", "bottom": "bottom"}.get(self.va, "alphabetic")
        align = self.ha if self.ha in ("left", "center", "right") else "left"
        if self.box is not None and not self.angle:
            width = width_of(self.text, self.font)
            left = px - {"left": 0, "center": width / 2, "right": width}[align]
            size = float(self.font.split("px")[0].split()[-1])
            height = size * (1 + 1.25 * self.text.count("\n"))
            top = py - {"top": 0, "middle": height / 2, "bottom": height, "alphabetic": height * 0.85}[base]
            corners = [(left - 5, top - 5), (left + width + 5, top - 5), (left + width + 5, top + height + 5), (left - 5, top + height + 5)]
            picture.area(corners, color(self.box.get("facecolor", self.box.get("fc", "w"))), self.box.get("alpha", 1), color(self.box.get("edgecolor", self.box.get("ec", "k"))), 1)
        picture.text(self.text, px, py, self.font, self.color, align, base, -math.radians(self.angle), self.alpha)

    def _point(self, picture, px, py, tx, ty):
        tint = color(self.arrow.get("color", self.arrow.get("facecolor", "k")))
        angle = math.atan2(ty - py, tx - px)
        picture.line([(px, py), (tx, ty)], tint, 1.2)
        wing = [(tx - 9 * math.cos(angle + s), ty - 9 * math.sin(angle + s)) for s in (-0.4, 0.4)]
        picture.area([(tx, ty), *wing], tint)


class Slice(Artist):
    zorder = 1

    def __init__(self, axes, first, last, color, radius, inner, edge, **common):
        super().__init__(axes, **common)
        self.first, self.last, self.color, self.radius, self.inner, self.edge = first, last, color, radius, inner, edge

    def draw(self, picture, x, y):
        radius = abs(x(self.radius) - x(0))
        inner = abs(x(self.inner) - x(0))
        picture.wedge(x(0), y(0), radius, inner, -self.last, -self.first, self.color, self.edge)
