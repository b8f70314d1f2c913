"""How a fit dealt with large crossed factors, and what that leaves uncertain."""

from __future__ import annotations

import numpy as np

from mixwidget.errors import Diagnostic
from mixwidget.fit.fit import Fit
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.inference.probe_shares import probe_shares
from mixwidget.linalg.iterative_rest import IterativeMethod
from mixwidget.linalg.scattered_rest import ScatteredRest


def crossed_sentence(fit: Fit) -> str:
    """Say how crossed factors were solved where no dense factor was formed; empty where one was, or none is needed."""
    rest = _scattered(fit)
    if rest is None:
        return ""
    effects = f"The {len(rest.right):,} crossed random effects beside the largest factor"
    if not isinstance(rest.method, IterativeMethod):
        return f"{effects} were solved exactly, with a sparse factor."
    return (
        f"{effects} were solved by conjugate gradients and {rest.method.n_probes} random probes: "
        f"criterion, AIC and BIC are known to within {fit.criterion_error:.2g} (one standard error)."
    )


def estimated_criterion(fit: Fit) -> list[Diagnostic]:
    """Return the finding that the criterion is an estimate, where it is one."""
    rest = _scattered(fit)
    if rest is None or not isinstance(rest.method, IterativeMethod):
        return []
    message = (
        "criterion, log-likelihood, AIC and BIC are estimates "
        f"(criterion +- {fit.criterion_error:.2g}, one standard error of {rest.method.n_probes} random probes); "
        f"{probes_note(fit)}"
    )
    memory = 5 * 8 * len(rest.right) ** 2 / 1e9
    taken = f"{memory:.1f} GB" if memory >= 0.1 else "less than 0.1 GB"
    hint = f"Control(crossed='dense', max_dense_columns={len(rest.right)}) is exact, and takes {taken}"
    return [Diagnostic("estimated_criterion", "info", message, hint)]


def probes_note(fit: Fit) -> str:
    """Say how far random probes move the estimates of a fit; empty where they are exact."""
    shares = probe_shares(fit)
    if shares is None:
        return ""
    moved = f"the probes move covariance parameters by {_percent(shares.covariances)} of their standard errors"
    if not len(shares.fixef):
        return moved
    fixed = f"fixed effects by {_percent(shares.fixef.max())} of theirs"
    return f"{moved}, {fixed} and these standard errors by {_percent(shares.stderr.max())} (the largest of each)"


def levels_note(fit: Fit, group: str) -> str:
    """Say how well conditional standard deviations of a factor's levels are known; empty where they are exact."""
    errors = fit.conditional_errors()
    if not errors:
        return ""
    mine = errors[[factor.label for factor in fit.design.factors].index(group)]
    if not mine.any():
        return ""
    typical, worst = float(np.sqrt(np.mean(mine**2))), float(mine.max())
    return (
        f"Standard deviations of levels of {group} are estimated by random probes, with relative standard errors of "
        f"{_percent(typical)} (root mean square) and {_percent(worst)} (the largest)."
    )


def levels_notes(fit: Fit) -> tuple[str, ...]:
    """Return the `levels_note` of each factor that has one."""
    return tuple(note for factor in fit.design.factors if (note := levels_note(fit, factor.label)))


def estimates_notes(fit: Fit, *, with_levels: bool) -> tuple[str, ...]:
    """Return what a table of estimates must say of random probes, that of conditional standard deviations included."""
    note = probes_note(fit)
    told = (f"{note[0].upper()}{note[1:]}.",) if note else ()
    return (*told, *(levels_notes(fit) if with_levels else ()))


def _percent(share: float) -> str:
    return f"{100.0 * share:.2g} %"


def _scattered(fit: Fit) -> ScatteredRest | None:
    rest = fit.optimum.arrangement.blocks.rest if isinstance(fit, LinearFit) else None
    return rest if isinstance(rest, ScatteredRest) else None
