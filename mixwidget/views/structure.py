"""Which structures the data allow: the slopes that vary within levels, the factors, their pairs, the fixed terms."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from mixwidget.design.design import Design
from mixwidget.fit.fit import Fit
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.views.factor_pairs import PairOption, pair_option
from mixwidget.views.formula_sum import backticked, split_at, sum_terms
from mixwidget.views.partition import (
    Partition,
    SortedRows,
    are_same,
    interaction,
    levels_with_variation,
    partition,
    sorted_rows,
)
from mixwidget.views.view import View

MIN_CANDIDATE_LEVELS = 5  # fewer levels say too little about a variance to be proposed unasked
MAX_FACTORS = 5
MIN_COLUMNS, MAX_COLUMNS = 16, 100  # further columns on offer: people search in them by name
MAX_CELLS = 1_000_000  # rows times further columns: for each of them it is asked whether it varies within levels
MAX_CODED_LEVELS = 12  # a text column with more levels is no fixed effect that anybody wants by a click


@dataclass(frozen=True, slots=True)
class SlopeOption(View):
    """A slope that may vary by a grouping factor.

    Attributes
    ----------
    name : str
        The label of the fixed term.
    allowed : bool
        Whether it varies within the levels.
    reason : str
        Why not; or, if it is allowed, in how many levels it varies.
    """

    name: str
    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class FactorOption(View):
    """A grouping factor that is in the model or may come into it.

    Attributes
    ----------
    written : str
        Its bar terms as they were typed where `|`, `||` and `1` do not say the same, else empty.
    """

    name: str
    allowed: bool
    reason: str
    n_levels: int
    slopes: tuple[SlopeOption, ...]
    written: str


@dataclass(frozen=True, slots=True)
class FixedOption(View):
    """A fixed term that is in the model or may come into it.

    Attributes
    ----------
    within : tuple of str
        The interactions that contain it.
    """

    name: str
    allowed: bool
    reason: str
    within: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StructureView(View):
    """What the structure picker offers.

    Attributes
    ----------
    has_reml : bool
        Whether there is a choice between REML and ML.
    """

    response: str
    has_reml: bool
    fixed: tuple[FixedOption, ...]
    factors: tuple[FactorOption, ...]
    pairs: tuple[PairOption, ...]


def structure_view(fit: Fit, frame: pd.DataFrame) -> StructureView:
    """Return the structures that the data of a fit allow.

    Parameters
    ----------
    fit : Fit
        The first one.
    frame : DataFrame
        The rows that are fitted, with all columns of the data.
    """
    design = fit.design
    frame = frame[[name for name in frame.columns if _can_be_compared(frame[name])]]
    values = _term_values(fit, frame)
    atoms, candidates = _atoms(fit, frame)
    found = {**atoms, **candidates}
    most = fit.n if fit.has_sigma else None  # random effects that a residual can be told from
    columns = {name: partition(name, frame[name]) for name in _categorical_columns(frame)}
    pairs: list[PairOption] = []
    cells: dict[str, Partition] = {}
    for first, second in combinations(found.values(), 2):
        inner, outer, label = _roles(design, first, second)
        cells[label] = interaction(label, inner, outer)
        others = {name: other for name, other in columns.items() if name not in (inner.name, outer.name)}
        pairs.append(pair_option(inner, outer, cells[label], others))
    offered = _without_copies(candidates, cells)
    pairs = [pair for pair in pairs if all(name in atoms or name in offered for name in (pair.a, pair.b))]
    cells = {pair.groups[2]: cells[pair.groups[2]] for pair in pairs if _is_told_apart(design, pair)}
    groups = {**atoms, **offered, **cells}
    factors = tuple(_factor(design, group, values, most) for group in groups.values())
    return StructureView(design.formula.response, isinstance(fit, LinearFit), _fixed(values), factors, tuple(pairs))


def _can_be_compared(column: pd.Series) -> bool:
    """Whether a column holds what a formula can use: lists have no levels, complex numbers no order."""
    if column.dtype != object:
        return column.dtype.kind != "c"
    try:
        column.map(hash)
    except TypeError:
        return False
    return True


def _is_told_apart(design: Design, pair: PairOption) -> bool:
    """Whether the interaction of a pair has levels of its own, or is in the formula anyway."""
    return len(pair.choices) > 2 or any(factor.label == pair.groups[2] for factor in design.factors)


def _term_values(fit: Fit, frame: pd.DataFrame) -> dict[str, tuple[np.ndarray, str]]:
    """Return the columns of each fixed term on offer, and why it cannot be chosen, if so."""
    design = fit.design
    values = {label: (fit.rows.X[:, list(columns)], "") for label, columns in design.x_assign if label != "(Intercept)"}
    used = _used_names(design, frame)
    most = max(MIN_COLUMNS, min(MAX_COLUMNS, MAX_CELLS // len(frame)))
    for name in [name for name in frame.columns if str(name) not in used][:most]:
        column = frame[name]
        is_numeric = pd.api.types.is_numeric_dtype(column)
        n_levels = column.nunique(dropna=True)
        if n_levels < 2 or (not is_numeric and n_levels > MAX_CODED_LEVELS):
            continue
        missing = int(column.isna().sum())
        reason = f"{missing} missing values: the models would not be on the same rows" if missing else ""
        coded = column.to_numpy(dtype=float) if is_numeric else pd.factorize(column)[0].astype(float)
        values[backticked(str(name))] = (coded, reason)
    return values


def _used_names(design: Design, frame: pd.DataFrame) -> set[str]:
    """Return the columns that the formula uses, in whatever way."""
    text = design.formula.text
    for sign in "~+*:|/()^,-":
        text = text.replace(sign, " ")
    words = {word.strip("`") for word in text.split()}
    quoted = {str(name) for name in frame.columns if f"`{name}`" in design.formula.text}
    return words | quoted


def _categorical_columns(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]


def _atoms(fit: Fit, frame: pd.DataFrame) -> tuple[dict[str, Partition], dict[str, Partition]]:
    """Return the single grouping factors of the formula, and those among the other columns."""
    design = fit.design
    fitted = {
        factor.label: Partition(factor.label, codes, len(factor.levels))
        for factor, codes in zip(design.factors, fit.rows.codes, strict=True)
    }
    atoms: dict[str, Partition] = {}
    for term in design.formula.random:
        for part in term.grouping.parts:
            if part in fitted:
                atoms[part] = fitted[part]
            elif part.strip("`") in frame.columns:
                atoms[part] = partition(part, frame[part.strip("`")])
        if not any(part in atoms for part in term.grouping.parts):
            atoms[term.grouping.label] = fitted[term.grouping.label]
    used = _used_names(design, frame)
    candidates = {
        backticked(name): partition(backticked(name), frame[name])
        for name in _categorical_columns(frame)
        if name not in used and not frame[name].isna().any() and not _is_ordered(frame[name])
    }
    kept = [group for group in candidates.values() if MIN_CANDIDATE_LEVELS <= group.n_levels < len(frame)]
    return atoms, {group.name: group for group in kept[: max(0, MAX_FACTORS - len(atoms))]}


def _is_ordered(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.CategoricalDtype) and bool(column.dtype.ordered)


def _roles(design: Design, first: Partition, second: Partition) -> tuple[Partition, Partition, str]:
    """Return inner factor, outer factor and the label of their interaction, as the formula has them if it does."""
    for term in design.formula.random:
        if set(term.grouping.parts) == {first.name, second.name}:
            inner, outer = (first, second) if term.grouping.parts[0] == first.name else (second, first)
            return inner, outer, term.grouping.label
    inner, outer = (first, second) if first.n_levels < second.n_levels else (second, first)
    return inner, outer, f"{inner.name}:{outer.name}"


def _without_copies(candidates: dict[str, Partition], cells: dict[str, Partition]) -> dict[str, Partition]:
    """Drop candidates that only repeat the combinations of two factors; the pair's text names them."""
    kept: dict[str, Partition] = {}
    for name, group in candidates.items():
        others = [cell for cell in cells.values() if name not in cell.name.split(":")]
        if not any(are_same(cell, group) for cell in others):
            kept[name] = group
    return kept


def _fixed(values: dict[str, tuple[np.ndarray, str]]) -> tuple[FixedOption, ...]:
    parts = {label: frozenset(split_at(label, ":")) for label in values}
    return tuple(
        FixedOption(label, not reason, reason, tuple(other for other in values if parts[label] < parts[other]))
        for label, (_, reason) in values.items()
    )


def _factor(
    design: Design, group: Partition, values: dict[str, tuple[np.ndarray, str]], most: int | None
) -> FactorOption:
    reason = ""
    if group.n_levels < 2:
        reason = f"{group.name} has one level only"
    elif most is not None and group.n_levels >= most:
        reason = f"{group.name} has a level for each row and cannot be told from the residual"
    rows = sorted_rows(group)
    slopes = tuple(_slope(label, columns, group, rows, most) for label, (columns, why) in values.items() if not why)
    return FactorOption(group.name, not reason, reason, group.n_levels, slopes, _written(design, group.name))


def _slope(label: str, columns: np.ndarray, group: Partition, rows: SortedRows, most: int | None) -> SlopeOption:
    varying = levels_with_variation(columns, rows)
    width = columns.shape[1] if columns.ndim > 1 else 1
    if varying == 0:
        return SlopeOption(label, False, f"constant within every level of {group.name}")
    effects = group.n_levels * (width + 1)
    if most is not None and effects >= most:
        return SlopeOption(label, False, f"{effects:,} random effects for {most:,} rows")
    return SlopeOption(label, True, f"varies in {varying:,} of {group.n_levels:,} levels of {group.name}")


def _written(design: Design, label: str) -> str:
    """Return the bar terms of a factor as typed unless one of the picker's forms says the same."""
    terms = [term for term in design.formula.random if term.grouping.label == label]
    known = {name for name, _ in design.x_assign}
    parsed = [sum_terms(term.columns) for term in terms]
    if len(terms) <= 1 and all(sums is not None and set(sums[1]) <= known for sums in parsed):
        return ""
    return " + ".join(f"({term.columns} {'|' if term.correlated else '||'} {label})" for term in terms)
