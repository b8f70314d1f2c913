"""The functions of the formula language that make, change or read factors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from mixwidget.dialect.arithmetic import numeric
from mixwidget.dialect.contrasts import CONTRAST_NAMES, coding_of, treatment_coding
from mixwidget.dialect.factorize import factor_of_numbers
from mixwidget.dialect.memory import Memory
from mixwidget.dialect.values import Coding, Factor, Matrix, as_factor, drop_unused_levels
from mixwidget.errors import DataError, OptionError
from mixwidget.formula.deparse import number_text


def factor(x: Any, levels: Any = None, labels: Any = None, ordered: Any = None, *, memory: Memory) -> Factor:
    """Return ``factor(x)``: the levels that occur, numbers in numeric order."""
    made = _factor(x)
    if levels is None:
        levels = memory.recall(lambda: drop_unused_levels_of(made).levels)
    made = recoded(made, tuple(_text(level) for level in _items(levels)))
    if labels is not None:
        texts = tuple(_text(label) for label in _items(labels))
        if len(texts) != len(made.levels):
            raise DataError(f"{len(texts)} labels for {len(made.levels)} levels")
        made = replace(made, levels=texts)
    is_ordered = made.is_ordered if ordered is None else bool(ordered)
    return replace(made, is_ordered=is_ordered, is_logical=False, coding=None)


def ordered(x: Any, levels: Any = None, labels: Any = None, *, memory: Memory) -> Factor:
    """Return ``ordered(x)``, which gets polynomial contrasts."""
    return factor(x, levels, labels, ordered=True, memory=memory)


def as_character(x: Any, *, memory: Memory) -> Factor:
    """Return ``as.character(x)``: in a model, a factor with sorted levels."""
    made = _factor(x)
    levels = memory.recall(lambda: tuple(sorted(drop_unused_levels_of(made).levels)))
    return replace(recoded(made, levels), is_ordered=False, is_logical=False, coding=None)


def droplevels(x: Any, *, memory: Memory) -> Factor:
    """Return ``droplevels(x)``."""
    made = _factor(x)
    return recoded(made, memory.recall(lambda: drop_unused_levels_of(made).levels))


def interaction(*factors: Any, sep: str = ".", lex_order: Any = False, drop: Any = False, memory: Memory) -> Factor:
    """Return ``interaction(a, b)``: levels ``a1.b1``, ``a2.b1``, ... (the first factor varies fastest)."""
    del drop  # levels that do not occur are dropped anyway
    made = [_factor(item) for item in factors]
    if not made:
        raise DataError("give one factor or more")
    codes, positions_of = _crossed(made, first_is_slowest=bool(lex_order))
    used = np.unique(codes[codes >= 0])
    names = [sep.join(made[i].levels[p] for i, p in enumerate(positions_of(int(code)))) for code in used]
    joint = Factor(np.where(codes < 0, -1, np.searchsorted(used, codes)).astype(np.int32), tuple(names))
    return recoded(joint, memory.recall(lambda: joint.levels))


def cut(
    x: Any,
    breaks: Any,
    labels: Any = None,
    include_lowest: Any = False,
    right: Any = True,
    dig_lab: float = 3,
    ordered_result: Any = False,
    *,
    memory: Memory,
) -> Factor:
    """Return ``cut(x, breaks)``: intervals as levels."""
    numbers = np.asarray(numeric(x))
    edges = np.asarray(memory.recall(lambda: _edges(numbers, breaks)))
    codes = np.searchsorted(edges, numbers, side="left" if right else "right") - 1
    if include_lowest:
        codes = np.where(numbers == (edges[0] if right else edges[-1]), 0 if right else len(edges) - 2, codes)
    inside = (codes >= 0) & (codes < len(edges) - 1) & ~np.isnan(numbers)
    names = _interval_names(edges, int(dig_lab), bool(right), bool(include_lowest))
    if labels is not None and labels is not False:
        names = tuple(_text(label) for label in _items(labels))
    return Factor(np.where(inside, codes, -1).astype(np.int32), names, is_ordered=bool(ordered_result))


def ifelse(test: Any, yes: Any, no: Any, *, memory: Memory) -> Any:
    """Return ``ifelse(test, yes, no)``; of texts, a factor with sorted levels."""
    holds = numeric(test)
    missing = np.isnan(holds)
    if not isinstance(yes, str) and not isinstance(no, str):
        return np.where(missing, np.nan, np.where(holds != 0, numeric(yes), numeric(no)))
    if not (isinstance(yes, str) and isinstance(no, str)):
        raise DataError("give two texts or two numbers")
    levels = memory.recall(lambda: tuple(sorted({yes, no})))
    codes = np.where(holds != 0, levels.index(yes), levels.index(no))
    return Factor(np.where(missing, -1, codes).astype(np.int32), levels)


def relevel(x: Any, ref: Any) -> Factor:
    """Return ``relevel(x, ref)``: `ref` becomes the first level."""
    made = _factor(x)
    name = _text(ref) if isinstance(ref, str) else made.levels[int(ref) - 1]
    if name not in made.levels:
        raise DataError(f"{name!r} is not a level; the levels are {', '.join(made.levels[:8])}")
    return recoded(made, (name, *(level for level in made.levels if level != name)))


def as_numeric(x: Any) -> Any:
    """Return ``as.numeric(x)``: of a factor, the positions of its levels from 1."""
    if isinstance(x, Factor) and not (x.is_logical or x.is_moment):
        return np.where(x.codes < 0, np.nan, x.codes + 1.0)
    return numeric(x)


def as_integer(x: Any) -> Any:
    """Return ``as.integer(x)``: towards zero."""
    return np.trunc(as_numeric(x))


def as_logical(x: Any) -> Any:
    """Return ``as.logical(x)``."""
    numbers = np.asarray(numeric(x))
    codes = np.where(np.isnan(numbers), -1, numbers != 0).astype(np.int32)
    return codes == 1 if (codes >= 0).all() else Factor(codes, ("FALSE", "TRUE"), is_logical=True)


def dummy(x: Any, level: Any = None) -> Any:
    """Return ``lme4::dummy(f, level)``: indicator columns for random terms of one level of a factor."""
    made = _factor(x)
    names = made.levels[1:] if level is None else tuple(_text(item) for item in _items(level))
    unknown = [name for name in names if name not in made.levels]
    if unknown:
        raise DataError(f"{unknown[0]!r} is not a level; the levels are {', '.join(made.levels[:8])}")
    positions = np.array([made.levels.index(name) for name in names], dtype=np.int32)
    values = (made.codes[:, None] == positions).astype(np.float64)
    values[made.codes < 0] = np.nan
    return values[:, 0] if len(names) == 1 else Matrix(values, names)


def with_contrasts(object: Any, contr: Any = None, how_many: Any = None, base: Any = None) -> Factor:  # noqa: A002  R's name
    """Return ``C(f, contr.sum)``: a factor with contrasts of its own."""
    made = drop_unused_levels_of(_factor(object))
    given = ("poly" if made.is_ordered else "treatment") if contr is None else contr
    if isinstance(given, ContrastFunction):  # R calls it with the number of levels, and so loses their names
        coding = given(float(len(made.levels)), base)
    elif base is not None:
        raise DataError("base= belongs to contr.treatment")
    else:
        coding = coding_of(given.values if isinstance(given, Matrix) else given, made.levels, "C()")
    if how_many is not None:
        n_columns = int(how_many)
        matrix = None if coding.matrix is None else coding.matrix[:, :n_columns]
        coding = Coding(coding.names[:n_columns], matrix, coding.positions[:n_columns])
    return replace(made, coding=coding)


def levels(x: Any) -> tuple[str, ...]:
    """Return ``levels(f)``."""
    return _factor(x).levels


@dataclass(frozen=True, slots=True)
class ContrastFunction:
    """``contr.sum`` and the like: called with a number of levels or their names, gives their coding."""

    name: str

    def __call__(self, n: Any, base: Any = None) -> Coding:
        """Return the coding of `n` levels."""
        items = _items(n)
        texts = tuple(str(i + 1) for i in range(int(n))) if len(items) == 1 else tuple(map(_text, items))
        if base is None:
            return coding_of(self.name, texts, f"contr.{self.name}")
        if self.name != "treatment" or not 1 <= base <= len(texts):
            raise OptionError("base= is the position of a level and belongs to contr.treatment")
        return treatment_coding(texts, int(base) - 1)


CONTRAST_FUNCTIONS = {f"contr.{name}": ContrastFunction(name) for name in CONTRAST_NAMES}


def recoded(made: Factor, levels: tuple[str, ...]) -> Factor:
    """Return the factor with other levels; values that are not among them become missing and are listed."""
    if made.levels == levels:
        return made
    position = {level: i for i, level in enumerate(levels)}
    mapping = np.array([position.get(level, -1) for level in made.levels] + [-1], dtype=np.int32)
    occurring = np.unique(made.codes[made.codes >= 0]).tolist()
    lost = tuple(made.levels[code] for code in occurring if mapping[code] < 0)
    return replace(made, codes=mapping[made.codes], levels=levels, coding=None, unknown=(*made.unknown, *lost))


def drop_unused_levels_of(made: Factor) -> Factor:
    """Return the factor with the levels that occur; missing values are allowed."""
    present = made.codes[made.codes >= 0]
    kept, dropped = drop_unused_levels(replace(made, codes=present))
    return recoded(made, kept.levels) if dropped else made


def _crossed(made: list[Factor], *, first_is_slowest: bool) -> tuple[np.ndarray, Callable[[int], list[int]]]:
    order = list(range(len(made))) if first_is_slowest else list(range(len(made)))[::-1]
    codes = np.zeros(len(made[0].codes), dtype=np.int64)
    missing = np.zeros(len(codes), dtype=bool)
    for i in order:
        codes = codes * len(made[i].levels) + made[i].codes
        missing |= made[i].codes < 0

    def positions(code: int) -> list[int]:
        found = [0] * len(made)
        for i in reversed(order):
            code, found[i] = divmod(code, len(made[i].levels))
        return found

    return np.where(missing, -1, codes), positions


def _factor(x: Any) -> Factor:
    if isinstance(x, np.ndarray):
        converted = as_factor(x)
        return converted if isinstance(converted, Factor) else factor_of_numbers(x)
    if isinstance(x, Factor):
        return x
    raise DataError("a column is expected")


def _items(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else number_text(float(value))


def _edges(numbers: np.ndarray, breaks: Any) -> list[float]:
    if isinstance(breaks, tuple):
        return sorted(float(edge) for edge in breaks)
    n_intervals = int(breaks)
    if n_intervals < 2:
        raise DataError("give two intervals or more")
    low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
    edges = np.linspace(low, high, n_intervals + 1)
    margin = (high - low) / 1000
    edges[0], edges[-1] = low - margin, high + margin
    return edges.tolist()


def _interval_names(edges: np.ndarray, digits: int, right: bool, include_lowest: bool) -> tuple[str, ...]:
    n_digits, texts = digits, _rounded_texts(edges, digits)
    while len(set(texts)) < len(texts) and n_digits < 12:
        n_digits += 1
        texts = _rounded_texts(edges, n_digits)
    opening, closing = ("(", "]") if right else ("[", ")")
    names = [f"{opening}{low},{high}{closing}" for low, high in pairwise(texts)]
    if include_lowest and right:
        names[0] = "[" + names[0][1:]
    elif include_lowest:
        names[-1] = names[-1][:-1] + "]"
    return tuple(names)


def _rounded_texts(numbers: np.ndarray, digits: int) -> list[str]:
    return [number_text(float(f"{number:.{digits}g}")) for number in numbers]
