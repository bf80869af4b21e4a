# SPDX-License-Identifier: MIT
from collections import defaultdict as _defaultdict

from . import constants as c

_pressed = _defaultdict(bool)
_NAMED = {
    "ArrowRight": c.K_RIGHT, "ArrowLeft": c.K_LEFT, "ArrowDown": c.K_DOWN, "ArrowUp": c.K_UP,
    "Enter": c.K_RETURN, "Escape": c.K_ESCAPE, "Backspace": c.K_BACKSPACE, "Tab": c.K_TAB,
    "Delete": c.K_DELETE, "Home": c.K_HOME, "End": c.K_END, "PageUp": c.K_PAGEUP, "PageDown": c.K_PAGEDOWN,
    "Shift": c.K_LSHIFT, "Control": c.K_LCTRL, "Alt": c.K_LALT,
}


def _code(letter):
    name = letter.get("key", "")
    if name in _NAMED:
        return _NAMED[name]
    if len(name) == 1:
        return ord(name.lower())
    if name[:1] == "F" and name[1:].isdigit():
        return 1073741881 + int(name[1:])
    return 0


class _Keys:
    def __getitem__(self, code):
        return _pressed[code]


def get_pressed():
    from . import event

    event._pump()
    return _Keys()


def get_mods():
    shift = _pressed[c.K_LSHIFT] and c.KMOD_SHIFT
    control = _pressed[c.K_LCTRL] and c.KMOD_CTRL
    return int(shift) | int(control)


def name(code):
    for text, value in _NAMED.items():
        if value == code:
            return text.lower().replace("arrow", "")
    return "space" if code == 32 else chr(code) if 32 < code < 127 else ""


def set_repeat(*_args):
    pass
