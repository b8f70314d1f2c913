"""Marginal means and their contrasts on the scale of the response, as ``type = "response"`` of package emmeans.

Means are averaged on the scale of the link, where the model is linear, and mapped through it, limits too. Differences
of log-odds become odds ratios, those of logarithms ratios; tests stay those of the differences.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError
from mixwidget.fit.estimability import PredictorRows
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit

SCALES = ("link", "response")
RATIO_COLUMNS = {"logit": "odds.ratio", "log": "ratio"}
R_NAMES = {"lower.CL": "asymp.LCL", "upper.CL": "asymp.UCL", "t.ratio": "z.ratio"}
SUMS_TO_ZERO = 1e-8  # of the weights of a difference


@dataclass(frozen=True, slots=True, eq=False)
class ResponseScale:
    """The scale of a table of means.

    Attributes
    ----------
    fit : Fit
    kind : {"link", "response"}
    """

    fit: Fit
    kind: str

    @property
    def link(self) -> str:
        """The name of a link that is no identity; empty where link and response have one scale."""
        name = self.fit.family.link.name if isinstance(self.fit, GeneralizedFit) else "identity"
        return "" if name == "identity" else name

    @property
    def is_mapped(self) -> bool:
        """Whether means are mapped through the link."""
        return self.kind == "response" and self.link != ""

    @property
    def mean_column(self) -> str:
        """What the column of means is called, as by emmeans."""
        if not self.is_mapped or not isinstance(self.fit, GeneralizedFit):
            return "emmean"
        return {"binomial": "prob", "poisson": "rate"}.get(self.fit.family.distribution.name, "response")

    def means(self, table: pd.DataFrame, name: str) -> pd.DataFrame:
        """Return means with their limits on this scale, the column `name` under its own name there."""
        if not self.is_mapped or not isinstance(self.fit, GeneralizedFit):
            return table
        eta = table[name].to_numpy(dtype=float)
        ends = np.array([self._mean(table[end].to_numpy(dtype=float)) for end in ("lower.CL", "upper.CL")])
        mapped = table.assign(
            **{name: self._mean(eta), "SE": np.abs(self._slope(eta)) * table["SE"]},
            **{"lower.CL": ends.min(axis=0), "upper.CL": ends.max(axis=0)},  # links may be decreasing
        )
        return mapped.rename(columns={name: self.mean_column})

    def has_ratios(self, weights: np.ndarray) -> bool:
        """Whether all combinations, shape (m, n), are differences that become ratios."""
        are_differences = np.abs(weights.sum(axis=1)) <= SUMS_TO_ZERO * np.abs(weights).sum(axis=1)
        return self.is_mapped and self.link in RATIO_COLUMNS and bool(are_differences.all())

    def ratios(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return differences as ratios, with standard errors by the delta method."""
        ratio = np.exp(table["estimate"])
        mapped = table.assign(
            estimate=ratio,
            SE=table["SE"] * ratio,
            **{end: np.exp(table[end]) for end in ("lower.CL", "upper.CL")},
        )
        return mapped.rename(columns={"estimate": RATIO_COLUMNS[self.link]})

    def slopes(self, high: PredictorRows, low: PredictorRows, step: float) -> PredictorRows:
        """Return rows whose combinations with the fixed effects are slopes of the mean, with their gradients as rows.

        Parameters
        ----------
        high, low : PredictorRows
            Points a step apart.
        step : float
        """
        if not self.is_mapped:
            rows = ((high.kept - low.kept) / step, (high.dropped - low.dropped) / step)
            return PredictorRows(*rows, (high.offset - low.offset) / step)
        beta = self.fit.estimates.beta
        etas = [rows.kept @ beta + rows.offset for rows in (high, low)]
        up, down = (self._slope(eta)[:, None] for eta in etas)
        kept, dropped = (up * high.kept - down * low.kept) / step, (up * high.dropped - down * low.dropped) / step
        values = (self._mean(etas[0]) - self._mean(etas[1])) / step
        return PredictorRows(kept, dropped, values - kept @ beta)

    def named(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with emmeans' names of normal limits and tests, where they are normal by nature."""
        return table.rename(columns=R_NAMES) if isinstance(self.fit, GeneralizedFit) else table

    def notes(self, *, contrasts: bool, has_ratios: bool, has_slopes: bool) -> list[str]:
        """Return what is said about the scale under a table."""
        if not self.link:
            return []
        if not self.is_mapped:
            return [f"On the {self.link} scale, not that of the response."]
        if has_slopes:
            return ["Slopes of the mean, at random effects of zero."]
        if not contrasts:
            return [f"Back-transformed from the {self.link} scale; for a level whose random effects are zero."]
        if has_ratios:
            scale = "log odds ratio" if self.link == "logit" else "log"
            return [f"Back-transformed from the {scale} scale, on which the tests are."]
        return [f"The contrasts are still on the {self.link} scale: they are no differences that become ratios there."]

    def _mean(self, eta: np.ndarray) -> np.ndarray:
        link = _linked(self.fit).family.link
        with np.errstate(all="ignore"):  # limits that leave the range are those of the range
            return link.means(np.maximum(eta, 0.0) if link.positive else eta).mu

    def _slope(self, eta: np.ndarray) -> np.ndarray:
        link = _linked(self.fit).family.link
        with np.errstate(all="ignore"):
            return link.slope(link.means(eta))


def scale_of(fit: Fit, kind: str, who: str) -> ResponseScale:
    """Return the scale of a name.

    Raises
    ------
    OptionError
        If the name is not known.
    """
    if kind not in SCALES:
        raise OptionError(f"{who}: type={kind!r} is not known; choose 'link' or 'response'")
    return ResponseScale(fit, kind)


def _linked(fit: Fit) -> GeneralizedFit:
    """Return a fit as the one with a link that it is known to be."""
    if not isinstance(fit, GeneralizedFit):
        raise TypeError(f"a generalized model is needed here, not a {type(fit).__name__}")
    return fit
