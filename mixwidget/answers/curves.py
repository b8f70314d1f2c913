"""`fit.curves`: the curve of each level by three models, their thresholds, and the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mixwidget.answers.answer import Answer
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.curve_comparison import CurveComparison, compare_curves
from mixwidget.inference.curve_request import CurveRequest
from mixwidget.views.curves import curves_view, mean_word
from mixwidget.views.looks import curves_look

if TYPE_CHECKING:
    from mixwidget.plots.picture import Picture


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Curves(Answer):
    """Curves of levels; `.plot()` draws them.

    Attributes
    ----------
    fit : GeneralizedFit
    comparison : CurveComparison
    """

    fit: GeneralizedFit
    comparison: CurveComparison

    def plot(self) -> Picture:
        """Return a picture: a panel for each level, of many for twelve from the lowest curve to the highest."""
        from mixwidget.plots.curves import curves_chart
        from mixwidget.plots.picture import Picture

        return Picture(curves_chart(curves_view(self.fit, self.comparison, self.sentence)))


def curves(fit: GeneralizedFit, request: CurveRequest, p: float | None, level: float) -> Curves:
    """Return the curves of all levels by three models."""
    found = compare_curves(fit, request, p, level)
    group = fit.design.factors[found.curves.factor or 0].label
    look = curves_look(found.curves.of, group, mean_word(fit), found.p, level)
    return Curves(
        title=look.caption,
        sentence=_sentence(fit, found, group),
        frame=found.table,
        look=look,
        fit=fit,
        comparison=found,
    )


def _sentence(fit: GeneralizedFit, found: CurveComparison, group: str) -> str:
    """Say how far apart thresholds are, and how much farther without partial pooling."""
    n_levels = len(np.unique(found.curves.level))
    if found.p is None or not np.isfinite(found.table["threshold"]).any():
        return f"The curves of {n_levels} levels of {group} along {found.curves.of}"
    table, what = found.table, mean_word(fit)
    places = table["threshold"].to_numpy(dtype=float)
    low, high = (table.iloc[int(find(places))] for find in (np.nanargmin, np.nanargmax))
    return (
        f"A {what} of {found.p:.4g} is reached at {found.curves.of} = {low['threshold']:.3g} ({group} {low[group]}) "
        f"to {high['threshold']:.3g} ({group} {high[group]})"
    )
