# SPDX-License-Identifier: MIT
import atelier_canvas as canvas

from .colors import Color, css, parts
from .rect import Rect


class Surface:
    def __init__(self, size, flags=0, depth=0, _number=None):
        if isinstance(size, Surface):
            size = size.get_size()
        self._size = (max(0, int(size[0])), max(0, int(size[1])))
        self._alpha = 255
        self._last = (0, 0, 0, 0)  # what it was filled with, for get_at()
        self._own = _number is None
        self._number = canvas.new_canvas(*self._size) if self._own else _number
        if self._own and not flags & 65536:
            self.fill((0, 0, 0))

    def __del__(self):
        if self._own:
            canvas.drop_canvas(self._number)

    def fill(self, color, rect=None, special_flags=0):
        area = Rect(rect) if rect is not None else Rect((0, 0), self._size)
        if rect is None:
            self._last = parts(color)
        canvas.draw("fill", self._number, css(color), *area)
        return area

    def blit(self, source, dest, area=None, special_flags=0):
        x, y = (dest.x, dest.y) if isinstance(dest, Rect) else (dest[0], dest[1])
        part = list(Rect(area)) if area is not None else None
        add = special_flags in (1, 6)
        canvas.draw("blit", self._number, source._number, float(x), float(y), part, source._alpha / 255, add)
        size = part[2:] if part else source.get_size()
        return Rect(x, y, *size)

    def blits(self, sequence):
        return [self.blit(*entry) for entry in sequence]

    def get_rect(self, **places):
        rect = Rect((0, 0), self._size)
        for name, value in places.items():
            setattr(rect, name, value)
        return rect

    def get_size(self):
        return self._size

    def get_width(self):
        return self._size[0]

    def get_height(self):
        return self._size[1]

    width = property(get_width)
    height = property(get_height)
    size = property(get_size)

    def set_alpha(self, alpha, flags=0):
        self._alpha = 255 if alpha is None else max(0, min(255, int(alpha)))

    def get_alpha(self):
        return self._alpha

    def convert(self, *_args):
        return self

    convert_alpha = convert

    def set_colorkey(self, color, flags=0):
        pass

    def copy(self):
        made = Surface(self._size, 65536)
        made.blit(self, (0, 0))
        return made

    def subsurface(self, *area):
        rect = Rect(*area)
        made = Surface(rect.size, 65536)
        made.blit(self, (0, 0), rect)
        return made

    def set_at(self, position, color):
        canvas.draw("fill", self._number, css(color), int(position[0]), int(position[1]), 1, 1)

    def get_at(self, position):
        return Color(*self._last)

    def set_clip(self, rect):
        canvas.draw("clip", self._number, list(Rect(rect)) if rect is not None else None)

    def lock(self):
        pass

    unlock = lock
