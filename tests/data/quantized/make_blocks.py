# SPDX-License-Identifier: MIT
"""Writes blocks.bin: random blocks of every quantized type and what they decode to.

usage: make_blocks.py FOLDER_OF_DEQUANT_PY

dequant.py is an independent decoder in NumPy, written from the format descriptions. The file is, per type:
uint32 ggml type, uint32 number of values, uint32 number of bytes, the bytes, the values as float32.
"""
import os
import struct
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
from dequant import NAMES, SIZES, decode  # noqa: E402

HALVES = {2: [0], 3: [0, 2], 6: [0], 7: [0, 2], 8: [0], 10: [80, 82], 11: [108], 12: [0, 2], 13: [0, 2], 14: [208],
          20: [0], 23: [0]}

rng = np.random.default_rng(20260101)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "blocks.bin"), "wb") as out:
    for typ in NAMES:
        per, size = SIZES[typ]
        values = 512 if per == 256 else 128
        raw = rng.integers(0, 256, (values // per, size), dtype=np.uint8)
        if per == 1:
            x = rng.standard_normal(values).astype(np.float32)
            raw = {0: x, 1: x.astype(np.float16), 30: x.view(np.uint32).__rshift__(16).astype(np.uint16)}[typ]
        for offset in HALVES.get(typ, []):
            scale = rng.standard_normal(len(raw)).astype(np.float16) / np.float16(8)
            raw[:, offset:offset + 2] = scale.reshape(-1, 1).view(np.uint8)
        data = raw.tobytes()
        out.write(struct.pack("<III", typ, values, len(data)) + data + decode(typ, data, values).tobytes())
