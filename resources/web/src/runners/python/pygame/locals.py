# SPDX-License-Identifier: MIT
from .colors import Color  # noqa: F401
from .constants import *  # noqa: F401,F403
from .rect import Rect  # noqa: F401
