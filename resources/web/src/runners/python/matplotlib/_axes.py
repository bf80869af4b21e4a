# SPDX-License-Identifier: MIT
# One pair of axes: what the methods of matplotlib's Axes put on it.
import math

from . import _artists as a
from ._paint import CYCLE, Colormap, Colormaps, color, ignore, note, refuse
from ._scale import Axis, numbers

_SKIPPED = {"tick_params", "margins", "minorticks_on", "minorticks_off", "set_axisbelow", "autoscale", "relim", "autoscale_view", "set_box_aspect", "set_rasterized", "label_outer", "locator_params", "ticklabel_format", "set_prop_cycle", "clabel"}
_MARKERS = set(".,ov^<>sphH+xXDd|_*P8")


def parse_format(text):
    """'ro--': color, marker, style; None where it says nothing."""
    found, marker, style = None, None, None
    rest = text
    for known in ("--", "-.", ":", "-"):
        if known in rest:
            style, rest = known, rest.replace(known, "", 1)
            break
    if len(rest) > 1 and rest[0] == "C" and rest[1].isdigit():
        found, rest = rest[:2], rest[2:]
    for letter in rest:
        if letter in _MARKERS and marker is None:
            marker = letter
        elif letter in "bgrcmykw" and found is None:
            found = letter
        else:
            raise ValueError("%r is not a format that can be read" % text)
    return found, marker, style


def pick(options, *names, default=None):
    """The first of some names that was given; all are taken out."""
    found = default
    for name in reversed(names):
        if name in options:
            found = options.pop(name)
    return found


def angle_of(rotation):
    return {"vertical": 90.0, "horizontal": 0.0, None: 0.0}[rotation] if isinstance(rotation, str | None) else float(rotation)


def common(options):
    return {name: options.pop(name) for name in ("label", "alpha", "zorder", "visible") if name in options}


class _Spine:
    def __init__(self):
        self.shown = True

    def set_visible(self, visible):
        self.shown = bool(visible)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_parts, **_options: None


class _Spines(dict):
    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(name)

    def __getitem__(self, names):
        if isinstance(names, (list, tuple)):
            made = _Spine()
            made.set_visible = lambda visible: [self[n].set_visible(visible) for n in names]
            return made
        return super().__getitem__(names)


class Axes:
    def __init__(self, figure, place):
        self.figure = figure
        self.place = place  # (rows, columns, first row, first column)
        self.box = (0, 0, 1, 1)  # px, when it was laid out
        self.spines = _Spines((side, _Spine()) for side in ("left", "right", "top", "bottom"))
        self.x, self.y = Axis(), Axis()
        self._reset()

    def _reset(self):
        for axis in (self.x, self.y):
            shared = axis.shared
            axis.__init__()
            axis.shared = shared
        self.artists = []
        self.title, self.title_style = "", {}
        self.legend_entries, self.legend_style = None, {}
        self.grid_style = None
        self.equal, self.frame, self.face = False, True, "#fff"
        self._next = 0

    clear = cla = _reset

    def __getattr__(self, name):
        if name in _SKIPPED:
            return lambda *_parts, **_options: note("%s is not supported and left out" % name)
        raise refuse("Axes." + name)

    def _color(self):
        self._next += 1
        return CYCLE[(self._next - 1) % len(CYCLE)]

    def _add(self, artist):
        self.artists.append(artist)
        return artist

    # What is drawn

    def plot(self, *values, data=None, **options):
        made, values = [], list(values)
        if data is not None:
            values = [data[v] if isinstance(v, str) and v in data else v for v in values]
        while values:
            first = values.pop(0)
            if values and not isinstance(values[0], str):
                xs, ys = first, values.pop(0)
            else:
                ys = first
                xs = range(len(ys)) if hasattr(ys, "__len__") else [0]
            text = values.pop(0) if values and isinstance(values[0], str) else ""
            made.append(self._line(xs, ys, text, dict(options)))
        return made

    def _line(self, xs, ys, text, options, name="plot"):
        tint, marker, style = parse_format(text)
        tint = color(pick(options, "color", "c", default=tint)) or self._color()
        marker = pick(options, "marker", default=marker) or ""
        style = pick(options, "linestyle", "ls", default=style)
        style = ("" if text and marker else "-") if style is None else style
        style = {"solid": "-", "dashed": "--", "dotted": ":", "dashdot": "-.", "None": "", "none": ""}.get(style, style)
        line = a.Line2D(
            self,
            self.x.take(xs),
            self.y.take(ys),
            tint,
            width=float(pick(options, "linewidth", "lw", default=1.5)),
            style=style if isinstance(style, str) else "--",
            marker="" if marker in ("None", "none") else marker,
            size=float(pick(options, "markersize", "ms", default=6)),
            face=color(pick(options, "markerfacecolor", "mfc")),
            edge=color(pick(options, "markeredgecolor", "mec")),
            drawstyle=pick(options, "drawstyle", "ds"),
            **common(options),
        )
        pick(options, "markeredgewidth", "mew", "markevery")
        ignore(name, options)
        return self._add(line)

    def step(self, xs, ys, *rest, where="pre", **options):
        return self.plot(xs, ys, *rest, drawstyle="steps-" + where, **options)

    def semilogx(self, *values, **options):
        self.x.scale = "log"
        return self.plot(*values, **options)

    def semilogy(self, *values, **options):
        self.y.scale = "log"
        return self.plot(*values, **options)

    def loglog(self, *values, **options):
        self.x.scale = self.y.scale = "log"
        return self.plot(*values, **options)

    def stem(self, *values, **options):
        ys = self.y.take(values[-1])
        xs = self.x.take(values[0] if len(values) > 1 else range(len(ys)))
        tint = self._color()
        for x, y in zip(xs, ys):
            self._add(a.Line2D(self, [x, x], [0.0, y], tint))
        return self._line(xs, ys, "o", {"color": tint, **{k: v for k, v in options.items() if k in ("label",)}})

    def errorbar(self, xs, ys, yerr=None, xerr=None, fmt="", capsize=0, ecolor=None, elinewidth=None, **options):
        line = self._line(xs, ys, fmt, options, "errorbar")
        tint = color(ecolor) or line.color
        for direction, errors in (("y", yerr), ("x", xerr)):
            if errors is None:
                continue
            errors = numbers(errors)
            errors = errors * len(line.xs) if len(errors) == 1 else errors
            for x, y, e in zip(line.xs, line.ys, errors):
                ends = ([x, x], [y - e, y + e]) if direction == "y" else ([x - e, x + e], [y, y])
                cap = ("_" if direction == "y" else "|") if capsize else ""
                self._add(a.Line2D(self, *ends, tint, marker=cap, size=2 * capsize))
        return line

    def scatter(self, xs, ys, s=None, c=None, marker="o", cmap=None, vmin=None, vmax=None, alpha=None, linewidths=None, edgecolors=None, label=None, color=None, data=None, **options):
        if data is not None:
            xs, ys = (data[v] if isinstance(v, str) else v for v in (xs, ys))
        xs, ys = self.x.take(xs), self.y.take(ys)
        c = color if color is not None else c
        colors = self._point_colors(c, len(xs), cmap, vmin, vmax)
        sizes = [36.0] if s is None else numbers(s, "a size")
        sizes = sizes if len(sizes) in (1, len(xs)) else [sizes[i % len(sizes)] for i in range(len(xs))]
        edge = a.color(edgecolors) if isinstance(edgecolors, str) and edgecolors not in ("face", "none") else ""
        kept = common(options)
        ignore("scatter", options)
        return self._add(a.Points(self, xs, ys, sizes, colors, marker or "o", edge, 1.4 if linewidths is None else float(numbers(linewidths)[0]), label=label, alpha=alpha, **kept))

    def _point_colors(self, c, count, cmap, low, high):
        if c is None:
            return [self._color()]
        if isinstance(c, str):
            return [color(c)]
        c = list(c)
        if c and all(isinstance(one, (int, float)) for one in c) and len(c) == count:
            table = Colormaps().get_cmap("viridis" if cmap is None else cmap)
            known = [v for v in c if math.isfinite(v)] or [0]
            low = min(known) if low is None else low
            span = (max(known) if high is None else high) - low or 1
            return [color(table(float((v - low) / span))) if math.isfinite(v) else "" for v in c]
        if c and all(isinstance(one, (int, float)) for one in c):
            return [color(c)]
        return [color(c[i % len(c)]) for i in range(count)]

    def bar(self, xs, height, width=0.8, bottom=None, align="center", color=None, tick_label=None, **options):
        return self._bars("bar", self.x, self.y, xs, height, width, bottom, align, color, tick_label, options)

    def barh(self, ys, width, height=0.8, left=None, align="center", color=None, tick_label=None, **options):
        return self._bars("barh", self.y, self.x, ys, width, height, left, align, color, tick_label, options)

    def _bars(self, name, along, up, places, sizes, widths, starts, align, tint, names, options):
        places, sizes = along.take(places), numbers(sizes, "the size of a bar")
        many = max(len(places), len(sizes))
        places, sizes = places * (many if len(places) == 1 else 1), sizes * (many if len(sizes) == 1 else 1)
        if len(places) != len(sizes):
            raise ValueError("%s needs as many places as sizes, but they have %d and %d values" % (name, len(places), len(sizes)))
        widths, starts = numbers(widths), numbers(0 if starts is None else starts)
        tints = self._bar_colors(tint, many)
        edge = color(pick(options, "edgecolor", "ec")) or ""
        line = float(pick(options, "linewidth", "lw", default=1 if edge else 0))
        error = pick(options, "yerr" if name == "bar" else "xerr")
        cap = pick(options, "capsize", default=0)
        kept = common(options)
        label = kept.pop("label", "")
        ignore(name, options)
        made = []
        for i, (place, size) in enumerate(zip(places, sizes)):
            wide, start = widths[i % len(widths)], starts[i % len(starts)]
            low = place - wide / 2 if align == "center" else place
            at = (low, start, wide, size) if name == "bar" else (start, low, size, wide)
            own = label[i] if isinstance(label, (list, tuple)) else label if i == 0 else ""
            made.append(self._add(a.Bar(self, *at, tints[i], edge, line, label=own, **kept)))
            along.see([low, low + wide])
            up.see([start, start + size])
            up.see([start], sticky=True)
        if names is not None:
            along.ticks, along.tick_labels = places, list(names)
        if error is not None and name == "bar":
            self.errorbar(places, [b.y + b.height for b in made], yerr=error, fmt="", linestyle="", ecolor="k", color="k", capsize=cap)
        return a.Bars(made, label)

    def _bar_colors(self, tint, many):
        if tint is None:
            return [self._color()] * many
        if isinstance(tint, str) or (isinstance(tint, tuple) and all(isinstance(p, (int, float)) for p in tint)):
            return [color(tint)] * many
        tints = [color(one) for one in tint] or [self._color()]
        return [tints[i % len(tints)] for i in range(many)]

    def bar_label(self, bars, labels=None, fmt="%g", padding=2, **options):
        made = []
        for i, bar in enumerate(bars):
            text = labels[i] if labels is not None else fmt.format(bar.height) if "{" in fmt else fmt % bar.height
            made.append(self.text(bar.x + bar.width / 2, bar.y + bar.height, text, ha="center", va="bottom", **{k: v for k, v in options.items() if k in ("fontsize", "color", "fontweight")}))
        return made

    def hist(self, values, bins=10, range=None, density=False, color=None, label=None, alpha=None, edgecolor=None, cumulative=False, weights=None, rwidth=None, orientation="vertical", stacked=False, histtype="bar", **options):
        groups = list(values) if isinstance(values, (list, tuple)) and values and isinstance(values[0], (list, tuple)) else [values]
        groups = [[v for v in numbers(group) if math.isfinite(v)] for group in groups]
        everything = [v for group in groups for v in group]
        edges = self._edges(everything, bins, range)
        counts = []
        for i, group in enumerate(groups):
            count = [0.0] * (len(edges) - 1)
            for j, value in enumerate(group):
                at = self._bin(edges, value)
                if at is not None:
                    count[at] += 1 if weights is None else float(weights[j])
            total = sum(count) or 1
            if density:
                count = [n / total / (edges[k + 1] - edges[k]) for k, n in enumerate(count)]
            if cumulative:
                count = [sum(count[: k + 1]) for k in builtin_range(len(count))]
            tint = color[i] if isinstance(color, (list, tuple)) and len(groups) > 1 else color
            name = label[i] if isinstance(label, (list, tuple)) else label if i == 0 else None
            self._steps(edges, count, i, len(groups), tint, name, alpha, edgecolor, options, orientation, rwidth, histtype)
            counts.append(count)
        return (counts[0] if len(counts) == 1 else counts), edges, None

    def _steps(self, edges, count, i, many, tint, name, alpha, edge, options, orientation, rwidth, kind):
        draw = self.bar if orientation == "vertical" else self.barh
        if kind == "step":
            self.step(edges, count + count[-1:], where="post", color=tint, label=name, alpha=alpha)
            return
        wide = [(hi - lo) / many * (1 if rwidth is None else rwidth) for lo, hi in zip(edges, edges[1:])]
        lows = [lo + (hi - lo) * i / many for lo, hi in zip(edges, edges[1:])]
        draw(lows, count, wide, align="edge", color=tint, label=name or "", alpha=alpha, edgecolor=edge, **options)

    @staticmethod
    def _edges(values, bins, range):
        if not isinstance(bins, (int, float, str)):
            return sorted(numbers(bins))
        if not values:
            return [0.0, 1.0]
        low, high = (min(values), max(values)) if range is None else map(float, range)
        if low == high:
            low, high = low - 0.5, high + 0.5
        many = max(1, math.ceil(math.log2(len(values)) + 1)) if isinstance(bins, str) else max(1, min(10_000, int(bins)))
        return [low + (high - low) * i / many for i in builtin_range(many + 1)]

    @staticmethod
    def _bin(edges, value):
        if not edges[0] <= value <= edges[-1]:
            return None
        import bisect

        return min(bisect.bisect_right(edges, value) - 1, len(edges) - 2)

    def fill_between(self, xs, y1, y2=0, where=None, color=None, facecolor=None, edgecolor=None, linewidth=0, interpolate=False, step=None, **options):
        xs = self.x.take(xs)
        low, high = (numbers(y) * (len(xs) if len(numbers(y)) == 1 else 1) for y in (y1, y2))
        tint = a.color(color if color is not None else facecolor) or self._color()
        kept = common(options)
        ignore("fill_between", options)
        return self._add(a.Area(self, xs, low, high, tint, a.color(edgecolor) or "", float(linewidth or 0), where, **kept))

    def fill(self, xs, ys, *rest, **options):
        line = self._line(xs, ys, rest[0] if rest else "", {k: v for k, v in options.items() if k in ("color", "alpha", "label")})
        line.draw = lambda picture, x, y: picture.area([(x(p), y(q)) for p, q in zip(line.xs, line.ys)], line.color, line.alpha)
        return [line]

    def stackplot(self, xs, *layers, labels=(), colors=None, alpha=None):
        layers = layers[0] if len(layers) == 1 and isinstance(layers[0][0], (list, tuple)) else layers
        base = [0.0] * len(xs)
        for i, layer in enumerate(layers):
            top = [b + v for b, v in zip(base, numbers(layer))]
            self.fill_between(xs, base, top, color=colors[i % len(colors)] if colors else None, label=labels[i] if i < len(labels) else None, alpha=alpha)
            base = top

    def pie(self, values, labels=None, colors=None, autopct=None, startangle=0, explode=None, counterclock=True, radius=1, wedgeprops=None, textprops=None, **options):
        values = numbers(values)
        if any(not v >= 0 for v in values) or not sum(values) > 0:
            raise ValueError("the slices of a pie are numbers from 0 on, not all 0")
        ignore("pie", {k: v for k, v in options.items() if k not in ("shadow", "labeldistance", "pctdistance")})
        self.frame, self.equal = False, True
        self.x.limits = self.y.limits = (-1.3 * radius, 1.3 * radius)
        props = wedgeprops or {}
        inner = radius - float(props.get("width", radius))
        at, total, made = math.radians(startangle), sum(values), []
        for i, value in enumerate(values):
            turn = 2 * math.pi * value / total * (1 if counterclock else -1)
            tint = color(colors[i % len(colors)]) if colors else self._color()
            name = str(labels[i]) if labels is not None else ""
            made.append(self._add(a.Slice(self, min(at, at + turn), max(at, at + turn), tint, radius, inner, color(props.get("edgecolor")) or "", label="_" + name)))
            made[-1].name = name
            x, y = math.cos(at + turn / 2), math.sin(at + turn / 2)
            if name:
                self.text(1.1 * radius * x, 1.1 * radius * y, name, ha="left" if x > 0 else "right", va="center")
            if autopct:
                share = 100 * value / total
                text = autopct(share) if callable(autopct) else autopct % share
                middle = (radius + inner) / 2 if inner else 0.6 * radius
                self.text(middle * x, middle * y, text, ha="center", va="center")
            at += turn
        return made, []

    def _span(self, direction, low, high, options, name, tint, first=0, last=1):
        width = float(pick(options, "linewidth", "lw", default=1.5))
        style = pick(options, "linestyle", "ls", default="-")
        style = {"dashed": "--", "dotted": ":", "solid": "-", "dashdot": "-."}.get(style, style)
        shown = color(pick(options, "color", "c", "facecolor"), tint)
        kept = common(options)
        ignore(name, options)
        return self._add(a.Span(self, direction, float(low), float(high), shown, width, style, first, last, **kept))

    def axhline(self, y=0, xmin=0, xmax=1, **options):
        return self._span("h", y, y, options, "axhline", CYCLE[0], xmin, xmax)

    def axvline(self, x=0, ymin=0, ymax=1, **options):
        return self._span("v", x, x, options, "axvline", CYCLE[0], ymin, ymax)

    def axhspan(self, ymin, ymax, **options):
        return self._span("h", ymin, ymax, options, "axhspan", CYCLE[0])

    def axvspan(self, xmin, xmax, **options):
        return self._span("v", xmin, xmax, options, "axvspan", CYCLE[0])

    def hlines(self, y, xmin, xmax, colors=None, label=None, **options):
        for i, at in enumerate(numbers(y)):
            self._line([numbers(xmin)[0], numbers(xmax)[0]], [at, at], "", {"color": colors or "C0", "label": label if i == 0 else None, **options})

    def vlines(self, x, ymin, ymax, colors=None, label=None, **options):
        for i, at in enumerate(numbers(x)):
            self._line([at, at], [numbers(ymin)[0], numbers(ymax)[0]], "", {"color": colors or "C0", "label": label if i == 0 else None, **options})

    def text(self, x, y, text, fontdict=None, **options):
        return self._text(x, y, text, {**(fontdict or {}), **options}, "text")

    def annotate(self, text, xy, xytext=None, arrowprops=None, textcoords=None, xycoords=None, **options):
        target = (self.x.take(xy[0])[0], self.y.take(xy[1])[0])
        at = xy if xytext is None else xytext
        if textcoords in ("offset points", "offset pixels") and xytext is not None:
            made = self._text(*xy, text, options, "annotate", target=target, arrow=arrowprops)
            made.offset = (xytext[0] * 100 / 72, -xytext[1] * 100 / 72)
            return made
        return self._text(*at, text, options, "annotate", target=target, arrow=arrowprops)

    def _text(self, x, y, text, options, name, **more):
        made = a.Text(
            self,
            self.x.take(x)[0],
            self.y.take(y)[0],
            text,
            pick(options, "fontsize", "size"),
            color(pick(options, "color", "c"), "#000"),
            pick(options, "ha", "horizontalalignment", default="left"),
            pick(options, "va", "verticalalignment", default="baseline"),
            pick(options, "fontweight", "weight"),
            pick(options, "fontstyle", "style"),
            angle_of(pick(options, "rotation")),
            pick(options, "bbox"),
            **common(options),
            **more,
        )
        made.in_axes = options.pop("transform", None) is self.transAxes
        ignore(name, options)
        return self._add(made)

    transAxes = "axes"

    # What stands around it

    def set_title(self, text, loc="center", **style):
        self.title, self.title_style = str(text), {**style, "loc": loc}

    def set_xlabel(self, text, **style):
        self.x.label, self.x.label_style = str(text), style

    def set_ylabel(self, text, **style):
        self.y.label, self.y.label_style = str(text), style

    def get_title(self):
        return self.title

    @staticmethod
    def _limits(axis, low, high, names):
        if isinstance(low, (list, tuple)):
            low, high = low
        low, high = names.get("xmin", names.get("ymin", names.get("left", names.get("bottom", low)))), names.get("xmax", names.get("ymax", names.get("right", names.get("top", high))))
        low, high = (None if v is None else float(v) for v in (low, high))
        if low is not None and high is not None and low > high:
            low, high, axis.inverted = high, low, True
        axis.limits = (low, high)
        return axis.range()

    def set_xlim(self, left=None, right=None, **names):
        return self._limits(self.x, left, right, names)

    def set_ylim(self, bottom=None, top=None, **names):
        return self._limits(self.y, bottom, top, names)

    def get_xlim(self):
        return self.x.range()

    def get_ylim(self):
        return self.y.range()

    def invert_xaxis(self):
        self.x.inverted = not self.x.inverted

    def invert_yaxis(self):
        self.y.inverted = not self.y.inverted

    @staticmethod
    def _ticks(axis, values, labels, style):
        if values is not None:
            axis.ticks = numbers(values) if len(values) else []
        if labels is not None:
            axis.tick_labels = list(labels)
        axis.angle = angle_of(style.pop("rotation", axis.angle))
        axis.tick_size = style.pop("fontsize", style.pop("size", axis.tick_size))

    def set_xticks(self, ticks=None, labels=None, minor=False, **style):
        if not minor:
            self._ticks(self.x, ticks, labels, style)

    def set_yticks(self, ticks=None, labels=None, minor=False, **style):
        if not minor:
            self._ticks(self.y, ticks, labels, style)

    def set_xticklabels(self, labels, **style):
        self._ticks(self.x, None, labels, style)

    def set_yticklabels(self, labels, **style):
        self._ticks(self.y, None, labels, style)

    def tick_params(self, axis="both", **style):
        for name, one in (("x", self.x), ("y", self.y)):
            if axis in (name, "both"):
                one.angle = float(style.get("labelrotation", style.get("rotation", one.angle)))
                one.tick_size = style.get("labelsize", one.tick_size)

    def set_xscale(self, scale, **_options):
        self._scale(self.x, scale)

    def set_yscale(self, scale, **_options):
        self._scale(self.y, scale)

    @staticmethod
    def _scale(axis, scale):
        if scale not in ("linear", "log"):
            raise refuse("the scale %r" % scale)
        axis.scale = scale

    def set_aspect(self, aspect, *_parts, **_options):
        self.equal = aspect in ("equal", 1, 1.0)

    def axis(self, what=None, **_options):
        if what in ("off", False):
            self.frame = False
        elif what in ("on", True):
            self.frame = True
        elif what in ("equal", "scaled", "square", "image"):
            self.equal = True
        elif isinstance(what, (list, tuple)) and len(what) == 4:
            self.set_xlim(what[0], what[1])
            self.set_ylim(what[2], what[3])
        return (*self.x.range(), *self.y.range())

    def set_axis_off(self):
        self.frame = False

    def set_facecolor(self, value):
        self.face = color(value)

    def set(self, **values):
        for name, value in values.items():
            getattr(self, "set_" + name)(value)

    def grid(self, visible=True, which="major", axis="both", **style):
        self.grid_style = {"axis": axis, **style} if visible in (True, None) and which != "minor" else None

    def legend(self, *parts, handles=None, labels=None, loc="best", **style):
        if len(parts) == 2:
            handles, labels = parts
        elif len(parts) == 1:
            labels = parts[0]
        shown = list(handles) if handles is not None else None
        self.legend_entries = (shown, list(labels) if labels is not None else None)
        self.legend_style = {**style, "loc": loc}
        return self

    def get_legend_handles_labels(self):
        shown = [artist for artist in self.artists if artist.label and not artist.label.startswith("_")]
        return shown, [artist.label for artist in shown]


builtin_range = range
