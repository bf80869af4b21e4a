# SPDX-License-Identifier: MIT
# Turtle graphics on a canvas of the page.
import math
import time as _time

import atelier_canvas as canvas
import atelier_mail as mail
from pygame.colors import css as _css

_FRAME = 1 / 60  # seconds
_KEYS = {"ArrowUp": "Up", "ArrowDown": "Down", "ArrowLeft": "Left", "ArrowRight": "Right", "Enter": "Return", " ": "space"}


class TurtleGraphicsError(Exception):
    pass


Terminator = TurtleGraphicsError


class _Screen:
    def __init__(self):
        self._size = None
        self._background = "#ffffff"
        self._tracer = 1
        self._mode = 1.0
        self._turtles = []
        self._keys = {}
        self._clicks = []
        self._timers = []
        self._loop = False
        self._undrawn = 0
        self._waiting = 0.0  # of the frame that is being filled

    def _open(self):
        if self._size is None:
            self.setup()

    def setup(self, width=800, height=600, startx=None, starty=None):
        width = 800 * width if 0 < width <= 1 else width
        height = 600 * height if 0 < height <= 1 else height
        self._size = (int(width), int(height))
        canvas.open_window(*self._size)
        self.bgcolor(self._background)

    screensize = setup

    def bgcolor(self, *color):
        if not color:
            return self._background
        self._background = self._color(color)
        self._open()
        canvas.draw("background", self._background)

    def _color(self, color):
        value = color[0] if len(color) == 1 else color
        if isinstance(value, (tuple, list)) and self._mode == 1.0:
            value = tuple(max(0, min(255, round(part * 255))) for part in value)
        if isinstance(value, str):
            try:
                return _css(value)
            except ValueError:
                return value if value.isalnum() or value.startswith("#") else "black"
        return _css([int(part) for part in value])

    def colormode(self, mode=None):
        if mode is None:
            return self._mode
        self._mode = float(mode)

    def title(self, text):
        canvas.caption(text)

    def tracer(self, n=None, delay=None):
        if n is None:
            return self._tracer
        self._tracer = int(n)

    def delay(self, _delay=None):
        return 10

    def update(self):
        self._open()
        heads = [t._head() for t in self._turtles if t._visible]
        canvas.draw("heads", heads)
        canvas.show()

    def _step(self, seconds):
        """A part of a movement is drawn: shown when it is time for a frame."""
        if not self._tracer:
            return
        self._waiting += seconds
        if self._waiting >= _FRAME:
            self.update()
            _time.sleep(min(self._waiting, 0.05))
            self._waiting = 0.0

    def clear(self):
        canvas.draw("background", self._background)

    clearscreen = resetscreen = reset = clear

    def listen(self, *_args):
        pass

    def onkey(self, function, key):
        self._keys[("up", key)] = function

    onkeyrelease = onkey

    def onkeypress(self, function, key=None):
        self._keys[("down", key)] = function

    def onclick(self, function, btn=1, add=None):
        self._clicks.append(function)

    onscreenclick = onclick

    def ontimer(self, function, t=0):
        self._timers.append((_time.monotonic() + t / 1000, function))

    def window_width(self):
        self._open()
        return self._size[0]

    def window_height(self):
        self._open()
        return self._size[1]

    def turtles(self):
        return list(self._turtles)

    def mainloop(self):
        self._open()
        self.update()
        while self._keys or self._clicks or self._timers:
            now = _time.monotonic()
            due = [timer for timer in self._timers if timer[0] <= now]
            self._timers = [timer for timer in self._timers if timer[0] > now]
            for _, function in due:
                function()
            for letter in mail.take():
                self._tell(letter)
            self.update()
            _time.sleep(_FRAME)

    done = mainloop

    def exitonclick(self):
        self.mainloop()

    def bye(self):
        raise SystemExit(0)

    def _tell(self, letter):
        what = letter.get("what")
        if what in ("keydown", "keyup"):
            name = _KEYS.get(letter["key"], letter["key"])
            direction = "down" if what == "keydown" else "up"
            function = self._keys.get((direction, name)) or (self._keys.get(("down", None)) if what == "keydown" else None)
            if function:
                function()
        elif what == "down":
            x, y = letter["x"] - self._size[0] / 2, self._size[1] / 2 - letter["y"]
            for function in self._clicks:
                function(x, y)

    def numinput(self, title, prompt, default=None, minval=None, maxval=None):
        try:
            return float(input("%s: %s " % (title, prompt)))
        except ValueError:
            return default

    def textinput(self, title, prompt):
        return input("%s: %s " % (title, prompt))


_screen = _Screen()


def Screen():
    return _screen


class Turtle:
    def __init__(self, shape="classic", undobuffersize=1000, visible=True):
        self._x = self._y = self._angle = 0.0
        self._down = True
        self._width = 1
        self._pen = self._fill = "#000000"
        self._speed = 3
        self._visible = visible
        self._path = None
        self._full = 360.0
        _screen._turtles.append(self)

    def getscreen(self):
        return _screen

    screen = property(getscreen)

    def _head(self):
        x, y = self._at(self._x, self._y)
        return [x, y, -math.radians(self._degrees()), self._pen, self._fill]

    def _degrees(self):
        return self._angle * 360 / self._full

    @staticmethod
    def _at(x, y):
        _screen._open()
        return (round(_screen._size[0] / 2 + x, 2), round(_screen._size[1] / 2 - y, 2))

    def _go(self, x, y):
        x, y = float(x), float(y)
        length = math.hypot(x - self._x, y - self._y)
        # Pixels in a frame, as turtles of that speed do.
        parts = 1 if not self._speed or not _screen._tracer else min(60, max(1, int(length / (self._speed * 3))))
        start = (self._x, self._y)
        for part in range(1, parts + 1):
            old = self._at(self._x, self._y)
            self._x = start[0] + (x - start[0]) * part / parts
            self._y = start[1] + (y - start[1]) * part / parts
            if self._down:
                canvas.draw("lines", 0, self._pen, [old, self._at(self._x, self._y)], self._width, False)
            _screen._step(_FRAME if parts > 1 else _FRAME * length / max(1, (self._speed or 60) * 3))
        if self._path is not None:
            self._path.append((self._x, self._y))

    def forward(self, distance):
        angle = math.radians(self._degrees())
        self._go(self._x + distance * math.cos(angle), self._y + distance * math.sin(angle))

    def backward(self, distance):
        self.forward(-distance)

    def left(self, angle):
        self._angle = (self._angle + angle) % self._full

    def right(self, angle):
        self.left(-angle)

    def goto(self, x, y=None):
        if y is None:
            x, y = x
        self._go(x, y)

    def teleport(self, x=None, y=None, **_rest):
        self._x = self._x if x is None else float(x)
        self._y = self._y if y is None else float(y)

    def setx(self, x):
        self._go(x, self._y)

    def sety(self, y):
        self._go(self._x, y)

    def home(self):
        self._go(0, 0)
        self._angle = 0.0

    def setheading(self, angle):
        self._angle = angle % self._full

    def heading(self):
        return self._angle

    def degrees(self, full=360.0):
        self._full = float(full)

    def radians(self):
        self._full = 2 * math.pi

    def circle(self, radius, extent=None, steps=None):
        extent = self._full if extent is None else extent
        degrees = extent * 360 / self._full
        count = steps or max(4, int(min(11 + abs(radius) / 6, 59) * abs(degrees) / 360) + 1)
        turn = degrees / count
        length = 2 * radius * math.sin(math.radians(turn) / 2)
        turn *= self._full / 360
        if radius < 0:
            turn, length = -turn, -length
        self.left(turn / 2)
        for _ in range(count):
            self.forward(length)
            self.left(turn)
        self.left(-turn / 2)

    def dot(self, size=None, *color):
        size = max(self._width + 4, self._width * 2) if size is None else size
        fill = _screen._color(color) if color else self._pen
        x, y = self._at(self._x, self._y)
        canvas.draw("circle", 0, fill, x, y, size / 2, 0)
        _screen._step(_FRAME)

    def stamp(self):
        canvas.draw("stamp", self._head())
        return 0

    def penup(self):
        self._down = False

    def pendown(self):
        self._down = True

    def isdown(self):
        return self._down

    def pensize(self, width=None):
        if width is None:
            return self._width
        self._width = width

    def pencolor(self, *color):
        if not color:
            return self._pen
        self._pen = _screen._color(color)

    def fillcolor(self, *color):
        if not color:
            return self._fill
        self._fill = _screen._color(color)

    def color(self, *colors):
        if not colors:
            return (self._pen, self._fill)
        if len(colors) == 2:
            self.pencolor(colors[0])
            self.fillcolor(colors[1])
        else:
            self.pencolor(*colors)
            self.fillcolor(*colors)

    def begin_fill(self):
        self._path = [(self._x, self._y)]

    def end_fill(self):
        points, self._path = self._path or [], None
        if len(points) > 2:
            canvas.draw("polygon", 0, self._fill, [self._at(*point) for point in points], 0)
            if self._down:
                canvas.draw("lines", 0, self._pen, [self._at(*point) for point in points], self._width, False)
            _screen._step(_FRAME)

    def filling(self):
        return self._path is not None

    def speed(self, speed=None):
        if speed is None:
            return self._speed
        names = {"fastest": 0, "fast": 10, "normal": 6, "slow": 3, "slowest": 1}
        speed = names.get(speed, speed)
        self._speed = 0 if speed < 0.5 or speed > 10.5 else round(speed)

    def hideturtle(self):
        self._visible = False

    def showturtle(self):
        self._visible = True

    def isvisible(self):
        return self._visible

    def position(self):
        return (self._x, self._y)

    def xcor(self):
        return self._x

    def ycor(self):
        return self._y

    def distance(self, x, y=None):
        if isinstance(x, Turtle):
            x, y = x.position()
        elif y is None:
            x, y = x
        return math.hypot(x - self._x, y - self._y)

    def towards(self, x, y=None):
        if isinstance(x, Turtle):
            x, y = x.position()
        elif y is None:
            x, y = x
        return math.degrees(math.atan2(y - self._y, x - self._x)) % 360

    def write(self, text, move=False, align="left", font=("Arial", 8, "normal")):
        x, y = self._at(self._x, self._y)
        weight = "bold " if len(font) > 2 and "bold" in str(font[2]) else ""
        canvas.draw("write", self._pen, str(text), x, y, "%s%.1fpx sans-serif" % (weight, float(font[1]) * 1.33), align)
        _screen._step(_FRAME)

    def clear(self):
        _screen.clear()

    def reset(self):
        self.clear()
        self._x = self._y = self._angle = 0.0

    def shape(self, _name=None):
        return "classic"

    def shapesize(self, *_args, **_named):
        pass

    def undo(self):
        pass

    def getturtle(self):
        return self

    def clone(self):
        made = Turtle()
        for name, value in self.__dict__.items():
            setattr(made, name, value)
        return made

    fd, bk, back, lt, rt = forward, backward, backward, left, right
    setpos = setposition = goto
    seth, pu, up, pd, down = setheading, penup, penup, pendown, pendown
    width, ht, st, pos, turtlesize = pensize, hideturtle, showturtle, position, shapesize


RawTurtle = Pen = Turtle
_own = []


def _default():
    if not _own:
        _own.append(Turtle())
    return _own[0]


def _export():
    def of_turtle(name):
        return lambda *args, **named: getattr(_default(), name)(*args, **named)

    def of_screen(name):
        return lambda *args, **named: getattr(_screen, name)(*args, **named)

    for name in dir(Turtle):
        if not name.startswith("_") and name not in ("screen", "getscreen"):
            globals()[name] = of_turtle(name)
    for name in dir(_Screen):
        if not name.startswith("_") and name not in ("clear", "reset", "onclick"):
            globals()[name] = of_screen(name)


_export()


def _show():
    if _screen._size is not None:
        _screen.update()


def _loop_if_asked():
    if _screen._keys or _screen._clicks or _screen._timers:
        _screen.mainloop()
