# SPDX-License-Identifier: MIT
# Runs the artifact as __main__: its output, its questions and its errors go to the page.
import builtins
import io
import linecache
import sys
import time
import traceback
import types

import js

sys.path.insert(0, "/lib/atelier")

_INTERVAL = 0.033  # seconds between two messages
_MOST = 20_000  # characters in one; a program can print millions a second


class _Out(io.TextIOBase):
    def __init__(self, kind):
        self._kind = kind
        self._parts = []
        self._size = 0
        self._dropped = 0
        self._sent = 0.0

    def writable(self):
        return True

    def isatty(self):
        return False

    def write(self, text):
        text = str(text)
        if self._size + len(text) > _MOST:
            self._dropped += len(text)
        else:
            self._parts.append(text)
            self._size += len(text)
        if time.monotonic() - self._sent > _INTERVAL:
            self.flush()
        return len(text)

    def flush(self):
        self._sent = time.monotonic()
        if self._dropped:
            self._parts.append("\n… %d characters left out\n" % self._dropped)
        if self._parts:
            js.atelier_post(self._kind, "".join(self._parts))
        self._parts = []
        self._size = 0
        self._dropped = 0


sys.stdout = _Out("out")
sys.stderr = _Out("err")


def _sleep(seconds):
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    sys.stdout.flush()
    js.atelier_sleep(seconds * 1000)


time.sleep = _sleep


def _input(prompt=""):
    import atelier_mail

    sys.stdout.write(str(prompt))
    sys.stdout.flush()
    js.atelier_post("ask", str(prompt))
    return atelier_mail.wait_for_line()


builtins.input = _input

_NEEDS = {
    "tkinter": "Python has no tkinter here. A canvas is there for pygame and turtle; an HTML page can have buttons and fields.",
    "matplotlib": "Of matplotlib there are pyplot and animation. An HTML page with Chart.js or Plotly can draw other figures.",
    "mpl_toolkits": "There are no figures in three dimensions here. An HTML page with Plotly can draw them.",
    "numpy": "numpy is not bundled. The math, statistics and random modules work on lists; so does matplotlib.pyplot here.",
    "seaborn": "seaborn is not bundled. matplotlib.pyplot is there for plain figures.",
    "scipy": "scipy is not bundled. The math and statistics modules of the standard library are there.",
    "pandas": "pandas is not bundled. The csv and statistics modules of the standard library are there.",
    "requests": "Artifacts have no network.",
}


def _explain(error):
    missing = (getattr(error, "name", None) or "").split(".")[0]
    return _NEEDS.get(missing) if isinstance(error, ModuleNotFoundError) else None


def _line_of(error):
    if isinstance(error, SyntaxError) and error.filename == "main.py":
        return error.lineno or 1
    line = 1
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == "main.py":
            line = frame.lineno
    return line


def _report(error):
    sys.stdout.flush()
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == "main.py"]
    text = []
    if frames:
        text.append("Traceback (most recent call last):\n")
        text += traceback.format_list(frames[-8:])
    text += traceback.format_exception_only(type(error), error)
    sys.stderr.write("".join(text))
    sys.stderr.flush()
    what = "".join(traceback.format_exception_only(type(error), error)).strip().split("\n")[-1]
    js.atelier_post("error", "%d\n%s\n%s" % (_line_of(error), what, _explain(error) or ""))


def _main(source):
    linecache.cache["main.py"] = (len(source), None, source.splitlines(True), "main.py")
    module = types.ModuleType("__main__")
    module.__dict__.update(__builtins__=builtins, __file__="main.py")
    sys.modules["__main__"] = module
    sys.argv = ["main.py"]
    try:
        exec(compile(source, "main.py", "exec"), module.__dict__)
    except SystemExit as leaving:
        if leaving.code not in (None, 0):
            sys.stderr.write(str(leaving.code) + "\n")
    except BaseException as error:
        _report(error)
        return
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    turtle = sys.modules.get("turtle")
    if turtle is not None:
        turtle._show()
        turtle._loop_if_asked()
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot._finish()
        sys.stderr.flush()
    js.atelier_post("done", "")


_main(js.atelier_source)
