"""The plane of two effects of a grouping factor (or the line of one): what of a pooling path is drawn there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.errors import OptionError, nearest
from mixwidget.fit.fit import Fit
from mixwidget.inference.pooling_path import PoolingPath, pooling_path

OPEN = 1e-6  # share of the larger of two directions in the plane above which the smaller one is open too


@dataclass(frozen=True, slots=True)
class ShrinkageRequest:
    """What is asked for.

    Attributes
    ----------
    group : str or None
        A grouping factor; the first by default.
    x_term, y_term : str or None
        Its effects on the axes; by default the first two, or the only one.
    """

    group: str | None = None
    x_term: str | None = None
    y_term: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PoolingPlane:
    """A pooling path in the plane of d = 2 effects, or on the line of d = 1.

    Attributes
    ----------
    path : PoolingPath
    shown : tuple of int
        The positions of the d effects among those of the factor.
    coef : ndarray, shape (T, d, J)
    own : ndarray, shape (d, J)
        Without pooling; NaN for levels whose rows determine no point, or none at a finite place.
    centre : ndarray, shape (T, d)
    covariance : ndarray, shape (T, d, d)
    open_levels : ndarray of int, shape (m,)
        Levels of which any point of a line fits the rows.
    open_lines : ndarray, shape (m, 3)
        a, b and c of these lines, ``a x + b y = c``.
    """

    path: PoolingPath
    shown: tuple[int, ...]
    coef: np.ndarray
    own: np.ndarray
    centre: np.ndarray
    covariance: np.ndarray
    open_levels: np.ndarray
    open_lines: np.ndarray

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the effects."""
        return tuple(self.path.columns[i] for i in self.shown)


def pooling_plane(fit: Fit, request: ShrinkageRequest) -> PoolingPlane:
    """Return the part of a pooling path that is drawn.

    Parameters
    ----------
    fit : Fit
    request : ShrinkageRequest

    Raises
    ------
    OptionError
        If there is no such grouping factor or effect, or both axes are the same.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy_incomplete")).fit
    >>> plane = pooling_plane(fit, ShrinkageRequest())
    >>> plane.own[:, 8].round(2).tolist()
    [263.03, -2.88]
    >>> fit.design.factors[0].levels[plane.open_levels[0]], plane.open_lines.round(2).tolist()
    ('373', [[1.0, 0.0, 245.0]])
    """
    factor = _factor(fit, request.group)
    path = pooling_path(fit, factor)
    group = fit.design.factors[factor].label
    shown = _effects(path.columns, group, request)
    coef = path.coef[:, shown]
    own = np.where(path.is_own[:, shown].all(axis=1), coef[-1], np.nan)
    levels, lines = _open(path, shown) if len(shown) == 2 else (np.zeros(0, dtype=int), np.zeros((0, 3)))
    covariance = path.covariance[:, shown][:, :, shown]
    return PoolingPlane(path, tuple(shown), coef, own, path.centre[:, shown], covariance, levels, lines)


def _factor(fit: Fit, group: str | None) -> int:
    labels = [factor.label for factor in fit.design.factors]
    if group is not None and group not in labels:
        raise OptionError(f"shrinkage: '{group}' is no grouping factor of this fit; {nearest(group, labels)}")
    return 0 if group is None else labels.index(group)


def _effects(columns: tuple[str, ...], group: str, request: ShrinkageRequest) -> list[int]:
    for name in (request.x_term, request.y_term):
        if name is not None and name not in columns:
            raise OptionError(f"shrinkage: '{name}' does not vary by '{group}'; {nearest(name, columns)}")
    taken = [columns.index(name) for name in (request.x_term, request.y_term) if name is not None]
    if len(taken) > len(set(taken)):
        raise OptionError(f"shrinkage: both axes are '{request.x_term}'; give two different effects of '{group}'")
    free = [i for i in range(len(columns)) if i not in taken]
    if request.x_term is None and request.y_term is not None:
        return [*free[:1], *taken]
    return [*taken, *free[: 2 - len(taken)]]


def _open(path: PoolingPath, shown: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the levels whose rows leave one direction of the plane open, and the line through their points."""
    sizes = np.maximum(np.sqrt(np.diagonal(path.covariance[path.middle])[shown]), np.finfo(float).tiny)
    directions = path.loose[:, shown] / sizes[:, None]
    left, values, _ = np.linalg.svd(directions, full_matrices=False)
    point = path.coef[-1][shown]
    is_line = (values[:, 0] > OPEN) & (values[:, 1] <= OPEN * values[:, 0]) & np.isfinite(point).all(axis=0)
    levels = np.flatnonzero(is_line)
    along = left[levels, :, 0] * sizes
    across = np.column_stack([along[:, 1], -along[:, 0]])
    largest = np.argmax(np.abs(across * sizes), axis=1)
    across = across / np.take_along_axis(across, largest[:, None], axis=1)
    return levels, np.column_stack([across, np.einsum("ij,ji->i", across, point[:, levels])])
