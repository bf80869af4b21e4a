# SPDX-License-Identifier: MIT
# The part of matplotlib that plain figures use: lines, points, bars and areas on axes. It draws by
# itself, on a canvas of the page, and says which of the rest it lacks.
__version__ = "3.10.0"
rcParams = {}


def use(_backend, **_options):
    pass


def __getattr__(name):
    from ._paint import refuse

    raise refuse("matplotlib." + name)
