"""The fixed effects, row by row: what text, HTML and widgets show of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.inference.coefficients import coefficient_values
from mixwidget.inference.ddf import usual_ddf
from mixwidget.views.view import View, number


@dataclass(frozen=True, slots=True)
class CoefficientRow(View):
    """One fixed effect; df and p are None where they were not asked for."""

    name: str
    estimate: float | None
    se: float | None
    df: float | None
    statistic: float | None
    p: float | None


def rows_with_tests(fit: Fit, ddf: str = "") -> tuple[CoefficientRow, ...]:
    """Return the fixed effects with degrees of freedom and p values, Satterthwaite's unless others are asked for."""
    values = coefficient_values(fit, ddf or usual_ddf(fit)).tolist()
    return tuple(CoefficientRow(x, *map(number, row)) for x, row in zip(fit.design.x_names, values, strict=True))


def untested_rows(fit: Fit) -> tuple[CoefficientRow, ...]:
    """Return the fixed effects without df and p, which take long in large crossed models."""
    errors = np.sqrt(np.diagonal(fit.estimates.vcov)).tolist()
    rows = zip(fit.design.x_names, fit.estimates.beta.tolist(), errors, strict=True)
    return tuple(
        CoefficientRow(name, number(estimate), number(se), None, number(estimate / se) if se > 0 else None, None)
        for name, estimate, se in rows
    )
