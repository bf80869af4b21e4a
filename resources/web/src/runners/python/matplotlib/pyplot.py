# SPDX-License-Identifier: MIT
# The figure and the axes that are being drawn on; everything else is handed on to them.
import time as _time

from . import rcParams  # noqa: F401
from ._axes import Axes
from ._figure import Figure
from ._paint import Colormaps, note, refuse

_MOST_FIGURES = 30
_figures = {}
_shown = []
_interactive = [False]
cm = Colormaps()
get_cmap = cm.get_cmap

_OF_AXES = (
    "plot scatter bar barh hist fill_between fill step stem errorbar semilogx semilogy loglog stackplot pie axhline axvline "
    "axhspan axvspan hlines vlines text annotate bar_label grid legend axis tick_params margins minorticks_on minorticks_off"
).split()
_OF_BOTH = {"title": "set_title", "xlabel": "set_xlabel", "ylabel": "set_ylabel", "xlim": "set_xlim", "ylim": "set_ylim", "xscale": "set_xscale", "yscale": "set_yscale"}


class style:
    available = ["default"]

    @staticmethod
    def use(_name):
        pass

    @staticmethod
    def context(_name):
        import contextlib

        return contextlib.nullcontext()


def _handed_on(method):
    def call(*values, **options):
        return getattr(gca(), method)(*values, **options)

    call.__name__ = method
    return call


for _name in _OF_AXES:
    globals()[_name] = _handed_on(_name)
for _name, _method in _OF_BOTH.items():
    globals()[_name] = _handed_on(_method)


def __getattr__(name):
    raise refuse("pyplot." + name)


def figure(num=None, figsize=None, **options):
    if num in _figures:
        _figures[num] = found = _figures.pop(num)  # the last is the one drawn on
        return found
    if len(_figures) >= _MOST_FIGURES:
        _figures.pop(next(iter(_figures)))
        note("more than %d figures: the oldest were closed" % _MOST_FIGURES)
    _numbers[0] += 1
    made = Figure(_numbers[0] if num is None else num, figsize, **{k: v for k, v in options.items() if k in ("facecolor", "dpi")})
    _figures[made.number] = made
    return made


_numbers = [0]


def gcf():
    return next(reversed(_figures.values())) if _figures else figure()


_current = {}


def gca():
    shown = gcf()
    axes = _current.get(shown.number)
    return axes if axes in shown.axes else shown.gca()


def sca(axes):
    figure(axes.figure.number)
    _current[axes.figure.number] = axes


def subplot(*place, **options):
    axes = gcf().add_subplot(*place, **options)
    _current[axes.figure.number] = axes
    return axes


def axes(*_place, **options):
    return gcf().add_subplot(**options) if not gcf().axes else gca()


def subplots(nrows=1, ncols=1, sharex=False, sharey=False, squeeze=True, figsize=None, **options):
    made = figure(figsize=figsize, **{k: v for k, v in options.items() if k in ("facecolor", "num")})
    return made, made.subplots(nrows, ncols, sharex, sharey, squeeze)


def xticks(ticks=None, labels=None, **style):
    gca().set_xticks(ticks, labels, **style)
    return [value for value, _ in gca().x.marks(500)[0]], []


def yticks(ticks=None, labels=None, **style):
    gca().set_yticks(ticks, labels, **style)
    return [value for value, _ in gca().y.marks(400)[0]], []


def suptitle(text, **style):
    gcf().suptitle(text, **style)


def tight_layout(**_options):
    pass


subplots_adjust = tight_layout


def colorbar(*_parts, **_options):
    gcf().colorbar()


def show(*_parts, **_options):
    """Each figure once; those of an animation until they are over."""
    from . import animation

    for made in list(_figures.values()):
        made.draw()
    animation._run()
    if not _interactive[0]:
        _figures.clear()
        _current.clear()


def draw():
    gcf().draw()


def pause(seconds):
    gcf().draw()
    _time.sleep(max(0.001, seconds))


def savefig(name, **options):
    gcf().savefig(name, **options)
    _shown.append(gcf().number)


def ion():
    _interactive[0] = True


def ioff():
    _interactive[0] = False


def isinteractive():
    return _interactive[0]


def close(which=None):
    if which == "all":
        _figures.clear()
    elif isinstance(which, Figure):
        _figures.pop(which.number, None)
    elif _figures:
        _figures.pop(gcf().number if which is None else which, None)


def clf():
    gcf().clear()


def cla():
    gca().clear()


def fignum_exists(number):
    return number in _figures


def get_fignums():
    return list(_figures)


def rc(*_parts, **_options):
    pass


rcdefaults = rc


def delaxes(axes=None):
    axes = axes or gca()
    axes.figure.axes.remove(axes)


def setp(artists, **values):
    for artist in artists if isinstance(artist, (list, tuple)) else [artist]:
        artist.set(**values)


def switch_backend(_name):
    pass


def _finish():
    """What a program has drawn and never shown is not seen, as with matplotlib: but say so."""
    left = [n for n in _figures if n not in _shown and _figures[n].axes]
    if left and not _interactive[0]:
        note("a figure was drawn and not shown: call plt.show()")
