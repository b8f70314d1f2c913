"""The curves of the levels of a factor by three models: partial pooling, each level alone, all rows as one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.grid import grid_variables
from mixwidget.inference.binned_rows import Bin, binned_rows
from mixwidget.inference.curve_request import CurveRequest, covariates_of_effects, response_curves
from mixwidget.inference.response_curves import ResponseCurves
from mixwidget.inference.separate_curves import PlainCurves, pooled_curves, separate_curves
from mixwidget.inference.threshold import ThresholdRequest, threshold_table
from mixwidget.inference.threshold_places import nearest_crossings

USUAL_P = 0.5  # of a probability that is marked where none is asked for: the point of subjective equivalence
MOST_CELLS = 4  # levels of a factor that curves are shown by where nothing is asked for


@dataclass(frozen=True, slots=True, eq=False)
class CurveComparison:
    """Curves of levels by three models.

    Attributes
    ----------
    curves : ResponseCurves
        With partial pooling.
    separate, pooled : PlainCurves
    bins : list of Bin
    p : float or None
        The mean at which thresholds are.
    table : DataFrame
        One row for each curve: its cell and level; thresholds with limits, and those of the other models.
    """

    curves: ResponseCurves
    separate: PlainCurves
    pooled: PlainCurves
    bins: list[Bin]
    p: float | None
    table: pd.DataFrame

    @property
    def undetermined(self) -> list[str]:
        """The levels whose own rows do not determine a curve: too few, or with separated responses."""
        factor = self.curves.fit.design.factors[self.curves.factor or 0]
        lost = self.curves.level[~self.separate.is_known]
        return [factor.levels[level] for level in dict.fromkeys(lost.tolist())]


def compare_curves(fit: GeneralizedFit, request: CurveRequest, p: float | None, level: float) -> CurveComparison:
    """Return the curves of each level by three models, with their thresholds.

    Parameters
    ----------
    fit : GeneralizedFit
    request : CurveRequest
        Names that are left out are the first that will do.
    p : float or None
        Of the thresholds; one half unless given where the mean is a probability.
    level : float
        Of the intervals.
    """
    asked = _filled(fit, request)
    if p is None and fit.family.distribution.support == "unit":
        p = USUAL_P
    curves = response_curves(fit, asked, "curves")
    separate, pooled = separate_curves(curves), pooled_curves(curves)
    table = curves.labels
    if p is not None:
        found = threshold_table(fit, ThresholdRequest(asked, p, level=level))
        target = float(fit.family.link.linear(np.array([p]))[0])
        table = found[[*table.columns, "threshold", "lower", "upper"]].assign(
            separate=_nearest(separate, target), pooled=_nearest(pooled, target)
        )
    return CurveComparison(curves, separate, pooled, binned_rows(fit, curves), p, table)


def _nearest(plain: PlainCurves, target: float) -> list[float]:
    places = nearest_crossings(plain.curves, plain.scanned, plain.at, target)
    return [found[0] if found else np.nan for found in places]


def _filled(fit: GeneralizedFit, request: CurveRequest) -> CurveRequest:
    """Return a request with a predictor, a factor with few levels if there is one, and a grouping factor."""
    variables = grid_variables(fit)
    of, by = request.of, request.by
    if of is None:
        covariates = [name for name in covariates_of_effects(fit) if not variables[name].is_counted]
        of = covariates[0] if covariates else None
    if by is None:
        few = [name for name, one in variables.items() if one.is_counted and 1 < len(one.levels) <= MOST_CELLS]
        by = tuple(name for name in few if name != of and name not in (request.at or {}))[:1]
    group = fit.design.factors[0].label if request.group is None else request.group
    return replace(request, of=of, by=by, group=group)
