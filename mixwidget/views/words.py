"""What the equation and the report of a fit say, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.likelihood import likelihood
from mixwidget.fit.varcorr import varcorr
from mixwidget.inference.coefficients import coefficient_table
from mixwidget.inference.singularity import is_singular


@dataclass(frozen=True, slots=True)
class RandomTermView:
    """One random-effects term; the correlations are rows of the lower triangle."""

    group: str
    n_levels: int
    columns: tuple[str, ...]
    sd: tuple[float, ...]
    correlations: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class EffectView:
    """One coefficient with its test and 95 % interval."""

    name: str
    estimate: float
    se: float
    df: float
    statistic: float
    p: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class WordsView:
    """A fit in the pieces from which sentences are made."""

    response: str
    n_rows: int
    reml: bool
    fixed: tuple[EffectView, ...]
    terms: tuple[RandomTermView, ...]
    sigma: float
    r2_marginal: float
    r2_conditional: float
    is_singular: bool
    has_weights: bool
    has_offset: bool
    version: str


def words_view(fit: Fit, r2: Any, limits: Any, version: str) -> WordsView:
    """Return the pieces of a fit.

    Parameters
    ----------
    fit : Fit
    r2 : Series
        marginal and conditional.
    limits : DataFrame
        Two columns, the 95 % limits of the coefficients.
    version : str
        Of the package.
    """
    design = fit.design
    table = coefficient_table(fit, "satterthwaite")
    effects = tuple(
        EffectView(
            name=str(name),
            estimate=float(row["estimate"]),
            se=float(row["se"]),
            df=float(row["df"]),
            statistic=float(row["statistic"]),
            p=float(row["p"]),
            lower=float(low),
            upper=float(high),
        )
        for (name, row), (low, high) in zip(table.iterrows(), np.asarray(limits), strict=True)
    )
    return WordsView(
        response=design.formula.response,
        n_rows=likelihood(fit).nobs,
        reml=fit.reml,
        fixed=effects,
        terms=tuple(
            RandomTermView(
                term.group,
                design.ngroups[term.group],
                tuple(term.columns),
                tuple(float(value) for value in term.sd),
                tuple(tuple(float(v) for v in term.corr[i, :i]) for i in range(len(term.columns))),
            )
            for term in varcorr(fit).terms
        ),
        sigma=fit.estimates.sigma,
        r2_marginal=float(r2["marginal"]),
        r2_conditional=float(r2["conditional"]),
        is_singular=is_singular(fit),
        has_weights=design.recipe.has_weights,
        has_offset=design.recipe.has_offset,
        version=version,
    )
