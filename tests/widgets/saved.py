"""What saved pages hold, read as the browser reads it."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b85decode

import numpy as np

PYTHONS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
OURS = "%z'()*+,-./0123456789:;|=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[~]^_`abcdefghijklmnopqrstuvwxy"


def unpack(text):
    """Return what was packed, arrays as numpy arrays, as the browser reads it."""
    whole = zlib.decompress(b85decode(text.translate(str.maketrans(OURS, PYTHONS))))
    end = 4 + int.from_bytes(whole[:4], "little")
    table, plain = (json.loads(part) for part in whole[4:end].decode().split("\n"))
    arrays = []
    for kind, *rest in table:
        if kind == "sum":
            first, second, factor, constant = rest
            arrays.append(arrays[first].astype(float) + factor * arrays[second] + constant)
            continue
        if kind == "order":
            arrays.append(np.argsort(-np.asarray(arrays[rest[0]]), kind="stable").astype("<u4"))
            continue
        held, end = whole[end : end + rest[0]], end + rest[0]
        arrays.append(np.frombuffer(held, "<f4") if kind == "float32" else held)
    return _with(plain, arrays)


def _with(value, arrays):
    if isinstance(value, dict):
        return (
            arrays[value["$array"]] if "$array" in value else {key: _with(item, arrays) for key, item in value.items()}
        )
    return [_with(item, arrays) for item in value] if isinstance(value, list) else value


def state_of(html):
    return unpack(re.search(r'data-state="([^"]+)"', html)[1])
