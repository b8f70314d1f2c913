"""What a generalized model is a model of: family, link, approximation, and the response in words."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.design.response import ResponseLabels
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.views.view import View

CRITERIA = {
    "coherent": "Laplace's with the random effects in units of the dispersion; lme4's differs, Control(laplace='lme4')",
    "observed": "Laplace's with observed weights, as glmmTMB's",
    "lme4": "lme4's, with random effects that the dispersion does not scale",
}
HELD = "Standard errors: those of the regression at the modes, with the variances held"
SAID_PLAINLY = ("0", "1", "FALSE", "TRUE")


@dataclass(frozen=True, slots=True)
class FamilyView(View):
    """The head of a generalized model.

    Attributes
    ----------
    name : str
        The distribution as R prints it: ``"binomial"``, ``"Negative Binomial(3.3031)"``.
    link : str
    approximation : str
        ``"Laplace Approximation"``, or the quadrature with its number of nodes.
    statistic : {"z", "t"}
        What R calls the ratio of estimate and standard error: t where there is a dispersion.
    modelled : str
        ``"probability that r2 is 'Y' (not 'N')"``.
    remarks : tuple of str
        What differs from lme4's usual fit, one sentence each.
    """

    name: str
    link: str
    approximation: str
    statistic: str
    modelled: str
    remarks: tuple[str, ...]


def family_view(fit: Fit) -> FamilyView | None:
    """Return the head of a generalized model; None for a linear one."""
    if not isinstance(fit, GeneralizedFit):
        return None
    return FamilyView(
        name=distribution_name(fit),
        link=fit.family.link.name,
        approximation=approximation_name(fit.n_agq),
        statistic="t" if fit.has_sigma else "z",
        modelled=modelled(fit.design.response, fit.design.formula.response),
        remarks=_remarks(fit),
    )


def distribution_name(fit: GeneralizedFit) -> str:
    """Return a distribution as R prints it, with the shape of a negative binomial."""
    shape = fit.family.shape
    return fit.family.distribution.name if shape is None else f"Negative Binomial({round(shape, 4):.7g})"


def approximation_name(n_agq: int) -> str:
    """Return how the random effects were integrated out, in lme4's words.

    Examples
    --------
    >>> approximation_name(1), approximation_name(9)
    ('Laplace Approximation', 'Adaptive Gauss-Hermite Quadrature, nAGQ = 9')
    """
    return "Laplace Approximation" if n_agq == 1 else f"Adaptive Gauss-Hermite Quadrature, nAGQ = {n_agq}"


def modelled(labels: ResponseLabels, response: str) -> str:
    """Return in words what the linear predictor is the predictor of.

    Examples
    --------
    >>> modelled(ResponseLabels("binary", 5, "Y", "N"), "r2")
    "probability that r2 is 'Y' (not 'N')"
    >>> modelled(ResponseLabels("counts", 5), "TICKS")
    'mean count of TICKS'
    """
    success, failure = labels.success, labels.failure
    if labels.kind == "binary" and success is not None and failure is not None:
        return f"probability that {response} is {_quoted(success)} (not {_quoted(failure)})"
    if labels.kind == "counts of trials":
        return f"probability of '{success}' (not '{failure}')"
    if labels.kind == "proportions":
        return f"probability of success, seen as the proportions {response}"
    return f"mean {'count ' if labels.kind == 'counts' else ''}of {response}"


def _quoted(level: str) -> str:
    return level if level in SAID_PLAINLY else f"'{level}'"


def _remarks(fit: GeneralizedFit) -> tuple[str, ...]:
    remarks: list[str] = []
    laplace = fit.control.laplace
    if fit.n_agq <= 1 and (fit.has_sigma or laplace == "observed"):
        remarks.append(f"Criterion: {CRITERIA[laplace]}")
    if fit.estimates.vcov_from == "regression":
        remarks.append(HELD)
    return tuple(remarks)
