# SPDX-License-Identifier: MIT
import atelier_canvas as canvas

from .colors import css
from .rect import Rect


def _bounds(points, width=0):
    xs = [point[0] for point in points]
    ys = [point[1] for point in points]
    return Rect(min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1)


def _points(points):
    return [[round(float(point[0]), 2), round(float(point[1]), 2)] for point in points]


def rect(surface, color, rectangle, width=0, border_radius=0, **corners):
    r = Rect(rectangle)
    radius = max([border_radius, 0, *[v for v in corners.values() if isinstance(v, int)]])
    canvas.draw("rect", surface._number, css(color), *r, int(width), int(radius))
    return r


def circle(surface, color, center, radius, width=0, **_quarters):
    x, y, r = float(center[0]), float(center[1]), float(radius)
    if r > 0:
        canvas.draw("circle", surface._number, css(color), round(x, 2), round(y, 2), r, int(width))
    return Rect(x - r, y - r, 2 * r, 2 * r)


def ellipse(surface, color, rectangle, width=0):
    r = Rect(rectangle)
    canvas.draw("ellipse", surface._number, css(color), *r, int(width))
    return r


def arc(surface, color, rectangle, start_angle, stop_angle, width=1):
    r = Rect(rectangle)
    canvas.draw("arc", surface._number, css(color), *r, float(start_angle), float(stop_angle), int(width))
    return r


def polygon(surface, color, points, width=0):
    made = _points(points)
    if len(made) < 3:
        raise ValueError("points argument must contain more than 2 points")
    canvas.draw("polygon", surface._number, css(color), made, int(width))
    return _bounds(made)


def lines(surface, color, closed, points, width=1):
    made = _points(points)
    if len(made) < 2:
        raise ValueError("points argument must contain 2 or more points")
    canvas.draw("lines", surface._number, css(color), made, int(width), bool(closed))
    return _bounds(made)


def line(surface, color, start_pos, end_pos, width=1):
    return lines(surface, color, False, [start_pos, end_pos], width)


def aaline(surface, color, start_pos, end_pos, *_blend):
    return line(surface, color, start_pos, end_pos, 1)


def aalines(surface, color, closed, points, *_blend):
    return lines(surface, color, closed, points, 1)


def aacircle(surface, color, center, radius, width=0):
    return circle(surface, color, center, radius, width)
