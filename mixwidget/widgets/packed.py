"""Plain values and arrays as one piece of text that a saved page holds: each array once, and none that follows."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from mixwidget.views.caterpillar import HALF_WIDTHS
from mixwidget.widgets.base85 import base85

LEVEL = 6  # 9 takes four times as long and saves 0.3 % (InstEval)
KEPT_RTOL = 1e-7  # of numbers that float32 can hold; the widgets show five digits
COLUMN = {"mode", "sd", "coef", "intervals", "fixed", "order"}  # the fields that tell the levels of a term
# the fields whose arrays are not float64; float64 is saved as float32 where that keeps seven digits
KEPT = ("ridge", "float32", "int32", "uint16", "uint8")


def pack(value: Any, *, is_ours: bool = True) -> str:
    """Return plain values and bytes as text: deflated JSON with the arrays behind it, in base 85 (unpack.ts reads it).

    Arrays that are equal are held once. Of the levels of a term only modes and standard deviations are held: the
    intervals and coefficients, ``mode + b * sd + c``, and the order of the modes are laid out again by the browser.

    Parameters
    ----------
    value : object
        Mappings, lists, plain values, bytes.
    is_ours : bool
        Whether it is made of views. Nothing is known of the bytes of others: they stay as they are.

    Examples
    --------
    >>> same = bytes(range(256)) * 40
    >>> len(pack({"a": same, "b": same})) - len(pack({"a": same})) < 20
    True
    """
    arrays = _Arrays(is_ours=is_ours)
    plain = arrays.without(value)
    text = f"{_json(arrays.table)}\n{_json(plain)}".encode()
    whole = b"".join([len(text).to_bytes(4, "little"), text, *arrays.held])
    return base85(zlib.compress(whole, LEVEL))


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class _Arrays:
    """The arrays of one value, each under its number.

    Attributes
    ----------
    table : list
        For each array how it is read: ``["raw", bytes]``, ``["float32", bytes]``, ``["sum", i, j, b, c]`` for array
        ``i`` plus ``b`` times array ``j`` plus ``c``, or ``["order", i]`` for the positions of array ``i`` from its
        largest number to its least.
    held : list of bytes
        Those that follow from no others, one after the other.
    """

    def __init__(self, *, is_ours: bool) -> None:
        self._is_ours = is_ours
        self.table: list[list[Any]] = []
        self.held: list[bytes] = []
        self._numbers: dict[tuple[Any, ...], int] = {}

    def without(self, value: Any, name: str = "") -> Any:
        """Return a value with numbers in the place of its arrays."""
        if isinstance(value, Mapping):
            laid_out = self._laid_out(value) if self._is_ours and value.keys() >= COLUMN else {}
            return laid_out | {key: self.without(item, key) for key, item in value.items() if key not in laid_out}
        if isinstance(value, list | tuple):
            return [self.without(item) for item in value]
        return (
            {"$array": self._held(value, short=self._is_ours and name not in KEPT)}
            if isinstance(value, bytes)
            else value
        )

    def _laid_out(self, column: Mapping[str, Any]) -> dict[str, Any]:
        """Return what follows from modes and standard deviations of a term (see `modes_column`)."""
        mode, sd = self._held(column["mode"], short=True), self._held(column["sd"], short=True)

        def shifted(by_sd: float, constant: float = 0.0) -> dict[str, int]:
            return {"$array": self._number(("sum", mode, sd, by_sd, constant))}

        intervals = [{"low": shifted(-z), "high": shifted(z)} for z in HALF_WIDTHS]
        order = {"$array": self._number(("order", mode))}
        return {"coef": shifted(0.0, column["fixed"]), "intervals": intervals, "order": order}

    def _held(self, values: bytes, *, short: bool) -> int:
        fewer = _short(values) if short else None
        return self._number(("raw", values) if fewer is None else ("float32", fewer))

    def _number(self, array: tuple[Any, ...]) -> int:
        if array not in self._numbers:
            self._numbers[array] = len(self.table)
            kind, *rest = array
            if isinstance(rest[0], bytes):
                self.held += rest
                rest = [len(rest[0])]
            self.table.append([kind, *rest])
        return self._numbers[array]


def _short(values: bytes) -> bytes | None:
    """Return float64 numbers as float32, None where these do not keep seven digits."""
    exact = np.frombuffer(values, "<f8")
    with np.errstate(over="ignore", under="ignore"):
        short = exact.astype("<f4")
    is_kept = np.allclose(short, exact, rtol=KEPT_RTOL, atol=0.0, equal_nan=True)
    return short.tobytes() if is_kept else None
