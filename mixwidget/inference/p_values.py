"""Every p value of the fixed effects side by side: z, Satterthwaite, Kenward-Roger, likelihood ratio, bootstrap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.errors import ProblemTooLargeError
from mixwidget.fit.fit import Fit
from mixwidget.fit.likelihood import likelihood
from mixwidget.fit.linear_fit import LinearFit, as_linear
from mixwidget.fit.refit import solve_again
from mixwidget.fit.responses import fit_responses
from mixwidget.fit.submodel import with_columns
from mixwidget.inference.coefficients import coefficient_table
from mixwidget.inference.confint import ml_solution
from mixwidget.inference.criterion_errors import check_errors, note_of
from mixwidget.inference.interrupts import Progress, finished
from mixwidget.inference.replicates import batch_size, drawn_together
from mixwidget.inference.tails import chi2_tail

CHUNK = 100


@dataclass(frozen=True, slots=True)
class NullDraws:
    """How often a response is drawn without each coefficient, and by what; see `LmerModel.p_values`."""

    n: int
    generator: np.random.Generator


def p_value_table(fit: Fit, draws: NullDraws | None, progress: Progress | None = None) -> pd.DataFrame:
    """Return estimate and p values by z, satterthwaite, kenward-roger, lrt and bootstrap, one row a coefficient.

    The second and third, and the last, are of linear models.

    Parameters
    ----------
    fit : Fit
    draws : NullDraws or None
        Bootstrap replicates for each coefficient; None leaves the column out.
    progress : callable, optional

    Notes
    -----
    The likelihood ratio compares maximum-likelihood fits with and without the column; the parametric bootstrap draws
    from the fit without it and counts how often the ratio is as large (Halekoh & Hojsgaard 2014, section 5). The
    Kenward-Roger column of a maximum-likelihood fit is that of its REML fit, and NaN with a note where large crossed
    factors have no dense Schur complement.
    An interrupt leaves NaN for the coefficients whose replicates are not complete.
    """
    table = coefficient_table(fit, "z")[["estimate"]].copy()
    table["z"] = coefficient_table(fit, "z")["p"]
    notes: list[str] = []
    if isinstance(fit, LinearFit):
        table["satterthwaite"] = coefficient_table(fit, "satterthwaite")["p"]
        try:
            table["kenward-roger"] = _kenward_roger(fit)
        except ProblemTooLargeError as error:
            table["kenward-roger"] = np.nan
            notes.append(f"kenward-roger: {error}.")
    full = ml_solution(fit)
    p = len(full.estimates.beta)
    nulls: list[Fit] = []
    for dropped in range(p):
        nulls.append(with_columns(full, [i for i in range(p) if i != dropped]))
        check_errors(full, nulls[-1])
    gains = [max(0.0, likelihood(null).criterion - likelihood(full).criterion) for null in nulls]
    table["lrt"] = chi2_tail(gains, 1)
    note = note_of(full, *nulls)
    table.attrs["notes"] = [*notes, *([note] if note else [])]
    if draws is not None:
        table["bootstrap"] = _bootstrapped(full, nulls, gains, draws, progress)
    return table


def _bootstrapped(
    full: Fit, nulls: list[Fit], gains: list[float], draws: NullDraws, progress: Progress | None
) -> list[float]:
    chunk = min(CHUNK, batch_size(full))
    sizes = [min(chunk, draws.n - first) for first in range(0, draws.n, chunk)]
    pieces = [(column, size) for column in range(len(nulls)) for size in sizes]
    found = finished(
        pieces,
        lambda piece: _null_ratios(nulls[piece[0]], full, piece[1], draws.generator) >= gains[piece[0]],
        "the bootstrap of p values",
        progress,
    )
    whole = [found[first : first + len(sizes)] for first in range(0, len(found), len(sizes))]
    shares = [_share(np.concatenate(parts)) if len(parts) == len(sizes) else np.nan for parts in whole]
    return [*shares, *[np.nan] * (len(nulls) - len(shares))]


def _share(is_larger: np.ndarray) -> float:
    """Return the bootstrap p value, the observed ratio counted as one of the replicates."""
    return (int(is_larger.sum()) + 1) / (len(is_larger) + 1)


def _kenward_roger(fit: Fit) -> pd.Series:
    if not fit.reml:
        fit = solve_again(fit, reml=True)
    return coefficient_table(fit, "kenward-roger")["p"]


def _null_ratios(null: Fit, full: Fit, n: int, generator: np.random.Generator) -> np.ndarray:
    """Return likelihood ratios of responses drawn without the effect."""
    draws = drawn_together(null, n, generator)
    small, large = (fit_responses(as_linear(fit), draws) for fit in (null, full))
    both = small.converged & large.converged
    return np.maximum(small.criterion - large.criterion, 0.0)[both]
