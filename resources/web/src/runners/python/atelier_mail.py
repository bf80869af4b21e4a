# SPDX-License-Identifier: MIT
# What the page tells a program: keys, the mouse, answers.
import json
import time

import js

_letters = []
_asked = 0.0
_INTERVAL = 0.03  # seconds: a question costs a few milliseconds


def _fetch(wait):
    for line in js.atelier_letters(wait).splitlines():
        try:
            _letters.append(json.loads(line))
        except ValueError:
            pass


def take():
    """All letters so far that are no answers."""
    global _asked
    now = time.monotonic()
    if now - _asked > _INTERVAL:
        _asked = now
        _fetch(0)
    taken = [letter for letter in _letters if "line" not in letter]
    _letters[:] = [letter for letter in _letters if "line" in letter]
    return taken


def wait_for_line():
    while True:
        for letter in _letters:
            if "line" in letter:
                _letters.remove(letter)
                return letter["line"]
        _fetch(20_000)
