"""Which function of R fits a model of the same kind, and what it is told beside formula and data."""

from __future__ import annotations

from dataclasses import dataclass, replace

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

    R estimates the shape of a negative binomial under the log link and without priors alone; otherwise it is given
    the estimate.

    Examples
    --------
    >>> import mixwidget as mw
    >>> formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    >>> r_call(mw.glmer(formula, mw.load_dataset("cbpp"), link="probit", n_agq=9).fit).arguments
    ('family = binomial("probit")', 'nAGQ = 9')
    """
    prior = "b" if fit.priors else ""
    if not isinstance(fit, GeneralizedFit):
        plain = linear_r_call(reml=fit.reml)
        return replace(plain, name="blmer", packages=("blme",)) if prior else plain
    nodes = () if fit.n_agq == 1 else (f"nAGQ = {fit.n_agq}",)
    given = _why_shape_is_given(fit)
    if fit.free_shape and not given:
        return RCall("glmer.nb", nodes, ("lme4",), _remark(fit))
    remark = "; ".join(filter(None, (given, _remark(fit))))
    return RCall(
        f"{prior}glmer",
        (family_code(fit.family.distribution.name, fit.family.link.name, fit.family.shape), *nodes),
        ("blme",) if prior else ("lme4",),
        remark,
    )


def linear_r_call(*, reml: bool) -> RCall:
    """Return the call that fits a linear model without priors."""
    return RCall("lmer", () if reml else ("REML = FALSE",), ("lme4", "lmerTest"))


def family_code(name: str, link: str, shape: float | None = None) -> str:
    """Return the argument that names a family in R, with a link that is not its own and a shape that is given."""
    usual = ALLOWED_LINKS[name][0]
    if shape is not None:
        told = "" if link == usual else f', link = "{link}"'
        return f"family = MASS::negative.binomial({number_text(shape)}{told})"
    return f"family = {name}" if link == usual else f'family = {name}("{link}")'


def _why_shape_is_given(fit: GeneralizedFit) -> str:
    """Say why R cannot estimate the shape of a negative binomial; empty where it can, or need not."""
    link = fit.family.link.name
    if not fit.free_shape or (link == "log" and not fit.priors):
        return ""
    lack = "takes no priors" if fit.priors else f"has no {link} link"
    return f"R's glmer.nb, which estimates the shape, {lack}: the shape is held at the estimate of mixwidget"


def _remark(fit: GeneralizedFit) -> str:
    laplace = fit.control.laplace
    if fit.n_agq > 1 or (laplace == "coherent" and not fit.has_sigma):
        return ""
    return _OTHER_CRITERIA.get(laplace, "")
