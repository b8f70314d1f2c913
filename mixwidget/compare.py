"""Several fits side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from mixwidget.inference.compare import Comparison as Ratios
from mixwidget.inference.compare import compare_fits
from mixwidget.report.comparison_html import comparison_html
from mixwidget.report.text import comparison_text
from mixwidget.views.comparison import ComparisonView, comparison_view


@dataclass(frozen=True, eq=False)
class Comparison:
    """Likelihood-ratio table and estimates of several fits; text in a terminal, a table in a notebook."""

    fits: Mapping[str, Any]
    ratios: Ratios

    @cached_property
    def view(self) -> ComparisonView:
        """The comparison as plain data."""
        return comparison_view(self.ratios, self.fits)

    def to_frame(self) -> pd.DataFrame:
        """Return the likelihood-ratio table: npar, AIC, BIC, logLik, deviance, Chisq, Df, Pr(>Chisq)."""
        rows = self.ratios.rows
        columns = {
            "npar": [row.npar for row in rows],
            "AIC": [row.aic for row in rows],
            "BIC": [row.bic for row in rows],
            "logLik": [row.loglik for row in rows],
            "deviance": [row.deviance for row in rows],
            "Chisq": [row.chisq for row in rows],
            "Df": [row.df for row in rows],
            "Pr(>Chisq)": [row.p for row in rows],
        }
        return pd.DataFrame(columns, index=[row.name for row in rows]).astype({"Chisq": float, "Df": float})

    def __str__(self) -> str:
        return comparison_text(self.view)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return comparison_html(self.view)


def compare(*fits: Any, **named: Any) -> Comparison:
    """Compare fits of the same response, as ``lme4::anova(m1, m2)``.

    Parameters
    ----------
    *fits : LmerModel
        Or one mapping of names to fits.
    **named : LmerModel
        Fits with names of their own.

    Raises
    ------
    DataError
        If there are fewer than two fits, or if they are not of the same rows and response.

    Examples
    --------
    >>> import mixwidget as mw
    >>> sleep = mw.load_dataset("sleepstudy")
    >>> one = mw.lmer("Reaction ~ Days + (1 | Subject)", sleep)
    >>> two = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep)
    >>> mw.compare(one, two).to_frame()["Chisq"].round(4).tolist()
    [nan, 42.8368]
    """
    if len(fits) == 1 and isinstance(fits[0], Mapping):
        collected = dict(fits[0])
    else:
        collected = {f"model {i}": fit for i, fit in enumerate(fits, start=1)}
    collected.update(named)
    return Comparison(collected, compare_fits(collected, refit_ml=lambda fit: fit.refit_ml()))
