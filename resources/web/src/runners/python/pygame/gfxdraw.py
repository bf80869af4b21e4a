# SPDX-License-Identifier: MIT
from . import draw as _draw


def aacircle(surface, x, y, r, color):
    _draw.circle(surface, color, (x, y), r, 1)


circle = aacircle


def filled_circle(surface, x, y, r, color):
    _draw.circle(surface, color, (x, y), r)


def aapolygon(surface, points, color):
    _draw.polygon(surface, color, points, 1)


polygon = aapolygon


def filled_polygon(surface, points, color):
    _draw.polygon(surface, color, points)


def line(surface, x1, y1, x2, y2, color):
    _draw.line(surface, color, (x1, y1), (x2, y2))


def hline(surface, x1, x2, y, color):
    _draw.line(surface, color, (x1, y), (x2, y))


def vline(surface, x, y1, y2, color):
    _draw.line(surface, color, (x, y1), (x, y2))


def pixel(surface, x, y, color):
    surface.set_at((x, y), color)


def box(surface, rect, color):
    _draw.rect(surface, color, rect)


def rectangle(surface, rect, color):
    _draw.rect(surface, color, rect, 1)
