# SPDX-License-Identifier: MIT
# Colors, text and marks as commands, which the page carries out (python_figure.ts).
import json
import sys

import js

FONT = '"DejaVu Sans", Verdana, system-ui, sans-serif'
CYCLE = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"]
_TAB = dict(zip("blue orange green red purple brown pink gray olive cyan".split(), CYCLE))
_LETTERS = {"b": "#0000ff", "g": "#008000", "r": "#ff0000", "c": "#00bfbf", "m": "#bf00bf", "y": "#bfbf00", "k": "#000000", "w": "#ffffff"}
_MAPS = {
    "viridis": "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725",
    "plasma": "0d0887 46039f 7201a8 9c179e bd3786 d8576b ed7953 fb9f3a fdca26 f0f921",
    "inferno": "000004 1b0c41 4a0c6b 781c6d a52c60 cf4446 ed6925 fb9b06 f7d13d fcffa4",
    "magma": "000004 180f3d 440f76 721f81 9e2f7f cd4071 f1605d fd9668 feca8d fcfdbf",
    "coolwarm": "3b4cc0 6282ea 8db0fe b8d0f9 dddddd f5c4ad f49a7b de604d b40426",
    "rainbow": "8000ff 2c7ef7 2adddd 80ffb4 d4dd80 ff7e41 ff0000",
    "jet": "000080 0000ff 0080ff 00ffff 80ff80 ffff00 ff8000 ff0000 800000",
    "gray": "000000 ffffff",
    "hot": "0b0000 ff0000 ffff00 ffffff",
    "Blues": "f7fbff deebf7 c6dbef 9ecae1 6baed6 4292c6 2171b5 08519c 08306b",
    "Reds": "fff5f0 fee0d2 fcbba1 fc9272 fb6a4a ef3b2c cb181d a50f15 67000d",
    "Greens": "f7fcf5 e5f5e0 c7e9c0 a1d99b 74c476 41ab5d 238b45 006d2c 00441b",
}
_GREEK = dict(
    alpha="α", beta="β", gamma="γ", delta="δ", epsilon="ε", theta="θ", lambda_="λ", mu="μ", nu="ν", pi="π", rho="ρ",
    sigma="σ", tau="τ", phi="φ", omega="ω", Delta="Δ", Sigma="Σ", Omega="Ω", times="×", cdot="·", pm="±", infty="∞",
    leq="≤", geq="≥", neq="≠", approx="≈", sqrt="√", sum="∑", int="∫", degree="°", circ="°",
)
_UP = str.maketrans("0123456789+-=()nix", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˣ")
_DOWN = str.maketrans("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ")
HAS = "plot, scatter, bar, barh, hist, fill_between, step, stem, pie, axhline, axvline, text, annotate, legend, grid, subplots"
_HARMLESS = {"antialiased", "aa", "rasterized", "picker", "transform", "animated", "gid", "url", "snap", "clip_on", "solid_capstyle", "solid_joinstyle", "path_effects", "fontfamily", "family", "fontname", "pad", "labelpad", "axis"}
_said = set()


class NotSupported(AttributeError):
    __module__ = "builtins"  # a traceback shows its name alone


def refuse(name):
    """A name that is missing: an AttributeError where Python asks whether it is there."""
    if name.split(".")[-1].startswith("__"):
        return AttributeError(name)
    return NotSupported("%s is not in the small matplotlib of Atelier. It has: %s." % (name, HAS))


def note(text):
    """Once, beside what the program prints: the figure goes on without it."""
    if text not in _said:
        _said.add(text)
        sys.stderr.write("matplotlib: " + text + "\n")


def ignore(name, options):
    for option in options:
        if option not in _HARMLESS:
            note("%s: %s is not supported and left out" % (name, option))


def color(value, default=None):
    """As the canvas writes it, and how much light it lets through (None: as given elsewhere)."""
    if value is None:
        return default
    if isinstance(value, str):
        if value.lower() == "none":
            return ""
        if value in _LETTERS:
            return _LETTERS[value]
        if value.startswith("tab:") and value[4:] in _TAB:
            return _TAB[value[4:]]
        if len(value) > 1 and value[0] == "C" and value[1:].isdigit():
            return CYCLE[int(value[1:]) % len(CYCLE)]
        try:
            level = round(255 * min(1.0, max(0.0, float(value))))
            return "rgb(%d,%d,%d)" % (level, level, level)
        except ValueError:
            return value.replace(" ", "").removeprefix("xkcd:")
    parts = [float(part) for part in value]
    if len(parts) not in (3, 4):
        raise ValueError("a color has 3 or 4 parts, not %d" % len(parts))
    level = [round(255 * min(1.0, max(0.0, part))) for part in parts[:3]]
    return "rgba(%d,%d,%d,%.4g)" % (*level, parts[3] if len(parts) == 4 else 1)


class Colormap:
    def __init__(self, name):
        reverse = name.endswith("_r")
        stops = _MAPS.get(name[:-2] if reverse else name)
        if stops is None:
            note("the colors of %s are not there; those of viridis stand in" % name)
            stops = _MAPS["viridis"]
        self.name = name
        self._stops = [tuple(int(stop[i : i + 2], 16) / 255 for i in (0, 2, 4)) for stop in stops.split()]
        if reverse:
            self._stops.reverse()

    def __call__(self, value):
        if isinstance(value, (list, tuple, range)):
            return [self(one) for one in value]
        if isinstance(value, int):
            value = value / 255
        place = min(1.0, max(0.0, value)) * (len(self._stops) - 1)
        low = min(int(place), len(self._stops) - 2)
        part = place - low
        return (*(a + (b - a) * part for a, b in zip(self._stops[low], self._stops[low + 1])), 1.0)


class Colormaps:
    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return Colormap(name)

    def get_cmap(self, name="viridis", _count=None):
        return name if isinstance(name, Colormap) else Colormap(name)


def plain(text):
    """Formulas as far as letters go: $x^2$ is x²."""
    text = str(text)
    if text.count("$") < 2:
        return text
    parts = text.split("$")
    for i in range(1, len(parts) - 1, 2):
        parts[i] = _formula(parts[i])
    return "".join(parts)


def _formula(text):
    out = ""
    i = 0
    while i < len(text):
        c = text[i]
        if c == "\\":
            end = i + 1
            while end < len(text) and text[end].isalpha():
                end += 1
            word = text[i + 1 : end]
            out += _GREEK.get(word, _GREEK.get(word + "_", "" if word in ("left", "right", "mathrm", "text", "mathbf", "frac") else word))
            i = max(end, i + 2)
        elif c in "^_" and i + 1 < len(text):
            if text[i + 1] == "{":
                end = text.find("}", i)
                end = len(text) if end < 0 else end
                inner, i = text[i + 2 : end], end + 1
            else:
                inner, i = text[i + 1], i + 2
            table = _UP if c == "^" else _DOWN
            inner = _formula(inner)
            out += inner.translate(table) if all(ord(x) in table for x in inner) else c + inner
        else:
            out += "" if c in "{}" else "−" if c == "-" else c
            i += 1
    return out


def font(size, weight=None, style=None):
    return "%s%s%gpx %s" % ("italic " if style == "italic" else "", "bold " if weight in ("bold", "semibold", "heavy") or (isinstance(weight, int) and weight >= 600) else "", size, FONT)


_SIZES = {"xx-small": 0.58, "x-small": 0.69, "small": 0.83, "medium": 1, "large": 1.2, "x-large": 1.44, "xx-large": 1.73}


def pixels(size, default):
    """Of a font: points, or a word."""
    if size is None:
        return default
    points = 10 * _SIZES.get(size, 1) if isinstance(size, str) else float(size)
    return points * 100 / 72


def width_of(text, font):
    return max((float(js.atelier_text_width(line, font)) for line in str(text).split("\n")), default=0.0)


class Picture:
    """Commands of one figure. Coordinates: px of the page, y downwards."""

    def __init__(self, width, height):
        self.size = (width, height)
        self._commands = []

    def _add(self, *command):
        self._commands.append(command)

    def line(self, points, color, width=1.5, alpha=1, dash=()):
        if color and width > 0 and len(points) > 1:
            self._add("line", color, alpha, width, list(dash), _flat(points))

    def area(self, points, color, alpha=1, edge="", width=0):
        if len(points) > 2:
            self._add("area", color or "", alpha, edge or "", width, _flat(points))

    def dots(self, points, shape, sizes, colors, alpha=1, edge="", width=1):
        if points:
            self._add("dots", shape, alpha, edge or "", width, _flat(points), [round(s, 2) for s in sizes], list(colors))

    def wedge(self, x, y, radius, inner, first, last, color, edge):
        self._add("wedge", color, 1, edge, 1, x, y, radius, inner, first, last)

    def text(self, text, x, y, font, color="#000", align="left", base="alphabetic", angle=0, alpha=1):
        lines = plain(text).split("\n")
        size = float(font.split("px")[0].split()[-1])
        up = {"top": 0, "middle": 0.5, "alphabetic": 1, "bottom": 1}[base] * (len(lines) - 1) * size * 1.25
        for i, line in enumerate(lines):
            if line:
                self._add("text", color, alpha, line, round(x, 2), round(y - up + i * size * 1.25, 2), font, align, base, angle)

    def clip(self, box=None):
        self._add("clip", *(box or ()))

    def send(self, number, label):
        width, height = self.size
        message = {"id": number, "width": width, "height": height, "label": label, "commands": self._commands}
        sys.stdout.flush()  # what was printed before stands above it
        js.atelier_post("figure", json.dumps(message, separators=(",", ":"), allow_nan=False))


def _flat(points):
    return [round(part, 2) for point in points for part in point]
