"""The ladder of random-effects structures from a fit downwards, one step at a time, until a rule says stop.

The order is the one that courses teach: correlations first, then the slopes of interactions, then main slopes, last
the intercepts (Bates, Kliegl, Vasishth & Baayen 2015, arXiv:1506.04967; Matuschek et al. 2017, J. Mem. Lang. 94).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.restructure import restructure
from mixwidget.inference.boundary import boundary_test
from mixwidget.inference.criterion_errors import check_errors, difference_error, too_wide
from mixwidget.inference.interrupts import Progress
from mixwidget.inference.verdict import Verdict, verdict

LRT_LEVEL = 0.2  # Matuschek et al. (2017): the level at which model selection balances power and type I error
COMPARING = ("lrt", "aic")
RULES = ("converged", "not singular", *COMPARING)

Terms = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """One model of the ladder.

    Attributes
    ----------
    step : str
        What was taken away to get here from the model above; ``"start"`` at the top.
    terms : tuple of (str, tuple of str)
        Group and columns of each term.
    fit : Fit
    verdict : Verdict
    chisq, p : float or None
        Likelihood-ratio test against the model above; p from the mixture of chi-squares where variances vanish. None
        under priors, whose fits are no maxima of the likelihood, and where criteria are not known well enough.
    df : int
        Parameters taken away.
    """

    step: str
    terms: Terms
    fit: Fit
    verdict: Verdict
    chisq: float | None
    df: int
    p: float | None

    @property
    def aic(self) -> float:
        """Of the criterion that was minimised: comparable along a ladder, whose fixed part is one."""
        return self.fit.criterion + 2.0 * self.fit.npar


@dataclass(frozen=True, slots=True)
class Ladder:
    """The whole path, and where it ended.

    Attributes
    ----------
    rungs : tuple of Rung
        From the start downwards; the last one may have been tried and refused.
    chosen : int
        Position of the model at which the rule stopped.
    rule : str
    reason : str
        Why it stopped there.
    """

    rungs: tuple[Rung, ...]
    chosen: int
    rule: str
    reason: str


def terms_of(fit: Fit) -> Terms:
    """Return group and columns of every term."""
    design = fit.design
    return tuple((design.factors[term.factor].label, term.columns) for term in design.terms)


def simplify(fit: Fit, rule: str, progress: Progress | None = None) -> Ladder:
    """Walk down the ladder until a rule says stop.

    Parameters
    ----------
    fit : Fit
    rule : {"converged", "not singular", "lrt", "aic"}
        Stop at the first model that converged; that is not singular either; below which every step costs more than
        `LRT_LEVEL` allows; below which AIC rises.
    progress : callable, optional
        Called with the rungs that are fitted and the most there can be.

    Raises
    ------
    DataError
        If a rule compares criteria that are estimates with errors too large for it.
    """
    ladder = _walk(fit, rule, progress or (lambda *_: None))
    if progress is not None:
        progress(1, 1)
    return ladder


def _walk(fit: Fit, rule: str, progress: Progress) -> Ladder:
    most = 1 + sum(len(columns) + (len(columns) > 1) for _, columns in terms_of(fit))
    rungs = [Rung("start", terms_of(fit), fit, verdict(fit), None, 0, None)]
    while not _is_enough(rungs[-1], rule):
        candidates = next_steps(rungs[-1])
        if not candidates:
            return Ladder(tuple(rungs), len(rungs) - 1, rule, "nothing simpler is left")
        rung = _least_loss(candidates)
        if rule in COMPARING:
            check_errors(rungs[-1].fit, rung.fit)
        rungs.append(rung)
        progress(len(rungs) - 1, most)
        refusal = _refused(rungs[-2], rung, rule)
        if refusal:
            return Ladder(tuple(rungs), len(rungs) - 2, rule, refusal)
    return Ladder(tuple(rungs), len(rungs) - 1, rule, rungs[-1].verdict.message.rstrip("."))


def next_steps(rung: Rung) -> list[Rung]:
    """Return the simpler models one step below, all of the first kind there is: see the module's order."""
    for kind in (_without_correlations, _without_interaction_slopes, _without_slopes, _without_intercepts):
        found = [(step, terms) for step, terms in kind(rung.terms) if terms]
        if found:
            return [one_step(rung.fit, step, terms) for step, terms in found]
    return []


def every_step(rung: Rung) -> list[Rung]:
    """Return all models that are one step simpler: a term without correlations, a column taken out of its term."""
    found = [*_without_correlations(rung.terms), *_without_columns(rung.terms)]
    return [one_step(rung.fit, step, terms) for step, terms in found if terms]


def one_step(fit: Fit, step: str, terms: Terms) -> Rung:
    """Fit a simpler structure from the cross products that are there, and test it against the one above."""
    simpler = restructure(fit, terms)
    above, below = fit.optimum, simpler.optimum
    df = fit.npar - simpler.npar
    if fit.priors or too_wide(difference_error(fit.criterion_deviations, simpler.criterion_deviations)):
        return Rung(step, terms, simpler, verdict(simpler), None, df, None)
    chisq = max(0.0, below.evaluation.value - above.evaluation.value)
    n_variances = sum(len(columns) for _, columns in terms_of(fit)) - sum(len(columns) for _, columns in terms)
    return Rung(step, terms, simpler, verdict(simpler), chisq, df, boundary_test(chisq, df, n_variances).p)


def _is_enough(rung: Rung, rule: str) -> bool:
    if rule == "converged":
        return rung.verdict.code != "not converged"
    return (
        rule == "not singular"
        and rung.verdict.code in ("converged", "several optima")
        and not (rung.fit.optimum.certificate.is_singular)
    )


def _refused(above: Rung, rung: Rung, rule: str) -> str:
    """Return why the step to a rung is not taken; empty if it is."""
    if rule == "lrt" and rung.p is not None and rung.p < LRT_LEVEL:
        return f"{rung.step} costs {rung.chisq:.4g} units (p = {rung.p:.2g}, below {LRT_LEVEL})"
    if rule == "aic" and rung.aic > above.aic:
        return f"{rung.step} raises AIC by {rung.aic - above.aic:.4g}"
    return ""


def _least_loss(candidates: list[Rung]) -> Rung:
    return min(candidates, key=lambda rung: rung.fit.optimum.evaluation.value)


def _without_correlations(terms: Terms) -> Iterator[tuple[str, Terms]]:
    for i, (group, columns) in enumerate(terms):
        if len(columns) > 1:
            apart = tuple((group, (column,)) for column in columns)
            yield f"without the correlations of {group}", (*terms[:i], *apart, *terms[i + 1 :])


def _without_interaction_slopes(terms: Terms) -> Iterator[tuple[str, Terms]]:
    order = max((column.count(":") for _, columns in terms for column in columns), default=0)
    if order:
        yield from _dropped(terms, lambda column: column.count(":") == order)


def _without_slopes(terms: Terms) -> Iterator[tuple[str, Terms]]:
    yield from _dropped(terms, lambda column: column != "(Intercept)")


def _without_intercepts(terms: Terms) -> Iterator[tuple[str, Terms]]:
    if len(terms) > 1:
        yield from _dropped(terms, lambda _: True)


def _without_columns(terms: Terms) -> Iterator[tuple[str, Terms]]:
    for i, (group, columns) in enumerate(terms):
        if len(columns) == 1:
            yield f"without the {_effects(columns[0])} of {group}", (*terms[:i], *terms[i + 1 :])
        for column in columns if len(columns) > 1 else ():
            if column != "(Intercept)":
                kept = (group, tuple(other for other in columns if other != column))
                yield f"without the {_effects(column)} of {group}", (*terms[:i], kept, *terms[i + 1 :])


def _dropped(terms: Terms, is_candidate: Callable[[str], bool]) -> Iterator[tuple[str, Terms]]:
    for i, (group, columns) in enumerate(terms):
        if len(columns) == 1 and is_candidate(columns[0]):
            yield f"without the {_effects(columns[0])} of {group}", (*terms[:i], *terms[i + 1 :])


def _effects(column: str) -> str:
    return "intercepts" if column == "(Intercept)" else f"'{column}' slopes"


def fixef_moves(top: Fit, rung: Fit) -> tuple[float, str]:
    """Return the largest change of a fixed effect between two fits, in standard errors of the first, and its name."""
    se = np.sqrt(np.diagonal(top.estimates.vcov))
    if not len(se):
        return 0.0, ""
    moves = np.abs(rung.estimates.beta - top.estimates.beta) / se
    largest = int(np.argmax(moves))
    return float(moves[largest]), top.design.x_names[largest]
