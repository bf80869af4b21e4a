# SPDX-License-Identifier: MIT
# From values to places: limits, ticks and what is written beside them.
import datetime
import math

_UP = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MOST_TICKS = 1000


def numbers(values, name="a value"):
    """Floats; NaN for what is missing. One number is a list of one."""
    if isinstance(values, (int, float)):
        values = [values]
    out = []
    for value in values:
        if isinstance(value, (datetime.date, datetime.datetime)):
            raise TypeError("dates on an axis are not supported here: give their text, str(day)")
        try:
            out.append(math.nan if value is None else float(value))
        except (TypeError, ValueError):
            raise TypeError("%s must be a number, not %r" % (name, value)) from None
    return out


def ticks(low, high, most=8):
    """At most about that many, at 1, 2, 2.5 or 5 times a power of ten."""
    span = high - low
    if not (span > 0 and math.isfinite(span)):
        return [low] if math.isfinite(low) else []
    raw = span / max(1, most)
    if raw < 1e-300:
        return [low, high]
    power = 10.0 ** math.floor(math.log10(raw))
    step = next((s * power for s in (1, 2, 2.5, 5) if s * power >= raw * (1 - 1e-9)), 10 * power)
    first = math.ceil(low / step - 1e-9)
    count = min(_MOST_TICKS, math.floor(high / step + 1e-9) - first + 1)
    made = [(first + i) * step for i in range(max(0, int(count)))]
    return sorted(set(made)) if made else [low]


def labels(values):
    """The texts, and what all are multiplied by, or nothing."""
    shown = [value for value in values if value != 0]
    exponent = math.floor(math.log10(max(map(abs, shown)))) if shown else 0
    scale = max(-300, exponent) if exponent >= 6 or exponent <= -5 else 0
    scaled = [value / 10.0**scale for value in values]
    steps = [b - a for a, b in zip(scaled, scaled[1:]) if b > a]
    step = min(steps) if steps else max((abs(value) for value in scaled), default=1) or 1
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    while digits < 10 and any(abs(round(v, digits) - v) > step * 1e-3 for v in scaled):
        digits += 1
    texts = [("%.*f" % (digits, value + 0.0)).replace("-", "−") for value in scaled]
    texts = ["0" if not digits and text == "−0" else text for text in texts]
    return texts, "×10" + str(scale).translate(_UP) if scale else ""


class Axis:
    """Values of one direction. `place` is 0 at the low end and 1 at the high one."""

    def __init__(self):
        self.scale = "linear"
        self.limits = None  # set by the program: (low, high)
        self.inverted = False
        self.names = None  # of categories
        self.label = ""
        self.label_style = {}
        self.ticks = None  # set by the program
        self.tick_labels = None
        self.angle = 0
        self.tick_size = None
        self.shared = [self]
        self._values = []  # lowest and highest of each thing drawn
        self._sticky = []  # no margin beyond these

    def take(self, values):
        """Numbers for what is drawn: text becomes a category."""
        values = list(values) if not isinstance(values, (int, float, str)) else [values]
        if any(isinstance(value, str) for value in values):
            if self.names is None:
                self.names = []
            places = []
            for value in map(str, values):
                if value not in self.names:
                    self.names.append(value)
                places.append(float(self.names.index(value)))
            return places
        return numbers(values)

    def see(self, values, sticky=False):
        known = [value for value in values if math.isfinite(value) and (value > 0 or self.scale == "linear")]
        if known:
            self._values.append((min(known), max(known)))
            if sticky:
                self._sticky += [min(known), max(known)]

    def forget(self):
        self._values, self._sticky, self.names = [], [], None

    def range(self):
        if self.limits is not None and None not in self.limits:
            low, high = self.limits
        else:
            values = [pair for axis in self.shared for pair in axis._values if self.scale == "linear" or pair[1] > 0]
            low = min((pair[0] for pair in values), default=0.0)
            high = max((pair[1] for pair in values), default=1.0)
            low, high = self._widened(low, high)
            if self.limits is not None:
                low = low if self.limits[0] is None else self.limits[0]
                high = high if self.limits[1] is None else self.limits[1]
        if not high > low:
            low, high = (high, low) if low > high else (low - 0.5, high + 0.5)
        return low, high

    def _widened(self, low, high):
        if self.scale == "log":
            low = low if low > 0 else high / 1000 if high > 0 else 0.1
            high = high if high > 0 else 1.0
            if low == high:
                return low / 10, high * 10
            part = (high / low) ** 0.05
            return low / part, high * part
        if low == high:
            part = abs(low) * 0.05 or 0.05
            return low - part, high + part
        part = (high - low) * 0.05
        sticky = [value for axis in self.shared for value in axis._sticky]
        return low - (0 if low in sticky else part), high + (0 if high in sticky else part)

    def place(self, value):
        low, high = self.range()
        if self.scale == "log":
            if value <= 0 or low <= 0:
                return math.nan
            part = math.log(value / low) / math.log(high / low)
        else:
            part = (value - low) / (high - low)
        return 1 - part if self.inverted else part

    def marks(self, length):
        """(value, text) of each tick; and the power that all share."""
        low, high = self.range()
        if self.ticks is not None:
            values = [value for value in self.ticks]
            texts, power = labels(values) if self.names is None else ([self._name(v) for v in values], "")
        elif self.names is not None:
            values = list(range(len(self.names)))
            texts, power = [self._name(v) for v in values], ""
        elif self.scale == "log":
            first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
            step = max(1, (last - first) // 8)
            values = [10.0**e for e in range(first, last + 1, step)]
            texts, power = ["10" + str(e).translate(_UP) for e in range(first, last + 1, step)], ""
        else:
            values = ticks(low, high, max(2, min(9, length / 55)))
            texts, power = labels(values)
        if self.tick_labels is not None:
            texts, power = [str(text) for text in self.tick_labels][: len(values)], ""
            texts += [""] * (len(values) - len(texts))
        slack = 1e-6
        return [(v, t) for v, t in zip(values, texts) if -slack <= self.place(v) <= 1 + slack], power

    def _name(self, value):
        index = round(value)
        return self.names[index] if 0 <= index < len(self.names) else ""
