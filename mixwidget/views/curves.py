"""The curves of levels as plain data: lines by three models, mean responses, thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.curve_comparison import CurveComparison
from mixwidget.views.view import View

MOST_PANELS = 12
COLOURED = 2  # cells that share a panel, each in a colour; more have panels of their own
N_PLACES = 41  # points of a line in a panel of 190 pixels


@dataclass(frozen=True, slots=True)
class CurvePoint(View):
    """A point of a line.

    Attributes
    ----------
    panel, cell : str
    kind : str
        "partial", "separate" or "pooled".
    x, y : float
    """

    panel: str
    cell: str
    kind: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class MeanPoint(View):
    """The mean response of some rows, and the number of their trials."""

    panel: str
    cell: str
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class ThresholdMark(View):
    """A threshold on its curve, with its interval as far as it lies in the picture."""

    panel: str
    cell: str
    x: float
    lower: float
    upper: float
    y: float


@dataclass(frozen=True, slots=True)
class CurvesView(View):
    """A picture of curves.

    Attributes
    ----------
    title : str
        What is found.
    words : tuple of str
        What is left out, or cannot be drawn.
    formula : str
    x, y : str
        Titles of the axes.
    panels, cells : tuple of str
    is_probability : bool
    lines : tuple of CurvePoint
    means : tuple of MeanPoint
    thresholds : tuple of ThresholdMark
    """

    title: str
    words: tuple[str, ...]
    formula: str
    x: str
    y: str
    panels: tuple[str, ...]
    cells: tuple[str, ...]
    is_probability: bool
    lines: tuple[CurvePoint, ...]
    means: tuple[MeanPoint, ...]
    thresholds: tuple[ThresholdMark, ...]


def curves_view(fit: GeneralizedFit, found: CurveComparison, title: str) -> CurvesView:
    """Return what is drawn of curves: all levels, or so many that the extremes are among them."""
    curves = found.curves
    names = tuple(", ".join(map(str, row)) for row in curves.cells.itertuples(index=False, name=None))
    is_shared = len(names) <= COLOURED
    shown = _shown(found, 1 if is_shared else int(np.bincount(curves.level).max()))
    levels = fit.design.factors[curves.factor or 0].levels
    panel = {
        i: levels[curves.level[i]] if is_shared else f"{levels[curves.level[i]]}, {names[curves.cell[i]]}"
        for i in shown
    }
    cell = {i: names[curves.cell[i]] if is_shared else "" for i in shown}
    return CurvesView(
        title=title,
        words=tuple(_words(fit, found, shown)),
        formula=fit.design.formula.text,
        x=curves.of,
        y=f"{mean_word(fit)} of {fit.design.formula.response}",
        panels=tuple(dict.fromkeys(panel.values())),
        cells=names if is_shared else ("",),
        is_probability=fit.family.distribution.support == "unit",
        lines=tuple(CurvePoint(panel[i], cell[i], kind, x, y) for kind, i, x, y in _lines(fit, found, shown)),
        means=tuple(
            MeanPoint(panel[one.curve], cell[one.curve], one.x, one.mean, one.size)
            for one in found.bins
            if one.curve in panel
        ),
        thresholds=tuple(ThresholdMark(panel[i], cell[i], *place) for i, place in _marks(found, shown)),
    )


def mean_word(fit: GeneralizedFit) -> str:
    """Return what the mean of a response is called."""
    return "probability" if fit.family.distribution.support == "unit" else "mean"


def _shown(found: CurveComparison, n_panels: int) -> list[int]:
    """Return the curves of the levels that are drawn: of many those at equal steps in their order, with both ends.

    Parameters
    ----------
    found : CurveComparison
    n_panels : int
        Of a level.
    """
    curves = found.curves
    levels, first = np.unique(curves.level, return_index=True)
    heights = curves.scanned(np.array([curves.predictor.mean]))[0][first]
    order = levels[np.argsort(heights, kind="stable")]
    most = min(max(1, MOST_PANELS // n_panels), len(order))
    chosen = order[np.unique(np.linspace(0, len(order) - 1, most).round().astype(int))]
    return np.flatnonzero(np.isin(curves.level, chosen)).tolist()


def _lines(fit: GeneralizedFit, found: CurveComparison, shown: list[int]) -> Iterator[tuple[str, int, float, float]]:
    """Yield kind, curve and places of all lines, each within the values that its own rows have."""
    curves, link = found.curves, fit.family.link
    x = np.linspace(curves.low, curves.high, N_PLACES)
    kinds = {"pooled": found.pooled.scanned(x), "separate": found.separate.scanned(x), "partial": curves.scanned(x)}
    for kind, eta in kinds.items():
        with np.errstate(all="ignore"):  # a predictor out of range has no mean, and is not drawn
            means = link.means(eta).mu
        for i in shown:
            places = np.flatnonzero(np.isfinite(means[:, i]))
            yield from ((kind, i, float(x[j]), float(means[j, i])) for j in places)


def _marks(found: CurveComparison, shown: list[int]) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
    if found.p is None:
        return
    low, high = found.curves.low, found.curves.high
    for i in shown:
        at, lower, upper = (float(found.table[name].iloc[i]) for name in ("threshold", "lower", "upper"))
        if low <= at <= high:
            yield i, (at, max(lower, low), min(upper, high), found.p)


def _words(fit: GeneralizedFit, found: CurveComparison, shown: list[int]) -> Iterator[str]:
    curves = found.curves
    factor = fit.design.factors[curves.factor or 0]
    n_shown, n_levels = len(np.unique(curves.level[shown])), len(np.unique(curves.level))
    if n_shown < n_levels:
        yield f"{n_shown} of {n_levels} levels of {factor.label} are drawn, from the lowest to the highest."
    alone = found.undetermined
    if alone:
        listed = ", ".join(alone[:5]) + (" and others" if len(alone) > 5 else "")
        yield f"No model of {listed} alone: their responses are separated, all the same, or too few."
    if curves.held:
        yield f"Held: {', '.join(f'{name} = {value:.4g}' for name, value in curves.held.items())}."
    if curves.averaged:
        yield f"Averaged over the levels of {', '.join(curves.averaged)}."
