"""Separation in words: which level, which cell or which columns tell the responses apart without error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mixwidget.design.design import Design
from mixwidget.errors import Diagnostic, listed
from mixwidget.fit.fit import once
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.separation import Separation, separation

SHOWN = 3  # levels or columns in a sentence


@dataclass(frozen=True, slots=True)
class SeparatedCell:
    """A level of a factor, or a combination of levels of two, whose rows all have one outcome.

    Attributes
    ----------
    factors, levels : tuple of str
    rows : ndarray of bool, shape (n,)
    is_success : bool
        Whether that outcome is success.
    """

    factors: tuple[str, ...]
    levels: tuple[str, ...]
    rows: np.ndarray
    is_success: bool

    @property
    def text(self) -> str:
        """As a condition: ``f = 'a' and h = 'u'``."""
        return " and ".join(f"{f} = '{level}'" for f, level in zip(self.factors, self.levels, strict=True))


@once
def separated(fit: GeneralizedFit) -> Separation | None:
    """Return how the fixed effects separate the responses, None where they do not, or a prior keeps them finite."""
    model = fit.optimum.model
    return separation(model) if model.reach < np.inf else None


@once
def separation_finding(fit: GeneralizedFit) -> Diagnostic | None:
    """Return what separates the responses, and what to do; None where nothing does."""
    found = separated(fit)
    if found is None:
        return None
    names = [fit.design.x_names[i] for i in found.columns]
    cells = _covering(fit, found)
    message = f"{_cause(fit, found, names, cells)}: {_estimates(names)}"
    return Diagnostic("separation", "error", message, _remedy(fit, names, cells))


def _cause(fit: GeneralizedFit, found: Separation, names: Sequence[str], cells: Sequence[SeparatedCell]) -> str:
    if cells:
        told = [f"every row with {cell.text} {_outcome(fit, is_success=cell.is_success)}" for cell in cells[:SHOWN]]
        more = f" (and so on in {len(cells) - SHOWN} further cells)" if len(cells) > SHOWN else ""
        return f"{', and '.join(told)}{more}"
    telling = _but_intercept(names)
    tell = "tells" if len(telling) == 1 else "together tell"
    where = "" if found.is_complete else f" in {found.n_separated} of {found.n_rows} rows"
    return f"{_columns(telling)} {tell} {_apart(fit)} without error{where}"


def _but_intercept(names: Sequence[str]) -> Sequence[str]:
    return [name for name in names if name != "(Intercept)"] or names


def _apart(fit: GeneralizedFit) -> str:
    labels = fit.design.response
    if labels.kind == "binary":
        return f"'{labels.success}' from '{labels.failure}'"
    return "zeros from counts" if labels.kind == "counts" else "successes from failures"


def _outcome(fit: GeneralizedFit, *, is_success: bool) -> str:
    labels = fit.design.response
    if labels.kind == "binary":
        return f"is '{labels.success if is_success else labels.failure}'"
    if labels.kind == "counts":
        return "is zero"
    return f"has no {'failures' if is_success else 'successes'}"


def _estimates(names: Sequence[str]) -> str:
    return f"{_columns(names)} {'has' if len(names) == 1 else 'have'} no finite estimate"


def _columns(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"'{names[0]}'"
    shown = [f"'{name}'" for name in names]
    if len(shown) > SHOWN + 1:
        return f"{listed(names, SHOWN)}"
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _remedy(fit: GeneralizedFit, names: Sequence[str], cells: Sequence[SeparatedCell]) -> str:
    option = "fixef_prior='normal'" if fit.n_agq else "n_agq=1 with fixef_prior='normal'"
    prior = f"{option} makes {'it' if len(names) == 1 else 'them'} finite"
    factor, level = (cells[0].factors[0], cells[0].levels[0]) if cells else ("", "")
    if not cells:
        return f"{prior}, or take {_columns(_but_intercept(names))} out of the fixed effects"
    if len(cells[0].factors) > 1:
        return f"{prior}, or leave out the interaction of {' and '.join(map(repr, cells[0].factors))}"
    if len(fit.design.recipe.factors[factor].levels) > 2:
        return f"{prior}, or merge the level '{level}' of '{factor}' with another one"
    return f"{prior}, or take '{factor}' out of the fixed effects"


def _covering(fit: GeneralizedFit, found: Separation) -> list[SeparatedCell]:
    """Return the levels, or else the cells of two factors, that make up the separated rows; none if these do not."""
    known = _levels_of_rows(fit.design, fit.optimum.model.arrays.X)
    singles = [(label,) for label in known]
    for factors in (singles, list(combinations(known, 2))):
        cells = [cell for labels in factors for cell in _cells(fit, labels, known)]
        inside = [cell for cell in cells if found.rows[cell.rows].all()]
        if inside and np.array_equal(np.logical_or.reduce([cell.rows for cell in inside]), found.rows):
            return _least(inside)
    return []


def _least(cells: list[SeparatedCell]) -> list[SeparatedCell]:
    """Leave out cells whose rows are all in others: the first that are seen stay."""
    kept: list[SeparatedCell] = []
    seen = np.zeros_like(cells[0].rows)
    for cell in sorted(cells, key=lambda cell: -int(cell.rows.sum())):
        if (cell.rows & ~seen).any():
            kept.append(cell)
            seen |= cell.rows
    return kept


def _cells(fit: GeneralizedFit, labels: tuple[str, ...], known: dict[str, np.ndarray]) -> Iterator[SeparatedCell]:
    """Yield the combinations of levels in whose rows all outcomes are alike."""
    levels = [fit.design.recipe.factors[label].levels for label in labels]
    codes = np.ravel_multi_index([known[label] for label in labels], [len(names) for names in levels])
    y, most = fit.optimum.model.arrays.y, 1.0 if fit.family.distribution.support == "unit" else np.inf
    for code in np.unique(codes):
        rows = codes == code
        if (y[rows] == 0.0).all() or (y[rows] == most).all():
            at = np.unravel_index(int(code), [len(names) for names in levels])
            of_cell = tuple(names[int(i)] for names, i in zip(levels, at, strict=True))
            yield SeparatedCell(labels, of_cell, rows, bool(y[rows][0] > 0.0))


def _levels_of_rows(design: Design, X: np.ndarray) -> dict[str, np.ndarray]:
    """Return the codes of the factors that the fixed part has a term of its own for, read off its columns."""
    found: dict[str, np.ndarray] = {}
    for label, factor in design.recipe.factors.items():
        own = [
            (i, column.parts[0])
            for i, column in enumerate(design.recipe.fixed)
            if len(column.parts) == 1 and column.parts[0].label == label
        ]
        if not own:
            continue
        of_level = np.array([_values(part.weights, part.position, len(factor.levels)) for _, part in own]).T
        if len(np.unique(of_level, axis=0)) == len(of_level):
            distances = np.abs(X[:, [i for i, _ in own]][:, None, :] - of_level[None]).sum(axis=2)
            found[label] = distances.argmin(axis=1)
    return found


def _values(weights: np.ndarray | None, position: int, n_levels: int) -> np.ndarray:
    return np.eye(n_levels)[position] if weights is None else weights
