"""Levels between their own estimates and the average, and the slider along that way, as raw bytes and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.row_summaries import level_sizes
from mixwidget.inference.pooling_lines import pooling_lines
from mixwidget.inference.pooling_plane import PoolingPlane, ShrinkageRequest, pooling_plane
from mixwidget.inference.pooling_stop import columns_of
from mixwidget.views.arrays import Floats, floats
from mixwidget.views.caterpillar import CONF_LEVELS, packed
from mixwidget.views.labels import labels_of
from mixwidget.views.link_words import method_word
from mixwidget.views.packed_path import PackedPath, coded_path, packed_path
from mixwidget.views.shrinkage_words import EffectWords, PoolingWords, effect_words, pooling_words
from mixwidget.views.view import View

MOST_LINES = 12  # of levels without a point of their own; more would fill the plane
REACH = 4.0  # own estimates farther from the middle than this many times the rest's half-width lie outside the picture


@dataclass(frozen=True, slots=True)
class Contour(View):
    """How far, in standard deviations, the part of the Gaussian reaches that holds a share of the levels."""

    label: str
    radius: float


@dataclass(frozen=True, slots=True)
class OpenLine(View):
    """A level whose rows fit equally well anywhere on the line ``a x + b y = c``, and the words beside it."""

    level: int
    a: float
    b: float
    c: float
    words: str
    short: str


@dataclass(frozen=True, slots=True)
class GroupEffects(View):
    """A grouping factor and its effects, of which two (or the only one) can be on the axes."""

    group: str
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinePath(View):
    """The lines of the levels at each stop of the slider, as `LinesView` has them at the estimate.

    Attributes
    ----------
    x : str
        The predictor.
    n_lines, n_places : int
        Lines, one for each level, and the places along x where they are known.
    by : Floats
        What the effects of the levels are multiplied by, shape (2, lines, places).
    rest : PackedPath
        What is added at each stop, shape (stops, 1, lines times places).
    average : Floats
        By the fixed effects alone, shape (stops, places).
    """

    x: str
    n_lines: int
    n_places: int
    by: Floats
    rest: PackedPath
    average: Floats


@dataclass(frozen=True, slots=True)
class ShrinkageView(View):
    """The levels of one grouping factor in the plane of two effects (d = 2) or on the line of one (d = 1).

    Attributes
    ----------
    group, level_word : str
        The factor, and what one of its levels is called.
    n_levels, n_stops : int
    middle : int
        The stop of the slider at the estimate; the first is complete pooling, the last none.
    effects : tuple of EffectWords
        One for each axis.
    choices : tuple of GroupEffects
        What could be shown.
    method : str
        ``"REML"``, ``"ML"``, ``"Laplace"``: what is lowest at the estimate.
    size : bytes
        Little-endian float64: rows of each level.
    own : bytes
        Little-endian float64, shape (d, levels): estimates without pooling; NaN where there are none. Empty beside the
        grid of a path, which holds them.
    coef : PackedPath
        Coefficients of the levels at each stop.
    centre : bytes
        Little-endian float64, shape (stops, d): the average level; NaN where there is none.
    spread : bytes
        Little-endian float64, shape (stops, 3): lower triangle (11, 21, 22) whose product with its transpose is the
        covariance matrix; for d = 1 the first is the standard deviation. NaN where the spread is unlimited.
    contours : tuple of Contour
        The widest first.
    scale : bytes
        Little-endian float64, shape (stops,): the multiple of the estimated spread relative to sigma.
    rise : bytes
        Little-endian float64, shape (stops,): the criterion above that of the estimate; infinite where it has no end.
    fine_place, fine_rise : bytes
        Little-endian float64: the same for a smooth curve, over the place from 0 to 1 on the slider.
    ranges : tuple of tuple of float
        Least and largest value of each axis.
    lines : tuple of OpenLine
    line_path : LinePath or None
        None of one effect, without a predictor, or where lines are too many to move.
    words : PoolingWords
    """

    group: str
    level_word: str
    n_levels: int
    n_stops: int
    middle: int
    effects: tuple[EffectWords, ...]
    choices: tuple[GroupEffects, ...]
    method: str
    size: bytes
    own: bytes
    coef: PackedPath
    centre: bytes
    spread: bytes
    contours: tuple[Contour, ...]
    scale: bytes
    rise: bytes
    fine_place: bytes
    fine_rise: bytes
    ranges: tuple[tuple[float, float], ...]
    lines: tuple[OpenLine, ...]
    line_path: LinePath | None
    words: PoolingWords


def shrinkage_view(fit: Fit, request: ShrinkageRequest) -> ShrinkageView:
    """Return what is drawn of the levels of a grouping factor between complete and no pooling.

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
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).fit
    >>> view = shrinkage_view(fit, ShrinkageRequest())
    >>> view.words.stops[view.middle]
    'Standard deviations 24.7 ms for (Intercept) and 5.92 ms per day for Days: the estimate. REML is lowest here.'
    """
    plane = pooling_plane(fit, request)
    path = plane.path
    lowest = path.criterion[path.middle]
    group, size = fit.design.factors[path.factor], level_sizes(fit)[path.factor]
    contours = _contours(len(plane.shown))
    ranges = _ranges(plane, contours[0].radius)
    return ShrinkageView(
        group=group.label,
        level_word=labels_of(fit).word(group.label),
        n_levels=len(group.levels),
        n_stops=len(path.place),
        middle=path.middle,
        effects=effect_words(fit, plane),
        choices=tuple(GroupEffects(one.label, columns_of(fit, i)) for i, one in enumerate(fit.design.factors)),
        method=method_word(fit),
        size=packed(size),
        own=packed(plane.own),
        coef=packed_path(plane.coef),
        centre=packed(plane.centre),
        spread=packed(_triangles(plane.covariance)),
        contours=contours,
        scale=packed(path.scale),
        rise=packed(path.criterion - lowest),
        fine_place=packed(path.fine_place),
        fine_rise=packed(path.fine_criterion - lowest),
        ranges=ranges,
        lines=_lines(fit, plane, size),
        line_path=_line_path(fit, plane),
        words=pooling_words(fit, plane, ranges),
    )


def _contours(d: int) -> tuple[Contour, ...]:
    """Return the radii of 95, 80 and 50 %: of a normal distribution, or of one in the plane (Rayleigh quantiles)."""
    shares = [level / 100 for level in reversed(CONF_LEVELS)]
    radii = [
        float(np.sqrt(-2.0 * np.log1p(-share))) if d == 2 else NormalDist().inv_cdf(0.5 + share / 2) for share in shares
    ]
    return tuple(Contour(f"{100 * share:.0f} %", radius) for share, radius in zip(shares, radii, strict=True))


def _triangles(covariance: np.ndarray) -> np.ndarray:
    """Return 11, 21 and 22 of the lower triangular roots of covariance matrices, shape (T, 3); singular ones too."""
    first = np.sqrt(covariance[:, 0, 0])
    if covariance.shape[1] == 1:
        return np.column_stack([first, np.zeros((len(first), 2))])
    with np.errstate(invalid="ignore", divide="ignore"):
        cross = np.where(first > 0.0, covariance[:, 0, 1] / first, np.where(np.isnan(first), np.nan, 0.0))
        rest = np.sqrt(np.maximum(covariance[:, 1, 1] - cross**2, 0.0))
    return np.column_stack([first, cross, rest])


def _ranges(plane: PoolingPlane, radius: float) -> tuple[tuple[float, float], ...]:
    """Return axes that hold the estimates, the widest contour of the Gaussian, and own estimates that are not far."""
    middle = plane.path.middle
    sd = np.sqrt(np.diagonal(plane.covariance[middle]))
    found = []
    for i in range(len(plane.shown)):
        near = np.concatenate([plane.coef[middle, i], plane.centre[middle, i] + radius * sd[i] * np.array([-1.0, 1.0])])
        low, high = float(near.min()), float(near.max())
        half, mid = 0.5 * (high - low), 0.5 * (high + low)
        own = plane.own[i][np.isfinite(plane.own).all(axis=0)]
        own = own[np.abs(own - mid) <= REACH * half]
        low, high = min([low, *own.tolist()]), max([high, *own.tolist()])
        pad = 0.05 * (high - low) or 0.5 * abs(high) or 0.5
        found.append((low - pad, high + pad))
    return tuple(found)


def _lines(fit: Fit, plane: PoolingPlane, size: np.ndarray) -> tuple[OpenLine, ...]:
    if len(plane.open_levels) > MOST_LINES:
        return ()
    names, lines = fit.design.factors[plane.path.factor].levels, []
    for level, (a, b, c) in zip(plane.open_levels.tolist(), plane.open_lines.tolist(), strict=True):
        rows = "one row" if size[level] == 1 else f"{size[level]} rows"
        short = f"{names[level]}: {rows}"
        lines.append(OpenLine(level, a, b, c, f"{short}, all on this line fit", short))
    return tuple(lines)


def _line_path(fit: Fit, plane: PoolingPlane) -> LinePath | None:
    lines = pooling_lines(fit, plane)
    if lines is None:
        return None
    n_stops, n_lines, n_places = lines.rest.shape
    rest = coded_path(lines.rest.reshape(n_stops, 1, -1), each_stop=False)
    return LinePath(lines.x, n_lines, n_places, floats(lines.by), rest, floats(lines.average))
