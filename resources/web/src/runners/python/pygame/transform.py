# SPDX-License-Identifier: MIT
import math as _m

import atelier_canvas as canvas

from .surface import Surface


def _made(source, size, angle=0.0, scale_x=1.0, scale_y=1.0):
    made = Surface(size, 65536)
    canvas.draw("turned", made._number, source._number, float(angle), float(scale_x), float(scale_y))
    return made


def scale(surface, size, *_dest):
    width, height = surface.get_size()
    return _made(surface, size, 0, size[0] / max(1, width), size[1] / max(1, height))


smoothscale = scale


def scale_by(surface, factor, *_dest):
    fx, fy = (factor, factor) if isinstance(factor, (int, float)) else factor
    width, height = surface.get_size()
    return _made(surface, (width * fx, height * fy), 0, fx, fy)


def rotozoom(surface, angle, factor):
    width, height = surface.get_size()
    c, s = abs(_m.cos(_m.radians(angle))), abs(_m.sin(_m.radians(angle)))
    size = ((width * c + height * s) * factor, (width * s + height * c) * factor)
    return _made(surface, [_m.ceil(v) for v in size], -_m.radians(angle), factor, factor)


def rotate(surface, angle):
    return rotozoom(surface, angle, 1)


def flip(surface, flip_x, flip_y):
    return _made(surface, surface.get_size(), 0, -1 if flip_x else 1, -1 if flip_y else 1)
