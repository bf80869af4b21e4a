# SPDX-License-Identifier: MIT
# The part of pygame that programs which draw shapes use, on a canvas of the page.
from . import constants, locals  # noqa: F401
from .colors import Color
from .constants import *  # noqa: F401,F403
from .math import Vector2, Vector3
from .rect import Rect
from .surface import Surface
from . import display, draw, event, font, gfxdraw, image, key, math, mixer, mouse, sprite, time, transform

version = type("version", (), {"ver": "2.6.0", "vernum": (2, 6, 0)})
FRect = Rect


class error(RuntimeError):
    pass


def init():
    return (6, 0)


def quit():
    display.quit()


def get_init():
    return True


def get_sdl_version():
    return (2, 28, 4)


def register_quit(_function):
    pass
