# SPDX-License-Identifier: MIT


def _part(read, write):
    return property(read, write)


class Rect:
    def __init__(self, *args):
        if len(args) == 1:
            args = tuple(getattr(args[0], "rect", args[0]))
        if len(args) == 2:
            args = (*args[0], *args[1])
        self.x, self.y, self.w, self.h = [int(a) for a in args]

    def __iter__(self):
        return iter((self.x, self.y, self.w, self.h))

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return (self.x, self.y, self.w, self.h)[index]

    def __eq__(self, other):
        try:
            return tuple(self) == tuple(Rect(other))
        except (TypeError, ValueError):
            return False

    __hash__ = None

    def __repr__(self):
        return "<rect(%d, %d, %d, %d)>" % tuple(self)

    left = _part(lambda s: s.x, lambda s, v: setattr(s, "x", int(v)))
    top = _part(lambda s: s.y, lambda s, v: setattr(s, "y", int(v)))
    width = _part(lambda s: s.w, lambda s, v: setattr(s, "w", int(v)))
    height = _part(lambda s: s.h, lambda s, v: setattr(s, "h", int(v)))
    right = _part(lambda s: s.x + s.w, lambda s, v: setattr(s, "x", int(v) - s.w))
    bottom = _part(lambda s: s.y + s.h, lambda s, v: setattr(s, "y", int(v) - s.h))
    centerx = _part(lambda s: s.x + s.w // 2, lambda s, v: setattr(s, "x", int(v) - s.w // 2))
    centery = _part(lambda s: s.y + s.h // 2, lambda s, v: setattr(s, "y", int(v) - s.h // 2))
    size = _part(lambda s: (s.w, s.h), lambda s, v: (setattr(s, "w", int(v[0])), setattr(s, "h", int(v[1]))))

    def _corner(horizontal, vertical):
        def read(self):
            return (getattr(self, horizontal), getattr(self, vertical))

        def write(self, value):
            setattr(self, horizontal, value[0])
            setattr(self, vertical, value[1])

        return property(read, write)

    topleft = _corner("left", "top")
    topright = _corner("right", "top")
    bottomleft = _corner("left", "bottom")
    bottomright = _corner("right", "bottom")
    midtop = _corner("centerx", "top")
    midbottom = _corner("centerx", "bottom")
    midleft = _corner("left", "centery")
    midright = _corner("right", "centery")
    center = _corner("centerx", "centery")
    del _corner

    def copy(self):
        return Rect(*self)

    def move(self, *by):
        dx, dy = by[0] if len(by) == 1 else by
        return Rect(self.x + dx, self.y + dy, self.w, self.h)

    def move_ip(self, *by):
        dx, dy = by[0] if len(by) == 1 else by
        self.x, self.y = int(self.x + dx), int(self.y + dy)

    def inflate(self, *by):
        dw, dh = by[0] if len(by) == 1 else by
        return Rect(self.x - dw // 2, self.y - dh // 2, self.w + dw, self.h + dh)

    def inflate_ip(self, *by):
        self.x, self.y, self.w, self.h = self.inflate(*by)

    def collidepoint(self, *point):
        x, y = point[0] if len(point) == 1 else point
        return self.x <= x < self.x + self.w and self.y <= y < self.y + self.h

    def colliderect(self, *other):
        o = Rect(*other)
        return self.x < o.right and o.x < self.right and self.y < o.bottom and o.y < self.bottom

    def collidelist(self, others):
        return next((i for i, other in enumerate(others) if self.colliderect(other)), -1)

    def contains(self, *other):
        o = Rect(*other)
        return self.x <= o.x and self.y <= o.y and self.right >= o.right and self.bottom >= o.bottom

    def union(self, *other):
        o = Rect(*other)
        x, y = min(self.x, o.x), min(self.y, o.y)
        return Rect(x, y, max(self.right, o.right) - x, max(self.bottom, o.bottom) - y)

    def clip(self, *other):
        o = Rect(*other)
        x, y = max(self.x, o.x), max(self.y, o.y)
        w, h = min(self.right, o.right) - x, min(self.bottom, o.bottom) - y
        return Rect(x, y, w, h) if w > 0 and h > 0 else Rect(self.x, self.y, 0, 0)

    def clamp(self, *other):
        o = Rect(*other)
        made = self.copy()
        made.x = o.centerx - made.w // 2 if made.w > o.w else min(max(made.x, o.x), o.right - made.w)
        made.y = o.centery - made.h // 2 if made.h > o.h else min(max(made.y, o.y), o.bottom - made.h)
        return made

    def clamp_ip(self, *other):
        self.x, self.y, self.w, self.h = self.clamp(*other)
