"""Bytes as text in a page: five letters for four bytes, a sixteenth less than base64 takes."""

from __future__ import annotations

import numpy as np

FIRST, BASE, N_LETTERS = ord("%"), 85, 5
INSTEAD = {"&": "z", "<": "|", "\\": "~"}  # of letters that HTML, or the JSON of a notebook, would write as several


def base85(data: bytes) -> str:
    """Return bytes as text that stands in HTML and JSON as it is.

    Each four bytes are a number whose digits, the largest first, are letters from ``%`` to ``y``; of the last one,
    where bytes are missing, as many letters are left out.

    Parameters
    ----------
    data : bytes

    Examples
    --------
    >>> base85(b"four"), base85(b"five5")
    ('EsHk8', "ErgJz6'")
    """
    missing = -len(data) % 4
    rest = np.frombuffer(data + bytes(missing), ">u4").astype("<u4")
    digits = np.empty((len(rest), N_LETTERS), "u1")
    for place in reversed(range(N_LETTERS)):
        rest, digits[:, place] = np.divmod(rest, np.uint32(BASE))
    letters = _LETTERS[digits].tobytes().decode("ascii")
    return letters[: len(letters) - missing]


_LETTERS = np.array([ord(INSTEAD.get(chr(code), chr(code))) for code in range(FIRST, FIRST + BASE)], "u1")
