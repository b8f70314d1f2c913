"""What is said under a table of marginal means: what was averaged over, and which adjustment its numbers have."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from mixwidget.fit.grid import Grid
from mixwidget.inference.adjustment import Family, limits_method, settled
from mixwidget.inference.ddf import DDF_NAMES
from mixwidget.inference.means_request import MeansRequest
from mixwidget.inference.response_scale import ResponseScale

FINE = 1e-6  # standard errors of probabilities below this need no mention


@dataclass(slots=True, eq=False)
class MeansNotes:
    """Collects, group after group, how the numbers of a table were made."""

    request: MeansRequest
    grid: Grid
    averaged: tuple[str, ...]
    by: tuple[str, ...]
    scale: ResponseScale
    is_slope: bool = False
    has_ratios: bool = False
    methods: dict[str, list[str]] = field(default_factory=dict)  # each adjustment with the families it was used for
    errors: list[float] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def settled(self, adjust: str, family: Family, *, is_pairwise: bool) -> str:
        """Return the adjustment of a family, and remember it."""
        used = settled(adjust, is_pairwise)
        if family.n_tests < 2:
            used = "none"
        if used != adjust and used == "sidak":
            self.changed.append(adjust)
        self.methods.setdefault(used, []).append(_family(used, family))
        if used == "mvt":
            self.errors.append(family.largest.error)
        return used

    def attached(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the table with ``attrs``: adjust, family, adjust_limits, level, ddf, weights, notes and more."""
        adjust = next((name for name in self.methods if name != "none"), "none")
        families = list(dict.fromkeys(self.methods.get(adjust, [])))
        family = " or ".join(families) if adjust != "none" else ""
        table.attrs = {
            "adjust": adjust,
            "adjust_limits": limits_method(adjust),
            "family": family,
            "level": self.request.level,
            "ddf": self.request.ddf,
            "weights": self.request.weights,
            "averaged_over": list(self.averaged),
            "by": list(self.by),
            "contrasts": self.request.contrasts is not None,
            "nesting": {name: list(parents) for name, parents in self.grid.nesting.items()},
        }
        table.attrs["notes"] = list(self._notes(table, adjust, family))
        return table

    def _notes(self, table: pd.DataFrame, adjust: str, family: str) -> list[str]:
        found: list[str] = []
        if self.grid.nesting:
            nested = ", ".join(f"{name} in {' and '.join(above)}" for name, above in self.grid.nesting.items())
            found.append(f"Nested factors: {nested}; the means are over the combinations that occur.")
        if self.averaged:
            weights = "" if self.request.weights == "equal" else f" (weights: {self.request.weights})"
            found.append(f"Averaged over the levels of {', '.join(self.averaged)}{weights}.")
        how = DDF_NAMES[self.request.ddf]
        found.append(f"Tests and limits with {how}. Confidence level: {self.request.level:g}.")
        has_contrasts = self.request.contrasts is not None
        found += self.scale.notes(contrasts=has_contrasts, has_ratios=self.has_ratios, has_slopes=self.is_slope)
        if self.changed:
            found.append(f"'{self.changed[0]}' was changed to 'sidak': it is for one set of pairwise comparisons.")
        if adjust != "none":
            each = f", for each {' and '.join(self.by)}" if self.by else ""
            what = "Limits" if self.request.contrasts is None else "p values"
            found.append(f"{what} adjusted: {adjust} method for {family}{each}.")
            if limits_method(adjust) != adjust:
                found.append(f"Limits adjusted: {limits_method(adjust)}, as {adjust} has none.")
        if self.errors and max(self.errors) > FINE:
            found.append(f"The probabilities of mvt have a standard error of about {max(self.errors):.0e}.")
        if table.iloc[:, -1].isna().any():
            found.append("NaN: not estimable, it needs combinations of levels without data.")
        return found


def _family(adjust: str, family: Family) -> str:
    """Return what the tests that are adjusted together are, as emmeans counts them."""
    if adjust == "tukey":
        return f"comparing a family of {family.n_means} estimates"
    if adjust == "scheffe":
        return f"functions of rank {family.rank}"
    return f"{family.n_tests} tests"
