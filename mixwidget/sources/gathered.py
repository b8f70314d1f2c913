"""What stateful functions of a formula find in all rows, found batch by batch."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.dialect.arithmetic import numeric
from mixwidget.dialect.functions import FUNCTIONS
from mixwidget.dialect.group_means import group_texts
from mixwidget.dialect.memory import Memory
from mixwidget.dialect.values import Factor
from mixwidget.errors import DataError
from mixwidget.sources.gathered_bases import MOST_VALUES, OfPolynomials, OfQuantiles
from mixwidget.sources.gathering import Gathering
from mixwidget.sources.moments import Moments


class OfMoments(Gathering):
    """Means, standard deviations and what follows from them."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.moments = Moments()
        self.given: Mapping[str, Any] = {}

    def add(self, given: Mapping[str, Any]) -> None:
        """Add a batch."""
        self.given = given
        self.moments.add(np.asarray(numeric(given["x"]), dtype=np.float64))

    def keep(self, memory: Memory) -> None:
        """Put what was found where the function looks for it."""
        found = self.moments
        values: dict[str, Callable[[], Any]] = {
            "mean": lambda: float(found.mean),
            "sum": lambda: float(found.mean * found.n),
            "length": lambda: found.n_rows,
            "var": lambda: float(found.squares / (found.n - 1)),
            "sd": lambda: float(np.sqrt(found.squares / (found.n - 1))),
        }
        memory.recall(values.get(self.name, self._location))

    def _location(self) -> tuple[Any, Any]:
        """Return what ``scale()`` subtracts and divides by."""
        found, center, scale = self.moments, self.given.get("center", True), self.given.get("scale", True)
        if self.name == "center":
            scale = False
        shift = found.mean if center is True else 0.0 if center is False else numeric(center)
        if scale is not True:
            return shift, 1.0 if scale is False else numeric(scale)
        width = np.sqrt((found.squares + found.n * (found.mean - shift) ** 2) / (found.n - 1))
        if not np.all(width > 0):
            raise DataError("a constant column cannot be scaled")
        return shift, width


class OfRange(Gathering):
    """Functions that look at the smallest and the largest value only."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.low, self.high = np.inf, -np.inf
        self.given: Mapping[str, Any] = {}

    def add(self, given: Mapping[str, Any]) -> None:
        """Add a batch."""
        self.given = given
        x = np.asarray(numeric(given["x"]), dtype=np.float64)
        if not np.isnan(x).all():
            self.low, self.high = min(self.low, float(np.nanmin(x))), max(self.high, float(np.nanmax(x)))

    def keep(self, memory: Memory) -> None:
        """Put what was found where the function looks for it."""
        FUNCTIONS[self.name].function(**{**self.given, "x": np.array([self.low, self.high])}, memory=memory)


class OfGroups(Gathering):
    """Means by group."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.sums = pd.DataFrame({"sum": [], "n": []}, dtype=float)

    def add(self, given: Mapping[str, Any]) -> None:
        """Add a batch."""
        x = pd.Series(np.asarray(numeric(given["x"]), dtype=np.float64))
        by = group_texts(given["by"]) if given.get("by") else pd.Series("", index=x.index)
        found = x.groupby(by).agg(["sum", "count"]).set_axis(["sum", "n"], axis=1)
        self.sums = self.sums.add(found, fill_value=0.0) if len(self.sums) else found
        self.is_grouped = bool(given.get("by"))

    def keep(self, memory: Memory) -> None:
        """Put what was found where the function looks for it."""
        means = self.sums["sum"] / self.sums["n"]
        memory.recall(lambda: means if self.is_grouped else float(means.iloc[0]))


class OfDifferent(Gathering):
    """Functions of which the outcome follows from the different combinations of their arguments."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.rows: pd.DataFrame | None = None
        self.given: Mapping[str, Any] = {}

    def add(self, given: Mapping[str, Any]) -> None:
        """Add a batch."""
        self.given = given
        columns = {f"{name} {i}": _plain(value) for name, i, value in _columns(given)}
        found = pd.DataFrame(columns).drop_duplicates()
        rows = found if self.rows is None else pd.concat([self.rows, found]).drop_duplicates()
        self.rows = rows
        if len(rows) > MOST_VALUES:
            raise DataError(f"more than {MOST_VALUES:,} different values, too many for levels; make the column first")

    def keep(self, memory: Memory) -> None:
        """Put what was found where the function looks for it."""
        rows = pd.DataFrame() if self.rows is None else self.rows
        small = {f"{name} {i}": _like(value, rows[f"{name} {i}"].to_numpy()) for name, i, value in _columns(self.given)}
        positional: list[Any] = []
        named: dict[str, Any] = {}
        for name, value in self.given.items():
            if isinstance(value, tuple) and any(_is_column(item) for item in value):
                positional += [small.get(f"{name} {i}", item) for i, item in enumerate(value)]
            else:
                named[name] = small.get(f"{name} 0", value)
        FUNCTIONS[self.name].function(*positional, **named, memory=memory)


def _is_column(value: Any) -> bool:
    return isinstance(value, Factor | np.ndarray)


def _columns(given: Mapping[str, Any]) -> list[tuple[str, int, Any]]:
    """Return the arguments that have a value for each row."""
    items = [(name, value if isinstance(value, tuple) else (value,)) for name, value in given.items()]
    return [(name, i, item) for name, group in items for i, item in enumerate(group) if _is_column(item)]


def _plain(value: Any) -> np.ndarray:
    return value.codes if isinstance(value, Factor) else value


def _like(value: Any, rows: np.ndarray) -> Any:
    return replace(value, codes=rows.astype(np.int32)) if isinstance(value, Factor) else rows


def gathering(name: str, given: Mapping[str, Any]) -> Gathering | None:
    """Return what a call of a stateful function needs, None where it needs nothing of the rows.

    Parameters
    ----------
    name : str
        Of the function.
    given : mapping
        Its arguments on the first batch, by the names of the parameters.
    """
    if name in ("bs", "ns"):
        return OfRange(name) if given.get("knots") is not None or given.get("df") is None else OfQuantiles(name)
    if name == "poly" and given.get("raw") not in (None, False):
        return None
    return _KINDS[name](name)


def by_name(name: str, positional: list[Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call by the names of the function's parameters."""
    bound = inspect.signature(FUNCTIONS[name].function).bind_partial(*positional, **named)
    return dict(bound.arguments)


_KINDS: dict[str, Callable[[str], Gathering]] = {
    **dict.fromkeys(("scale", "center", "mean", "sd", "var", "sum", "length"), OfMoments),
    **dict.fromkeys(("min", "max", "cut"), OfRange),
    "median": OfQuantiles,
    "poly": OfPolynomials,
    "ave": OfGroups,
    **dict.fromkeys(
        (
            "factor",
            "as.factor",
            "ordered",
            "as.ordered",
            "as.character",
            "droplevels",
            "interaction",
            "ifelse",
        ),
        OfDifferent,
    ),
}
