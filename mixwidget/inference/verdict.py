"""How a fit ended, in one plain sentence, from evidence that units and origins do not change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mixwidget.engine.search.optimum import Optimum
from mixwidget.engine.search.search import Descent
from mixwidget.engine.search.second_look import look_again
from mixwidget.fit.fit import Fit, once
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.threads import one_thread
from mixwidget.inference.crossed import crossed_sentence
from mixwidget.inference.other_optima import OtherOptimum, other_minima, places
from mixwidget.inference.separated import separation_finding
from mixwidget.inference.singularity import singular_sentences

NOT_CONVERGED_ABOVE = 1e-4  # criterion units that a further Newton step still promises
STATIONARY = ("converged", "no further decrease")


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """How a fit ended; shows itself as its sentence.

    Attributes
    ----------
    code : {"converged", "boundary", "several optima", "not converged"}
    message : str
        One sentence.
    others : tuple of float
        How much higher in the criterion the other optima lie; negative for one that lies lower.
    optima : tuple of OtherOptimum
        The same with theta and fixed effects there.
    """

    code: str
    message: str
    others: tuple[float, ...] = ()
    optima: tuple[OtherOptimum, ...] = ()

    def __str__(self) -> str:
        return self.message

    __repr__ = __str__


@once
def verdict(fit: Fit, *, thorough: bool = False) -> Verdict:
    """Return the verdict on a fit.

    Parameters
    ----------
    fit : Fit
    thorough : bool
        Whether to descend also from the starting values that the fit did without.

    Notes
    -----
    *Not converged* if a further step still promises a decrease, if the criterion fell over the last half of the
    evaluations when these were exhausted, or if fixed effects separate the responses of a generalized model, so that
    there is no optimum; *several optima* if descents ended at different stationary points; *boundary* if a covariance
    matrix is singular and the criterion rises from there into the cone of covariance matrices; *converged* otherwise.

    Examples
    --------
    >>> import mixwidget as mw
    >>> mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).verdict.message
    'Converged.'
    """
    found, way = _judged(fit, thorough=thorough), crossed_sentence(fit)
    return replace(found, message=f"{found.message} {way}") if way else found


def _judged(fit: Fit, *, thorough: bool) -> Verdict:
    optimum = fit.optimum
    certificate = optimum.certificate
    separation = separation_finding(fit) if isinstance(fit, GeneralizedFit) else None
    if separation is not None:
        return Verdict("not converged", f"Not converged: {separation.message}.")
    promised = max(certificate.decrement, _promised_alone(optimum)) if fit.priors else certificate.decrement
    if not max(promised, optimum.late_fall) <= NOT_CONVERGED_ABOVE:
        return Verdict("not converged", _not_converged(optimum, promised))
    further = _further(fit) if thorough else ()
    others = other_optima(fit, further)
    if others:
        gaps = tuple(round(other.gap, 4) for other in others)
        return Verdict("several optima", _several(others, fit), gaps, others)
    if certificate.is_singular:
        sentences = "; ".join(singular_sentences(fit))
        return Verdict("boundary", f"Converged on the boundary (singular): {sentences}.")
    return Verdict("converged", "Converged.")


def _further(fit: Fit) -> tuple[Descent, ...]:
    with one_thread():
        return look_again(fit.optimum, control=fit.control)


def other_optima(fit: Fit, further: tuple[Descent, ...] = ()) -> tuple[OtherOptimum, ...]:
    """Return the other optima that descents ended at, lowest first.

    One that lies lower is never left behind by a fit, but a further descent may find it. A descent that found no
    further decrease where much was promised is stuck, not at an optimum.
    """
    descents = (*fit.optimum.descents, *further)
    return other_minima(fit, [(end.value, end.theta) for end in descents if _is_stationary(end)])


def _is_stationary(end: Descent) -> bool:
    promised = [step.decrement for step in end.log if step.accepted]
    return end.reason in STATIONARY and (not promised or promised[-1] <= NOT_CONVERGED_ABOVE)


def _promised_alone(optimum: Optimum[Any, Any]) -> float:
    """Return the decrease that a step in one parameter alone promises, the largest of all.

    A prior far from the data can curve one direction so much that the others are lost in the rounding of the Hessian's
    eigenvalues, and with them what the decrement should see.
    """
    gradient, curvature = optimum.derivatives.gradient, np.diagonal(optimum.derivatives.hessian)
    is_bent = curvature > 0.0
    return float((0.5 * gradient[is_bent] ** 2 / curvature[is_bent]).max(initial=0.0))


def _not_converged(optimum: Optimum[Any, Any], promised: float) -> str:
    count = optimum.n_evaluations
    still = f"a further step promises {promised:.2g} units of the criterion" if promised < 1e6 else "it was falling"
    if promised <= NOT_CONVERGED_ABOVE:
        still = f"the criterion still fell by {optimum.late_fall:.2g} units over the last half of them"
    return f"Not converged: the optimiser stopped after {count} evaluations while {still}, so do not use these numbers."


def _several(others: tuple[OtherOptimum, ...], fit: Fit) -> str:
    there, here = places(others, fit)
    told = [f" ({place})" if place else "" for place in there]
    against = f"; here {here}" if here else ", with fixed effects less than a standard error apart"
    if others[0].gap < 0:
        lower = f"{-others[0].gap:.4g}"
        return (
            f"Several optima: another start ends {lower} lower than this fit{told[0]}{against}; "
            "fit again with Control(starts='both')."
        )
    listed = " and ".join(f"{other.gap:.4g}{place}" for other, place in zip(others, told, strict=True))
    lies = "the other lies" if len(others) == 1 else "the others lie"
    plain = "-2 log-likelihood" if isinstance(fit, GeneralizedFit) else "REML criterion" if fit.reml else "deviance"
    name = "penalised criterion" if fit.priors else plain
    singular = " This best one is singular." if fit.optimum.certificate.is_singular else ""
    return (
        f"Several optima: this is the best of {len(others) + 1} found, {lies} {listed} higher in the {name}{against}."
        f"{singular}"
    )
