// SPDX-License-Identifier: MIT
// What stands beside the interpreter: the modules that draw, and what starts a program.

import boot from "./python/boot.py";
import canvas from "./python/atelier_canvas.py";
import mail from "./python/atelier_mail.py";
import plotInit from "./python/matplotlib/__init__.py";
import plotArtists from "./python/matplotlib/_artists.py";
import plotAxes from "./python/matplotlib/_axes.py";
import plotFigure from "./python/matplotlib/_figure.py";
import plotPaint from "./python/matplotlib/_paint.py";
import plotScale from "./python/matplotlib/_scale.py";
import animation from "./python/matplotlib/animation.py";
import pyplot from "./python/matplotlib/pyplot.py";
import turtle from "./python/turtle.py";
import init from "./python/pygame/__init__.py";
import colors from "./python/pygame/colors.py";
import constants from "./python/pygame/constants.py";
import display from "./python/pygame/display.py";
import draw from "./python/pygame/draw.py";
import event from "./python/pygame/event.py";
import font from "./python/pygame/font.py";
import gfxdraw from "./python/pygame/gfxdraw.py";
import image from "./python/pygame/image.py";
import key from "./python/pygame/key.py";
import locals from "./python/pygame/locals.py";
import math from "./python/pygame/math.py";
import mixer from "./python/pygame/mixer.py";
import mouse from "./python/pygame/mouse.py";
import rect from "./python/pygame/rect.py";
import sprite from "./python/pygame/sprite.py";
import surface from "./python/pygame/surface.py";
import time from "./python/pygame/time.py";
import transform from "./python/pygame/transform.py";

const kPygame = {
    __init__: init, colors, constants, display, draw, event, font, gfxdraw, image, key, locals, math,
    mixer, mouse, rect, sprite, surface, time, transform,
};

const kMatplotlib = {
    __init__: plotInit, _artists: plotArtists, _axes: plotAxes, _figure: plotFigure, _paint: plotPaint,
    _scale: plotScale, animation, pyplot,
};

function inFolder(folder: string, modules: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(modules).map(([name, text]) => [`${folder}/${name}.py`, text]));
}

export const kPythonFiles: Record<string, string> = {
    "boot.py": boot,
    "atelier_canvas.py": canvas,
    "atelier_mail.py": mail,
    "turtle.py": turtle,
    ...inFolder("matplotlib", kMatplotlib),
    ...inFolder("pygame", kPygame),
};
