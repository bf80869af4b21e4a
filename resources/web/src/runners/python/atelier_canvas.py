# SPDX-License-Identifier: MIT
# Drawing as lists of commands, which the page carries out once a frame.
import json
import sys
import time

import js

_commands = []
_next = [1]
_shown = 0.0
_FASTEST = 1 / 120  # seconds: a loop without a clock must not flood the page


def new_canvas(width, height):
    number = _next[0]
    _next[0] += 1
    _commands.append(["new", number, int(width), int(height)])
    return number


def drop_canvas(number):
    _commands.append(["drop", number])


def draw(*command):
    _commands.append(command)
    if len(_commands) > 20_000:
        send()


def send():
    if _commands:
        js.atelier_post("draw", json.dumps(_commands, separators=(",", ":")))
        _commands.clear()


def show():
    """Ends a frame."""
    global _shown
    sys.stdout.flush()
    _commands.append(["show"])
    send()
    left = _shown + _FASTEST - time.monotonic()
    if left > 0:
        js.atelier_sleep(left * 1000)
    _shown = time.monotonic()


def open_window(width, height):
    _commands.append(["open", int(width), int(height)])
    send()


def caption(text):
    js.atelier_post("title", str(text))
