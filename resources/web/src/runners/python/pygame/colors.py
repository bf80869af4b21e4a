# SPDX-License-Identifier: MIT
# Colors as pygame takes them: names, "#rrggbb", numbers, three or four parts.
_NAMES = {
    "black": (0, 0, 0), "white": (255, 255, 255), "red": (255, 0, 0), "green": (0, 255, 0),
    "blue": (0, 0, 255), "yellow": (255, 255, 0), "cyan": (0, 255, 255), "magenta": (255, 0, 255),
    "orange": (255, 165, 0), "purple": (160, 32, 240), "pink": (255, 192, 203), "brown": (165, 42, 42),
    "gray": (190, 190, 190), "grey": (190, 190, 190), "darkgray": (169, 169, 169), "lightgray": (211, 211, 211),
    "darkgrey": (169, 169, 169), "lightgrey": (211, 211, 211), "navy": (0, 0, 128), "gold": (255, 215, 0),
    "skyblue": (135, 206, 235), "lightblue": (173, 216, 230), "darkblue": (0, 0, 139), "darkgreen": (0, 100, 0),
    "lightgreen": (144, 238, 144), "darkred": (139, 0, 0), "crimson": (220, 20, 60), "tomato": (255, 99, 71),
    "coral": (255, 127, 80), "salmon": (250, 128, 114), "violet": (238, 130, 238), "indigo": (75, 0, 130),
    "turquoise": (64, 224, 208), "teal": (0, 128, 128), "silver": (192, 192, 192), "maroon": (176, 48, 96),
    "olive": (128, 128, 0), "lime": (0, 255, 0), "aqua": (0, 255, 255), "beige": (245, 245, 220),
    "steelblue": (70, 130, 180), "royalblue": (65, 105, 225), "dodgerblue": (30, 144, 255),
    "slategray": (112, 128, 144), "limegreen": (50, 205, 50), "forestgreen": (34, 139, 34),
}


def parts(value):
    """(r, g, b, a) of anything that means a color."""
    if isinstance(value, Color):
        return (value.r, value.g, value.b, value.a)
    if isinstance(value, str):
        text = value.strip().lower().replace(" ", "")
        if text in _NAMES:
            return _NAMES[text] + (255,)
        digits = text[1:] if text.startswith("#") else text[2:] if text.startswith("0x") else ""
        if len(digits) in (6, 8):
            numbers = [int(digits[at : at + 2], 16) for at in range(0, len(digits), 2)]
            return tuple(numbers + [255] * (4 - len(numbers)))
        raise ValueError("invalid color name")
    if isinstance(value, int):
        return ((value >> 16) & 255, (value >> 8) & 255, value & 255, 255)
    numbers = [int(part) for part in value]
    if len(numbers) not in (3, 4) or any(part < 0 or part > 255 for part in numbers):
        raise ValueError("invalid color argument")
    return tuple(numbers) if len(numbers) == 4 else tuple(numbers) + (255,)


def css(value):
    r, g, b, a = parts(value)
    return "#%02x%02x%02x" % (r, g, b) if a == 255 else "rgba(%d,%d,%d,%.3f)" % (r, g, b, a / 255)


class Color:
    def __init__(self, *value):
        single = value[0] if len(value) == 1 else value
        self.r, self.g, self.b, self.a = parts(single)

    def __iter__(self):
        return iter((self.r, self.g, self.b, self.a))

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return (self.r, self.g, self.b, self.a)[index]

    def __eq__(self, other):
        try:
            return tuple(self) == parts(other)
        except (TypeError, ValueError):
            return False

    def __hash__(self):
        return hash(tuple(self))

    def __repr__(self):
        return "Color(%d, %d, %d, %d)" % tuple(self)

    def lerp(self, other, amount):
        return Color(*[round(a + (b - a) * amount) for a, b in zip(self, parts(other))])

    @property
    def hsva(self):
        import colorsys

        h, s, v = colorsys.rgb_to_hsv(self.r / 255, self.g / 255, self.b / 255)
        return (h * 360, s * 100, v * 100, self.a / 2.55)

    @hsva.setter
    def hsva(self, value):
        import colorsys

        h, s, v = value[0], value[1], value[2]
        self.r, self.g, self.b = [round(x * 255) for x in colorsys.hsv_to_rgb((h % 360) / 360, s / 100, v / 100)]
        self.a = round(value[3] * 2.55) if len(value) > 3 else 255

    @property
    def hsla(self):
        import colorsys

        h, l, s = colorsys.rgb_to_hls(self.r / 255, self.g / 255, self.b / 255)
        return (h * 360, s * 100, l * 100, self.a / 2.55)

    @hsla.setter
    def hsla(self, value):
        import colorsys

        h, s, l = value[0], value[1], value[2]
        self.r, self.g, self.b = [round(x * 255) for x in colorsys.hls_to_rgb((h % 360) / 360, l / 100, s / 100)]
        self.a = round(value[3] * 2.55) if len(value) > 3 else 255
