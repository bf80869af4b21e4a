# SPDX-License-Identifier: MIT
import atelier_canvas as canvas

from .rect import Rect
from .surface import Surface

_screen = None
_caption = "pygame window"
_DESKTOP = (800, 600)


def init():
    pass


def quit():
    global _screen
    if _screen is not None:
        canvas.send()


def get_init():
    return True


def set_mode(size=(0, 0), flags=0, depth=0, display=0, vsync=0):
    global _screen
    width, height = int(size[0]) or _DESKTOP[0], int(size[1]) or _DESKTOP[1]
    canvas.open_window(width, height)
    _screen = Surface((width, height), _number=0)
    _screen.fill((0, 0, 0))
    return _screen


def get_surface():
    return _screen


def set_caption(title, icontitle=None):
    global _caption
    _caption = str(title)
    canvas.caption(_caption)


def get_caption():
    return (_caption, _caption)


def flip():
    canvas.show()


def update(*_rects):
    canvas.show()


def set_icon(_surface):
    pass


class Info:
    current_w, current_h = _DESKTOP


def get_window_size():
    return _screen.get_size() if _screen else _DESKTOP


def get_desktop_sizes():
    return [_DESKTOP]


def toggle_fullscreen():
    return False


def get_rect():
    return Rect((0, 0), get_window_size())
