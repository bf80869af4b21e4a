# SPDX-License-Identifier: MIT
import atelier_mail as mail

from . import constants as c
from . import key, mouse

_posted = []
_timers = {}


class Event:
    def __init__(self, type, dict=None, **attributes):
        self.type = type
        self.__dict__.update(dict or {}, **attributes)
        self.dict = self.__dict__

    def __repr__(self):
        return "<Event(%d)>" % self.type


EventType = Event


def _translate(letter):
    what = letter.get("what")
    if what in ("keydown", "keyup"):
        code, down = key._code(letter), what == "keydown"
        key._pressed[code] = down
        return Event(c.KEYDOWN if down else c.KEYUP, key=code, mod=key.get_mods(), unicode=letter.get("text", "") if down else "", scancode=code)
    if what in ("down", "up"):
        mouse._position = (letter["x"], letter["y"])
        mouse._buttons[letter["button"] - 1] = what == "down"
        return Event(c.MOUSEBUTTONDOWN if what == "down" else c.MOUSEBUTTONUP, pos=mouse._position, button=letter["button"])
    if what == "move":
        old, mouse._position = mouse._position, (letter["x"], letter["y"])
        rel = (letter["x"] - old[0], letter["y"] - old[1])
        mouse._moved = rel
        return Event(c.MOUSEMOTION, pos=mouse._position, rel=rel, buttons=tuple(map(int, mouse._buttons)))
    if what == "wheel":
        return Event(c.MOUSEWHEEL, x=0, y=letter["y"], flipped=False)
    return None


def _pump():
    from . import time as clock

    for letter in mail.take():
        made = _translate(letter)
        if made is not None:
            _posted.append(made)
    now = clock.get_ticks()
    for kind, (interval, due, left) in list(_timers.items()):
        if now >= due:
            _posted.append(Event(kind))
            if left == 1:
                del _timers[kind]
            else:
                _timers[kind] = (interval, now + interval, left - 1 if left else 0)


def get(eventtype=None, pump=True, exclude=None):
    _pump()
    wanted = None if eventtype is None else {eventtype} if isinstance(eventtype, int) else set(eventtype)
    taken = [e for e in _posted if wanted is None or e.type in wanted]
    _posted[:] = [e for e in _posted if not (wanted is None or e.type in wanted)]
    return taken


def poll():
    _pump()
    return _posted.pop(0) if _posted else Event(0)


def wait(timeout=0):
    import time

    end = time.monotonic() + timeout / 1000
    while not timeout or time.monotonic() < end:
        _pump()
        if _posted:
            return _posted.pop(0)
        time.sleep(0.02)
    return Event(0)


def pump():
    _pump()


def post(event):
    _posted.append(event)
    return True


def clear(*_types):
    _posted.clear()


def peek(*_types):
    return bool(_posted)


def set_allowed(_types):
    pass


set_blocked = set_grab = set_allowed


def custom_type():
    custom_type.last += 1
    return custom_type.last


custom_type.last = c.USEREVENT
