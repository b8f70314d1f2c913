"""The line of each level of a grouping factor by three models, beside the average: what is drawn through its rows.

A line belongs to some rows: those of a level, or of a level and a colour. It is the linear predictor, averaged over
these rows, as the predictor goes through its values, and the mean response there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.fit.estimability import PredictorRows, is_estimable
from mixwidget.fit.fit import Fit
from mixwidget.fit.plain_glm import Glm
from mixwidget.fit.ranef import term_modes
from mixwidget.inference.line_scale import LineNumbers, LineScale, line_scale
from mixwidget.inference.lines_request import LinesAsked, LinesRequest, lines_asked
from mixwidget.inference.mean_rows import Groups, MeanRows, groups_of
from mixwidget.inference.plain_models import level_models, plain_columns, pooled_model
from mixwidget.inference.shown_levels import ShownLevels, shown_levels


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of the levels of a grouping factor, on the scale of the response.

    Attributes
    ----------
    fit : Fit
    asked : LinesAsked
    shown : ShownLevels
        The levels that have lines: all, unless they are very many.
    level, cell : ndarray of int, shape (m,)
        Of each line: the position of its level in the factor, and of its colour, -1 if lines have none.
    groups : Groups
        The rows of each line.
    places : ndarray, shape (t,)
        The values of x; positions of the levels of a factor.
    model, own : ndarray, shape (m, t)
        By the mixed model, and by a model of the rows of the level alone; NaN where nothing determines them.
    pooled, average : ndarray, shape (n_cells, t)
        By a model of all rows as one, and by the fixed effects of the mixed model: one line, or one for each colour.
    reach : ndarray, shape (m, 2)
        Least and largest x of the rows of each line.
    numbers : LineNumbers or None
        None where x is no number.
    """

    fit: Fit
    asked: LinesAsked
    shown: ShownLevels
    level: np.ndarray
    cell: np.ndarray
    groups: Groups
    places: np.ndarray
    model: np.ndarray
    own: np.ndarray
    pooled: np.ndarray
    average: np.ndarray
    reach: np.ndarray
    numbers: LineNumbers | None

    @property
    def levels(self) -> np.ndarray:
        """The positions of the levels that have lines, ascending, shape (n_shown,)."""
        return self.shown.levels

    @property
    def x(self) -> np.ndarray:
        """The predictor on the rows of the fit, zeros without one, shape (n,)."""
        return _predictor(self.fit, self.asked)

    @property
    def undetermined(self) -> np.ndarray:
        """The levels whose own rows determine no line, as positions in the factor."""
        return np.unique(self.level[np.isnan(self.own).all(axis=1)])


def level_lines(fit: Fit, request: LinesRequest, shown: ShownLevels | None = None) -> Lines:
    """Return the line of each level.

    Parameters
    ----------
    fit : Fit
    request : LinesRequest
    shown : ShownLevels, optional
        Of which levels; where it is not given, of as many as a browser draws.

    Raises
    ------
    OptionError, DataError
        If a name is not known, or the data have changed since the fit.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).fit
    >>> found = level_lines(fit, LinesRequest())
    >>> found.own[8].round(1).tolist(), found.model[8].round(1).tolist()
    ([263.0, 237.1], [251.1, 248.5])
    """
    asked = lines_asked(fit, request)
    rows = line_rows(fit, asked, shown)
    mine, all_rows = rows.scale.rows
    beta = fit.estimates.beta
    model = fixed_part(fit, mine, beta) + random_part(fit, asked.factor, mine, rows.level, term_modes(fit))
    own = _own(fit, asked.factor, mine, rows.level)
    n_cells = len(rows.everybody.starts)
    pooled = _plain(fit, asked.factor, all_rows, [pooled_model(fit, asked.factor)] * n_cells)
    x, groups, scale = _predictor(fit, asked)[rows.groups.order], rows.groups, rows.scale
    return Lines(
        fit=fit,
        asked=asked,
        shown=rows.shown,
        level=rows.level,
        cell=rows.cell,
        groups=groups,
        places=scale.places,
        model=scale.means(model),
        own=scale.means(own),
        pooled=scale.means(pooled),
        average=scale.means(fixed_part(fit, all_rows, beta)),
        reach=np.column_stack([of.reduceat(x, groups.starts) for of in (np.minimum, np.maximum)]),
        numbers=None if asked.x is None or asked.x.is_factor else scale.numbers(model, own),
    )


@dataclass(frozen=True, slots=True, eq=False)
class LineRows:
    """The rows of each line, and where along x they are looked at.

    Attributes
    ----------
    shown : ShownLevels
    level, cell : ndarray of int, shape (m,)
        As in `Lines`.
    groups, everybody : Groups
        The rows of each line, and all rows (of each colour, where the model has it).
    scale : LineScale
        With the averaged rows of both.
    """

    shown: ShownLevels
    level: np.ndarray
    cell: np.ndarray
    groups: Groups
    everybody: Groups
    scale: LineScale


def line_rows(fit: Fit, asked: LinesAsked, shown: ShownLevels | None = None) -> LineRows:
    """Return the rows of the lines that are asked for."""
    shown = shown or shown_levels(fit, asked.factor, asked.seed)
    groups, level, cell = _lines(fit, asked, shown.levels)
    everybody = groups_of(_colours(fit, asked) if asked.is_coloured_by_model else np.zeros(fit.rows.n, dtype=int))
    return LineRows(shown, level, cell, groups, everybody, line_scale(fit, asked, [groups, everybody]))


def _predictor(fit: Fit, asked: LinesAsked) -> np.ndarray:
    return np.zeros(fit.rows.n) if asked.x is None else asked.x.values


def _colours(fit: Fit, asked: LinesAsked) -> np.ndarray:
    return np.zeros(fit.rows.n, dtype=int) if asked.colour is None else asked.colour.values.astype(int)


def _lines(fit: Fit, asked: LinesAsked, levels: np.ndarray) -> tuple[Groups, np.ndarray, np.ndarray]:
    """Return the rows of each line, its level and its colour, -1 where colours are those of the rows alone."""
    codes = fit.rows.codes[asked.factor]
    apart = asked.is_coloured_by_model or asked.is_coloured_by_level
    colour = _colours(fit, asked) if apart else np.zeros(fit.rows.n, dtype=int)
    n_colours = int(colour.max()) + 1
    pairs, place = np.unique(codes * n_colours + colour, return_inverse=True)
    is_shown = np.isin(pairs // n_colours, levels)
    position = np.where(is_shown, np.cumsum(is_shown) - 1, -1)
    level, cell = pairs[is_shown] // n_colours, pairs[is_shown] % n_colours
    return groups_of(position[place]), level, cell if apart else np.full(len(cell), -1)


def fixed_part(fit: Fit, rows: MeanRows, beta: np.ndarray) -> np.ndarray:
    """Return the linear predictors without random effects, shape (t, m), NaN where the data determine none."""
    eta = rows.X @ beta + rows.offset
    if not fit.design.recipe.dropped:
        return eta
    flat = PredictorRows(
        rows.X.reshape(-1, rows.X.shape[2]), rows.dropped.reshape(-1, rows.dropped.shape[2]), rows.offset.ravel()
    )
    return np.where(is_estimable(fit.design, flat, np.abs(flat.dropped)).reshape(eta.shape), eta, np.nan)


def random_part(
    fit: Fit, factor: int, rows: MeanRows, level: np.ndarray, modes_of_terms: Sequence[np.ndarray]
) -> np.ndarray:
    """Return what the random effects of the levels add, shape (t, m); those of other factors are at their mean."""
    total = np.zeros(rows.offset.shape)
    for term, z, modes in zip(fit.design.terms, rows.z, modes_of_terms, strict=True):
        if term.factor == factor:
            total += np.einsum("tmk,km->tm", z, modes[:, level])
    return total


def _own(fit: Fit, factor: int, rows: MeanRows, level: np.ndarray) -> np.ndarray:
    levels = np.unique(level)
    models = level_models(fit, factor, levels.tolist())
    return _plain(fit, factor, rows, [models[i] for i in np.searchsorted(levels, level).tolist()])


def _plain(fit: Fit, factor: int, rows: MeanRows, models: Sequence[Glm]) -> np.ndarray:
    """Return the linear predictors of a plain model for each line, shape (t, m), NaN where it determines none."""
    columns = plain_columns(fit, factor, rows.X, rows.z)
    found = [model.predictor(columns[:, i]) for i, model in enumerate(models)]
    return rows.offset + np.column_stack(found)
