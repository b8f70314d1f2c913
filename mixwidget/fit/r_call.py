"""Which function of R fits a model of the same kind, and what it is told beside formula and data."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.errors import OptionError
from mixwidget.family.read_family import ALLOWED_LINKS
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.formula.deparse import number_text

_OTHER_CRITERIA = {
    "coherent": "glmer's random effects are not scaled by the dispersion, so its numbers differ; mixwidget's "
    "Control(laplace='lme4') has them",
    "observed": "glmer has expected weights in its approximation, so its numbers differ a little",
}


@dataclass(frozen=True, slots=True)
class RCall:
    """A call in R, without formula and data.

    Attributes
    ----------
    name : str
        ``"lmer"``, ``"glmer"``, ``"glmer.nb"``, or blme's ``"blmer"``, ``"bglmer"``.
    arguments : tuple of str
    packages : tuple of str
    remark : str
        Why its numbers are others than ours; empty where they are not.
    """

    name: str
    arguments: tuple[str, ...]
    packages: tuple[str, ...]
    remark: str = ""


def r_call(fit: Fit) -> RCall:
    """Return the call that fits a model of the same kind as a fit.

    Raises
    ------
    OptionError
        If R has none: a negative binomial whose shape is estimated has the log link there, and no priors.

    Examples
    --------
    >>> import mixwidget as mw
    >>> formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    >>> r_call(mw.glmer(formula, mw.load_dataset("cbpp"), link="probit", n_agq=9).fit).arguments
    ('family = binomial("probit")', 'nAGQ = 9')
    """
    prior = "b" if fit.priors else ""
    if not isinstance(fit, GeneralizedFit):
        packages = ("blme",) if prior else ("lme4", "lmerTest")
        return RCall(f"{prior}lmer", () if fit.reml else ("REML = FALSE",), packages)
    nodes = () if fit.n_agq == 1 else (f"nAGQ = {fit.n_agq}",)
    if fit.free_shape:
        _check_negative_binomial(fit)
        return RCall("glmer.nb", nodes, ("lme4",), _remark(fit))
    return RCall(f"{prior}glmer", (_family(fit), *nodes), ("blme",) if prior else ("lme4",), _remark(fit))


def _family(fit: GeneralizedFit) -> str:
    name, link, shape = fit.family.distribution.name, fit.family.link.name, fit.family.shape
    usual = ALLOWED_LINKS[name][0]
    if shape is not None:
        told = "" if link == usual else f', link = "{link}"'
        return f"family = MASS::negative.binomial({number_text(shape)}{told})"
    return f"family = {name}" if link == usual else f'family = {name}("{link}")'


def _check_negative_binomial(fit: GeneralizedFit) -> None:
    if fit.family.link.name != "log":
        raise OptionError(
            f"to_r: R's glmer.nb has the log link, and this fit has the {fit.family.link.name} link; "
            "fit it with the log link, or with a given shape by mw.glmer"
        )
    if fit.priors:
        raise OptionError("to_r: R's glmer.nb has no priors; fit without them, or with a given shape by mw.glmer")


def _remark(fit: GeneralizedFit) -> str:
    laplace = fit.control.laplace
    if fit.n_agq > 1 or (laplace == "coherent" and not fit.has_sigma):
        return ""
    return _OTHER_CRITERIA.get(laplace, "")
