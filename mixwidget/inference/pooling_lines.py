"""The line of each level at each stop from complete to no pooling: what is drawn beside the plane of its effects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.inference.lines import LineRows, fixed_part, line_rows, random_part
from mixwidget.inference.lines_request import LinesRequest, lines_asked
from mixwidget.inference.pooling_plane import PoolingPlane
from mixwidget.inference.pooling_stop import terms_of

N_EFFECTS = 2  # of a plane
NOTHING = 1e-9  # share of the largest value below which what is left of a line is rounding
MOST_NUMBERS = 110_000  # as many as a page takes in 16 bits for the plane of 3,000 levels, and repaints at once


@dataclass(frozen=True, slots=True, eq=False)
class PoolingLines:
    """Lines along a pooling path, those that `level_lines` gives where nothing is asked for but the group.

    Attributes
    ----------
    x : str
        The predictor.
    by : ndarray, shape (2, m, t)
        What the two effects of a level are multiplied by; zeros where lines are no sums of them.
    rest : ndarray, shape (T, m, t)
        What is to be added at each stop, on the scale of the response; NaN where a level has no line.
    average : ndarray, shape (T, t)
        The line of the fixed effects alone.
    """

    x: str
    by: np.ndarray
    rest: np.ndarray
    average: np.ndarray


def pooling_lines(fit: Fit, plane: PoolingPlane) -> PoolingLines | None:
    """Return the lines of the levels along the path of a plane.

    None of one effect alone, without a predictor, or where lines are too many to move.

    Parameters
    ----------
    fit : Fit
    plane : PoolingPlane

    Examples
    --------
    >>> import mixwidget as mw
    >>> from mixwidget.inference.pooling_plane import ShrinkageRequest, pooling_plane
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).fit
    >>> found = pooling_lines(fit, pooling_plane(fit, ShrinkageRequest()))
    >>> found.by[:, 8].tolist(), bool(found.rest.any())
    ([[1.0, 1.0], [0.0, 9.0]], False)
    """
    path = plane.path
    factor = fit.design.factors[path.factor]
    asked = lines_asked(fit, LinesRequest(group=factor.label))
    if asked.x is None or len(plane.shown) < N_EFFECTS:
        return None
    rows = line_rows(fit, asked)
    n_lines, n_places = len(rows.level), len(rows.scale.places)
    # without a colour each level has one line
    if n_lines < len(factor.levels) or len(path.place) * n_lines * n_places > MOST_NUMBERS:
        return None
    stops = list(_stops(fit, plane, rows))
    model, average = np.array([lines for lines, _ in stops]), np.array([line for _, line in stops])
    by = np.zeros((N_EFFECTS, n_lines, n_places)) if rows.scale.has_bent_link else _by(fit, plane, rows)
    rest = model - np.einsum("imt,sim->smt", by, plane.coef)
    is_nothing = np.abs(rest) <= NOTHING * np.nanmax(np.abs(model))
    return PoolingLines(asked.x.name, by, np.where(is_nothing, 0.0, rest), average)


def _by(fit: Fit, plane: PoolingPlane, rows: LineRows) -> np.ndarray:
    """Return the columns of the two effects along each line, shape (2, m, t)."""
    z = np.concatenate([rows.scale.rows[0].z[i] for i in terms_of(fit, plane.path.factor)], axis=2)
    return z[:, :, list(plane.shown)].transpose(2, 1, 0)


def _stops(fit: Fit, plane: PoolingPlane, rows: LineRows) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the lines of the levels, shape (m, t), and the average, shape (t,), at each stop."""
    path, (mine, all_rows) = plane.path, rows.scale.rows
    for beta, coef, centre in zip(path.beta, path.coef, path.centre, strict=True):
        modes = _modes(fit, path.factor, coef - centre[:, None])
        model = fixed_part(fit, mine, beta) + random_part(fit, path.factor, mine, rows.level, modes)
        yield rows.scale.means(model), rows.scale.means(fixed_part(fit, all_rows, beta))[0]


def _modes(fit: Fit, factor: int, modes: np.ndarray) -> list[np.ndarray]:
    """Return the modes of a factor's effects, shape (K, J), term by term; those of other terms are not looked at."""
    ends = np.cumsum([len(term.columns) if term.factor == factor else 0 for term in fit.design.terms])
    return np.split(modes, ends[:-1])
