# SPDX-License-Identifier: MIT
# There is no sound: a program that plays some goes on without.
class Sound:
    def __init__(self, *_source):
        pass

    def play(self, *_args, **_named):
        return None

    def stop(self):
        pass

    def set_volume(self, _volume):
        pass

    def get_length(self):
        return 0.0


class _Music:
    def __getattr__(self, _name):
        return lambda *_args, **_named: None


music = _Music()


def init(*_args, **_named):
    pass


pre_init = quit = stop = set_num_channels = init


def get_init():
    return None
