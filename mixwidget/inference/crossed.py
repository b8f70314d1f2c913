"""How a fit dealt with large crossed factors, and what that leaves uncertain."""

from __future__ import annotations

from mixwidget.errors import Diagnostic
from mixwidget.fit.fit import Fit
from mixwidget.fit.linear_fit import LinearFit
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
        f"(criterion +- {fit.criterion_error:.2g}, one standard error of {rest.method.n_probes} random probes), "
        "and so are the standard errors of the random effects"
    )
    memory = 5 * 8 * len(rest.right) ** 2 / 1e9
    taken = f"{memory:.1f} GB" if memory >= 0.1 else "less than 0.1 GB"
    hint = f"Control(crossed='dense', max_dense_columns={len(rest.right)}) is exact, and takes {taken}"
    return [Diagnostic("estimated_criterion", "info", message, hint)]


def _scattered(fit: Fit) -> ScatteredRest | None:
    rest = fit.optimum.arrangement.blocks.rest if isinstance(fit, LinearFit) else None
    return rest if isinstance(rest, ScatteredRest) else None
