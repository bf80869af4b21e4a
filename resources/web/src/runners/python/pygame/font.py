# SPDX-License-Identifier: MIT
import math as _m

import atelier_canvas as canvas
import js

from .colors import css
from .surface import Surface

_SERIFS = ("times", "georgia", "serif", "garamond")
_MONOS = ("consol", "courier", "mono", "menlo")


def init():
    pass


def quit():
    pass


def get_init():
    return True


def get_default_font():
    return "freesansbold.ttf"


def get_fonts():
    return ["sans", "serif", "mono"]


def match_font(*_names):
    return None


class Font:
    def __init__(self, name=None, size=20, bold=False, italic=False):
        text = str(name or "").lower()
        self._family = "monospace" if any(m in text for m in _MONOS) else "serif" if any(s in text for s in _SERIFS) else "sans-serif"
        self._size = max(1, int(size))
        # pygame's own font is drawn smaller than its size says.
        self._pixels = self._size * (0.72 if name is None else 0.9)
        self.bold, self.italic, self.underline = bool(bold), bool(italic), False

    def _css(self):
        weight = "bold " if self.bold else ""
        return "%s%s%.1fpx %s" % ("italic " if self.italic else "", weight, self._pixels, self._family)

    def size(self, text):
        return (_m.ceil(js.atelier_text_width(str(text), self._css())), self.get_linesize())

    def render(self, text, antialias=True, color=(255, 255, 255), background=None, *_rest):
        text = str(text)
        width, height = self.size(text)
        made = Surface((max(1, width), height), 65536)
        if background is not None:
            made.fill(background)
        canvas.draw("text", made._number, css(color), text, self._css(), height / 2)
        return made

    def get_linesize(self):
        return _m.ceil(self._pixels * 1.3)

    get_height = get_linesize

    def get_ascent(self):
        return _m.ceil(self._pixels)

    def set_bold(self, bold):
        self.bold = bool(bold)

    def set_italic(self, italic):
        self.italic = bool(italic)

    def set_underline(self, underline):
        self.underline = bool(underline)


def SysFont(name, size, bold=False, italic=False, **_rest):
    return Font(name or "sans", size, bold, italic)
