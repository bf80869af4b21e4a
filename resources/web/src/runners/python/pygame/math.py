# SPDX-License-Identifier: MIT
import math as _m


class _Vector:
    _SIZE = 2
    __slots__ = ("_v",)

    def __init__(self, *values):
        if len(values) == 1 and not isinstance(values[0], (int, float)):
            values = tuple(values[0])
        elif len(values) == 1:
            values = values * self._SIZE
        elif not values:
            values = (0.0,) * self._SIZE
        if len(values) != self._SIZE:
            raise ValueError("%s must be set with %d real numbers" % (type(self).__name__, self._SIZE))
        self._v = [float(value) for value in values]

    def __iter__(self):
        return iter(self._v)

    def __len__(self):
        return self._SIZE

    def __getitem__(self, index):
        return self._v[index]

    def __setitem__(self, index, value):
        self._v[index] = float(value)

    x = property(lambda self: self._v[0], lambda self, value: self._v.__setitem__(0, float(value)))
    y = property(lambda self: self._v[1], lambda self, value: self._v.__setitem__(1, float(value)))

    def __add__(self, other):
        return type(self)(*[a + b for a, b in zip(self, other)])

    __radd__ = __add__

    def __sub__(self, other):
        return type(self)(*[a - b for a, b in zip(self, other)])

    def __rsub__(self, other):
        return type(self)(*[b - a for a, b in zip(self, other)])

    def __mul__(self, other):
        if isinstance(other, (int, float)):
            return type(self)(*[a * other for a in self])
        return self.dot(other)

    __rmul__ = __mul__

    def __truediv__(self, number):
        return type(self)(*[a / number for a in self])

    def __floordiv__(self, number):
        return type(self)(*[a // number for a in self])

    def __neg__(self):
        return type(self)(*[-a for a in self])

    def __eq__(self, other):
        try:
            return all(abs(a - b) < 1e-6 for a, b in zip(self, other, strict=True))
        except (TypeError, ValueError):
            return False

    __hash__ = None

    def __bool__(self):
        return any(self._v)

    def __repr__(self):
        return "<%s(%s)>" % (type(self).__name__, ", ".join("%g" % a for a in self))

    def copy(self):
        return type(self)(*self)

    def update(self, *values):
        self._v = list(type(self)(*values))

    def dot(self, other):
        return sum(a * b for a, b in zip(self, other))

    def length(self):
        return _m.sqrt(self.length_squared())

    magnitude = length

    def length_squared(self):
        return sum(a * a for a in self)

    magnitude_squared = length_squared

    def normalize(self):
        length = self.length()
        if length == 0:
            raise ValueError("Can't normalize Vector of length zero")
        return self / length

    def normalize_ip(self):
        self._v = list(self.normalize())

    def is_normalized(self):
        return abs(self.length() - 1) < 1e-6

    def scale_to_length(self, length):
        self._v = list(self.normalize() * length)

    def clamp_magnitude(self, least, most=None):
        low, high = (0, least) if most is None else (least, most)
        length = self.length()
        return self * (min(max(length, low), high) / length) if length else self.copy()

    def distance_to(self, other):
        return (self - other).length()

    def distance_squared_to(self, other):
        return (self - other).length_squared()

    def lerp(self, other, amount):
        return self + (type(self)(other) - self) * amount

    def reflect(self, normal):
        unit = type(self)(normal).normalize()
        return self - unit * (2 * self.dot(unit))

    def reflect_ip(self, normal):
        self._v = list(self.reflect(normal))

    def project(self, other):
        other = type(self)(other)
        return other * (self.dot(other) / other.length_squared())

    def angle_to(self, other):
        return _m.degrees(_m.atan2(other[1], other[0]) - _m.atan2(self.y, self.x))


class Vector2(_Vector):
    __slots__ = ()

    def cross(self, other):
        return self.x * other[1] - self.y * other[0]

    def rotate(self, degrees):
        return self.rotate_rad(_m.radians(degrees))

    def rotate_rad(self, angle):
        c, s = _m.cos(angle), _m.sin(angle)
        return Vector2(self.x * c - self.y * s, self.x * s + self.y * c)

    def rotate_ip(self, degrees):
        self._v = list(self.rotate(degrees))

    def rotate_ip_rad(self, angle):
        self._v = list(self.rotate_rad(angle))

    def as_polar(self):
        return (self.length(), _m.degrees(_m.atan2(self.y, self.x)))

    def from_polar(self, polar):
        self.update(polar[0] * _m.cos(_m.radians(polar[1])), polar[0] * _m.sin(_m.radians(polar[1])))

    @property
    def xy(self):
        return self.copy()


class Vector3(_Vector):
    _SIZE = 3
    __slots__ = ()
    z = property(lambda self: self._v[2], lambda self, value: self._v.__setitem__(2, float(value)))

    def cross(self, other):
        a, b, c = self
        d, e, f = other
        return Vector3(b * f - c * e, c * d - a * f, a * e - b * d)


def clamp(value, least, most):
    return max(least, min(most, value))


def lerp(a, b, amount):
    return a + (b - a) * amount
