# SPDX-License-Identifier: MIT
import time as _t

import js

_start = _t.monotonic()


def get_ticks():
    return int((_t.monotonic() - _start) * 1000)


def wait(milliseconds):
    _t.sleep(max(0, milliseconds) / 1000)
    return int(milliseconds)


delay = wait


def set_timer(event, millis, loops=0):
    from .event import _timers

    kind = event if isinstance(event, int) else event.type
    if millis:
        _timers[kind] = (millis, get_ticks() + millis, loops)
    else:
        _timers.pop(kind, None)


class Clock:
    def __init__(self):
        self._last = _t.monotonic()
        self._raw = 0
        self._times = []

    def tick(self, framerate=0):
        now = _t.monotonic()
        if framerate > 0:
            left = self._last + 1 / framerate - now
            if left > 0:
                js.atelier_sleep(left * 1000)
                now = _t.monotonic()
        passed = now - self._last
        self._last = now
        self._times = [*self._times[-9:], passed]
        return int(passed * 1000 + 0.5)

    tick_busy_loop = tick

    def get_time(self):
        return int(self._times[-1] * 1000) if self._times else 0

    get_rawtime = get_time

    def get_fps(self):
        total = sum(self._times)
        return len(self._times) / total if total > 0 else 0.0
