# SPDX-License-Identifier: MIT
_position = (0, 0)
_moved = (0, 0)
_buttons = [False] * 8


def get_pos():
    from . import event

    event._pump()
    return _position


def get_pressed(num_buttons=3):
    from . import event

    event._pump()
    return tuple(_buttons[:num_buttons])


def get_rel():
    return _moved


def set_visible(_visible):
    return True


def set_pos(*_position):
    pass


def set_cursor(*_cursor):
    pass
