# SPDX-License-Identifier: MIT
# FuncAnimation: frames by the clock, once show() is called.
import time

_waiting = []


class FuncAnimation:
    def __init__(self, fig, func, frames=None, init_func=None, fargs=None, interval=200, repeat=True, **_options):
        self._figure, self._function, self._frames = fig, func, frames
        self._first, self._parts = init_func, tuple(fargs or ())
        self._interval, self._repeat = max(16, float(interval)) / 1000, repeat
        self._due, self._iterator = 0.0, None
        _waiting.append(self)

    def _restart(self):
        frames = self._frames
        if callable(frames):
            frames = frames()
        if frames is None:
            import itertools

            frames = itertools.count()
        self._iterator = iter(range(frames) if isinstance(frames, int) else frames)
        if self._first:
            self._first()

    def _step(self):
        """Whether there will be another frame."""
        if self._iterator is None:
            self._restart()
        try:
            frame = next(self._iterator)
        except StopIteration:
            if not self._repeat or self._frames is None or hasattr(self._frames, "__next__"):
                return False
            self._restart()
            frame = next(self._iterator, None)
            if frame is None:
                return False
        self._function(frame, *self._parts)
        self._figure.draw()
        self._due = time.monotonic() + self._interval
        return True

    def save(self, name, **_options):
        from ._paint import note

        note("animation.save: %s is shown here when show() is called; artifacts write no files outside" % name)

    def pause(self):
        if self in _waiting:
            _waiting.remove(self)

    def resume(self):
        if self not in _waiting:
            _waiting.append(self)


def _run():
    while _waiting:
        now = time.monotonic()
        for one in list(_waiting):
            if one._due <= now and not one._step() and one in _waiting:
                _waiting.remove(one)
        if _waiting:
            time.sleep(max(0.001, min(one._due for one in _waiting) - time.monotonic()))
