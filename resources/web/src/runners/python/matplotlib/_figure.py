# SPDX-License-Identifier: MIT
# A figure: axes in rows and columns, laid out around what is written beside them.
import math

from . import _artists as a
from ._axes import Axes
from ._paint import Picture, color, font, note, pixels, refuse, width_of

_DPI = 100
_TEXT = 13.9  # px: 10 points
_LARGEST = 4000  # px of a side
_SKIPPED = {"tight_layout", "subplots_adjust", "autofmt_xdate", "set_tight_layout", "set_constrained_layout", "set_dpi", "align_labels"}
_INK = "#000"


class Figure:
    def __init__(self, number, figsize=None, dpi=None, facecolor=None, **options):
        self.number = number
        self.set_size_inches(*(figsize or (6.4, 4.8)))
        self.axes = []
        self.face = color(facecolor, "#fff")
        self._title, self._title_style = "", {}
        self.canvas = self

    def __getattr__(self, name):
        if name in _SKIPPED:
            return lambda *_parts, **_options: None
        if name == "colorbar":
            return lambda *_parts, **_options: note("colorbar is not supported and left out")
        raise refuse("Figure." + name)

    def set_size_inches(self, width, height=None):
        width, height = width if height is None else (width, height)
        self.size = tuple(min(_LARGEST, max(120, round(float(side) * _DPI))) for side in (width, height))

    def set_figwidth(self, width):
        self.set_size_inches(width, self.size[1] / _DPI)

    def set_figheight(self, height):
        self.set_size_inches(self.size[0] / _DPI, height)

    def get_size_inches(self):
        return (self.size[0] / _DPI, self.size[1] / _DPI)

    def set_facecolor(self, value):
        self.face = color(value)

    def suptitle(self, text, **style):
        self._title, self._title_style = str(text), style

    def gca(self):
        return self.axes[-1] if self.axes else self.add_subplot()

    def clear(self):
        self.axes, self._title = [], ""

    clf = clear

    def add_subplot(self, *place, **options):
        if options.get("projection") not in (None, "rectilinear"):
            raise refuse("the projection %r" % options["projection"])
        if len(place) == 1:
            place = tuple(map(int, str(place[0])))
        rows, columns, number = place or (1, 1, 1)
        if not 1 <= number <= rows * columns:
            raise ValueError("subplot %d is not one of %d" % (number, rows * columns))
        at = (rows, columns, (number - 1) // columns, (number - 1) % columns)
        for axes in self.axes:
            if axes.place == at:
                return axes
        axes = Axes(self, at)
        for name, value in options.items():
            if name in ("sharex", "sharey") and isinstance(value, Axes):
                self._share(name, [value, axes])
            elif name in ("title", "xlabel", "ylabel", "facecolor", "aspect"):
                getattr(axes, "set_" + name)(value)
        self.axes.append(axes)
        return axes

    def subplots(self, rows=1, columns=1, sharex=False, sharey=False, squeeze=True, **_options):
        rows, columns = _options.pop("nrows", rows), _options.pop("ncols", columns)
        made = [[self.add_subplot(rows, columns, r * columns + c + 1) for c in range(columns)] for r in range(rows)]
        flat = [axes for row in made for axes in row]
        if sharex:
            self._share("sharex", flat)
        if sharey:
            self._share("sharey", flat)
        if not squeeze or (rows > 1 and columns > 1):
            return Grid(Grid(row) for row in made)
        return flat[0] if len(flat) == 1 else Grid(flat)

    @staticmethod
    def _share(name, many):
        for part in many:
            axis = part.x if name == "sharex" else part.y
            axis.shared = [other.x if name == "sharex" else other.y for other in many]

    def show(self, *_parts, **_options):
        self.draw()

    def savefig(self, name, **_options):
        self.draw()
        note("savefig: %s is shown here; artifacts write no files outside" % name)

    draw_idle = show

    def flush_events(self):
        pass

    def draw(self):
        picture = Picture(*self.size)
        width, height = self.size
        picture.area([(0, 0), (width, 0), (width, height), (0, height)], self.face)
        top = 14
        if self._title:
            size = pixels(self._title_style.get("fontsize", self._title_style.get("size")), 16.7)
            picture.text(self._title, width / 2, 10, font(size, self._title_style.get("fontweight")), _INK, "center", "top")
            top += size * 1.25 * (1 + self._title.count("\n"))
        for axes in self.axes:
            axes.box = _cell(self, axes, top)
        _align(self.axes)
        for axes in self.axes:
            _draw(axes, picture)
        titles = [self._title] + [axes.title for axes in self.axes]
        picture.send(self.number, "; ".join(title for title in titles if title))


class Grid(list):
    """Axes as numpy would hand them out."""

    def __getitem__(self, at):
        if isinstance(at, tuple):
            row, column = at
            if isinstance(row, slice):
                return Grid(one[column] for one in super().__getitem__(row))
            return super().__getitem__(row)[column]
        return super().__getitem__(at)

    @property
    def flat(self):
        return iter(self.flatten())

    def flatten(self):
        return Grid(axes for part in self for axes in (part if isinstance(part, Grid) else [part]))

    ravel = reshape = lambda self, *_shape: self.flatten()

    @property
    def shape(self):
        return (len(self), len(super().__getitem__(0))) if self and isinstance(super().__getitem__(0), Grid) else (len(self),)

    @property
    def size(self):
        return len(self.flatten())


def _tick_font(axis):
    return font(pixels(axis.tick_size, _TEXT))


def _label_font(axis):
    style = axis.label_style
    return font(pixels(style.get("fontsize", style.get("size")), _TEXT), style.get("fontweight", style.get("weight")))


def _cell(figure, axes, top):
    """The rectangle of the axes inside their part of the figure."""
    rows, columns, row, column = axes.place
    width, height = figure.size[0] / columns, (figure.size[1] - top) / rows
    left, upper = column * width, top + row * height
    if not axes.frame:
        return (left + 12, upper + _title_height(axes), width - 24, height - _title_height(axes) - 12)
    texts = [text for _, text in axes.y.marks(height * 0.7)[0]]
    west = 14 + max((width_of(text, _tick_font(axes.y)) for text in texts), default=0)
    west += 24 if axes.y.label else 6
    marks, power = axes.x.marks(width * 0.75)
    south = 14 + _tick_height(axes.x, marks)
    south += 22 if axes.x.label else 0
    south += 12 if power and not axes.x.label else 0
    last = width_of(marks[-1][1], _tick_font(axes.x)) / 2 if marks and not axes.x.angle else 0
    east = max(14, last)
    north = _title_height(axes) + (10 if axes.y.marks(height * 0.7)[1] and not axes.title else 0)
    return (left + west, upper + north, max(20, width - west - east), max(20, height - north - south))


def _title_height(axes):
    size = pixels(axes.title_style.get("fontsize", axes.title_style.get("size")), 16.7)
    return 12 + size * 1.25 * (1 + axes.title.count("\n")) if axes.title else 8


def _tick_height(axis, marks):
    if not axis.angle:
        return pixels(axis.tick_size, _TEXT) + 4
    widest = max((width_of(text, _tick_font(axis)) for _, text in marks), default=0)
    turn = math.radians(axis.angle)
    return 6 + abs(widest * math.sin(turn)) + abs(14 * math.cos(turn))


def _align(many):
    """Axes of one column begin and end together, and so do those of one row."""
    for group, first in (((0, 1, 3), 0), ((0, 1, 2), 1)):
        rows = {}
        for axes in many:
            rows.setdefault(tuple(axes.place[i] for i in group), []).append(axes)
        for row in rows.values():
            start = max(axes.box[first] for axes in row)
            end = min(axes.box[first] + axes.box[first + 2] for axes in row)
            for axes in row:
                box = list(axes.box)
                box[first], box[first + 2] = start, max(20, end - start)
                axes.box = tuple(box)


def _mapper(axis, start, length):
    low, high = axis.range()
    log = axis.scale == "log"
    a0, a1 = (math.log(low), math.log(high)) if log and low > 0 else (low, high)
    scale = length / (a1 - a0) * (-1 if axis.inverted else 1)
    begin = start + (length if axis.inverted else 0)

    def place(value):
        if log:
            if not value > 0:
                return math.nan
            value = math.log(value)
        return min(1e6, max(-1e6, begin + (value - a0) * scale)) if value == value else math.nan

    return place


def _draw(axes, picture):
    if axes.equal:
        _make_equal(axes)
    left, top, width, height = axes.box
    x = _mapper(axes.x, left, width)
    y = _mapper(axes.y, top + height, -height)
    corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
    if axes.frame:
        picture.area(corners, axes.face)
    marks = (axes.x.marks(width), axes.y.marks(height))
    if axes.grid_style is not None and axes.frame:
        _grid(axes, picture, x, y, marks)
    shown = sorted((artist for artist in axes.artists if artist.visible), key=lambda artist: artist.zorder)
    for artist in shown:
        if not isinstance(artist, a.Text):
            picture.clip((left, top, width, height) if axes.frame else None)
            artist.draw(picture, x, y)
    picture.clip()
    if axes.frame:
        _frame(axes, picture, x, y, marks)
    for artist in shown:
        if isinstance(artist, a.Text):
            artist.draw(picture, x, y)
    _words(axes, picture)
    if axes.legend_entries is not None:
        _legend(axes, picture, x, y)


def _make_equal(axes):
    left, top, width, height = axes.box
    (a0, a1), (b0, b1) = axes.x.range(), axes.y.range()
    scale = min(width / (a1 - a0), height / (b1 - b0))
    w, h = scale * (a1 - a0), scale * (b1 - b0)
    axes.box = (left + (width - w) / 2, top + (height - h) / 2, w, h)


def _grid(axes, picture, x, y, marks):
    left, top, width, height = axes.box
    style = axes.grid_style
    tint = color(style.get("color", style.get("c")), "#b0b0b0")
    line = float(style.get("linewidth", style.get("lw", 0.8))) * _DPI / 72
    kind = style.get("linestyle", style.get("ls", "-"))
    dash = [d * line * 0.72 for d in a.Line2D.DASHES.get({"dashed": "--", "dotted": ":"}.get(kind, kind), ())]
    alpha = float(style.get("alpha") or 1)
    if style["axis"] in ("both", "x"):
        for value, _ in marks[0][0]:
            picture.line([(x(value), top), (x(value), top + height)], tint, line, alpha, dash)
    if style["axis"] in ("both", "y"):
        for value, _ in marks[1][0]:
            picture.line([(left, y(value)), (left + width, y(value))], tint, line, alpha, dash)


def _frame(axes, picture, x, y, marks):
    left, top, width, height = axes.box
    right, bottom = left + width, top + height
    sides = {"left": [(left, top), (left, bottom)], "right": [(right, top), (right, bottom)], "top": [(left, top), (right, top)], "bottom": [(left, bottom), (right, bottom)]}
    for name, ends in sides.items():
        if axes.spines[name].shown:
            picture.line(ends, _INK, 1.1)
    face = _tick_font(axes.x)
    for value, text in marks[0][0]:
        at = x(value)
        picture.line([(at, bottom), (at, bottom + 5)], _INK, 1.1)
        if axes.x.angle:
            align = "right" if 0 < axes.x.angle < 90 or axes.x.angle == 90 else "left"
            picture.text(text, at + 4, bottom + 10, face, _INK, align, "middle" if axes.x.angle == 90 else "top", -math.radians(axes.x.angle))
        else:
            picture.text(text, at, bottom + 8, face, _INK, "center", "top")
    if marks[0][1]:
        picture.text(marks[0][1], right, bottom + 24, face, _INK, "right", "top")
    face = _tick_font(axes.y)
    for value, text in marks[1][0]:
        picture.line([(left - 5, y(value)), (left, y(value))], _INK, 1.1)
        picture.text(text, left - 8, y(value), face, _INK, "right", "middle")
    if marks[1][1]:
        picture.text(marks[1][1], left, top - 5, face, _INK, "left", "alphabetic")


def _words(axes, picture):
    left, top, width, height = axes.box
    if axes.title:
        style = axes.title_style
        size = pixels(style.get("fontsize", style.get("size")), 16.7)
        align = style.get("loc", "center")
        at = {"left": left, "center": left + width / 2, "right": left + width}.get(align, left + width / 2)
        lines = axes.title.count("\n")
        picture.text(axes.title, at, top - 8 - lines * 0, font(size, style.get("fontweight", style.get("weight"))), color(style.get("color"), _INK), align, "alphabetic")
    if not axes.frame:
        return
    marks = axes.x.marks(width)[0]
    if axes.x.label:
        picture.text(axes.x.label, left + width / 2, top + height + 12 + _tick_height(axes.x, marks), _label_font(axes.x), color(axes.x.label_style.get("color"), _INK), "center", "top")
    if axes.y.label:
        texts = [text for _, text in axes.y.marks(height)[0]]
        widest = max((width_of(text, _tick_font(axes.y)) for text in texts), default=0)
        picture.text(axes.y.label, left - 14 - widest, top + height / 2, _label_font(axes.y), color(axes.y.label_style.get("color"), _INK), "center", "bottom", -math.pi / 2)


def _legend(axes, picture, x, y):
    handles, labels = axes.legend_entries
    if handles is None:
        handles = [artist for artist in axes.artists if artist.label and not artist.label.startswith("_")]
        if not handles and labels:
            handles = [artist for artist in axes.artists if not isinstance(artist, a.Text)]
    if not handles:
        note("legend: nothing has a label")
        return
    handles = [handle[0] if isinstance(handle, (list, tuple)) and handle else handle for handle in handles]
    names = labels if labels is not None else [getattr(handle, "name", handle.label) for handle in handles]
    style = axes.legend_style
    size = pixels(style.get("fontsize"), _TEXT)
    face = font(size)
    title = style.get("title")
    columns = max(1, int(style.get("ncol", style.get("ncols", 1))))
    entries = list(zip(handles, names))
    rows = -(-len(entries) // columns)
    wide = max(width_of(name, face) for _, name in entries) + 46
    step = size * 1.4
    box_width = wide * columns + 8
    box_height = rows * step + 10 + (step if title else 0)
    left, top = _corner(axes, style["loc"], box_width, box_height, x, y)
    if style.get("frameon", True):
        corners = [(left, top), (left + box_width, top), (left + box_width, top + box_height), (left, top + box_height)]
        picture.area(corners, "rgba(255,255,255,.82)", 1, "#ccc", 1)
    if title:
        picture.text(title, left + box_width / 2, top + 5 + step / 2, face, _INK, "center", "middle")
        top += step
    for i, (handle, name) in enumerate(entries):
        at = left + 6 + (i // rows) * wide
        middle = top + 5 + (i % rows) * step + step / 2
        handle.key(picture, at + 14, middle)
        picture.text(name, at + 36, middle, face, _INK, "left", "middle")


_PLACES = {1: "upper right", 2: "upper left", 3: "lower left", 4: "lower right", 5: "center right", 6: "center left", 7: "center right", 8: "lower center", 9: "upper center", 10: "center", 0: "best"}


def _corner(axes, where, width, height, x, y):
    left, top, w, h = axes.box
    spaces = {
        "left": left + 8, "right": left + w - width - 8, "center": left + (w - width) / 2,
        "upper": top + 8, "lower": top + h - height - 8, "middle": top + (h - height) / 2,
    }

    def corner(name):
        parts = name.split()
        vertical = parts[0] if parts[0] in ("upper", "lower") else "middle"
        side = parts[-1] if parts[-1] in ("left", "right") else "center"
        return spaces[side], spaces[vertical]

    where = _PLACES.get(where, where)
    if where != "best":
        return corner(str(where))
    places = [(x(p), y(q)) for artist in axes.artists for p, q in _seen(artist)]
    best = None
    for name in ("upper right", "upper left", "lower left", "lower right", "center right", "center left", "lower center", "upper center", "center"):
        at = corner(name)
        inside = sum(at[0] - 4 <= p <= at[0] + width + 4 and at[1] - 4 <= q <= at[1] + height + 4 for p, q in places)
        if best is None or inside < best[0]:
            best = (inside, at)
        if not inside:
            break
    return best[1]


def _seen(artist):
    """Some of the places it covers."""
    if isinstance(artist, (a.Line2D, a.Points)):
        step = max(1, len(artist.xs) // 500)
        points = list(zip(artist.xs, artist.ys))[::step]
        between = [((p + r) / 2, (q + s) / 2) for (p, q), (r, s) in zip(points, points[1:])]
        return points + (between if isinstance(artist, a.Line2D) else [])
    if isinstance(artist, a.Bar):
        return [(artist.x + artist.width * u / 4, artist.y + artist.height * v / 8) for u in range(5) for v in range(9)]
    return []
