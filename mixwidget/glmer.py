"""The front hall of generalized models: `glmer` and `glmer_nb`, and the model that they return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mixwidget.control import Control, given_control
from mixwidget.errors import OptionError, refuse_unknown_arguments
from mixwidget.family.family import Family
from mixwidget.family.read_family import read_family
from mixwidget.fit.caller import names_in_caller
from mixwidget.fit.from_data import GeneralizedRequest, Given, generalized_fit_from_data
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.prior import given_priors
from mixwidget.inference.findings import warn_of_findings
from mixwidget.model import MixedModel


@dataclass(frozen=True, eq=False, repr=False)
class GlmerModel(MixedModel):
    """A fitted generalized linear mixed model, as `glmer` and `glmer_nb` return it.

    Attributes
    ----------
    fit : GeneralizedFit
    """

    fit: GeneralizedFit

    @property
    def family(self) -> str:
        """The distribution, by R's name."""
        return self.fit.family.distribution.name

    @property
    def link(self) -> str:
        """The link, by R's name."""
        return self.fit.family.link.name

    @property
    def n_agq(self) -> int:
        """0 for joint modes, 1 for the Laplace approximation, more for adaptive quadrature."""
        return self.fit.n_agq

    @property
    def shape(self) -> float | None:
        """The shape of a negative binomial distribution (R's theta), None for other families."""
        return self.fit.family.shape


def glmer(
    formula: str,
    data: Any,
    family: Any = "binomial",
    link: str | None = None,
    n_agq: int = 1,
    weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    contrasts: Mapping[str, Any] | None = None,
    control: Control | None = None,
    start: Any = None,
    *,
    cov_prior: Any = None,
    fixef_prior: Any = None,
    data_name: str | None = None,
    **unknown: Any,
) -> GlmerModel:
    """Fit a generalized linear mixed model, as ``lme4::glmer``.

    Parameters
    ----------
    formula : str
        ``"correct ~ size + (size | subject)"``; the response may be 0/1, booleans, a factor of two levels (the second
        is success), ``cbind(successes, failures)``, proportions with numbers of trials as weights, counts, or positive
        numbers, as the family takes it.
    data : data frame
        pandas, or any frame that narwhals understands (polars, pyarrow).
    family : str or statsmodels family
        ``"binomial"``, ``"poisson"``, ``"Gamma"``, ``"inverse.gaussian"``, ``"gaussian"`` with another link, or
        ``statsmodels.api.families.NegativeBinomial(alpha=...)`` with its shape, 1 / alpha.
    link : str, optional
        ``"logit"``, ``"probit"``, ``"cloglog"``, ``"cauchit"``, ``"log"``, ``"identity"``, ``"inverse"``, ``"sqrt"``,
        ``"1/mu^2"``; the family's own unless given.
    n_agq : int
        1 for the Laplace approximation; more for that many nodes of adaptive Gauss-Hermite quadrature for each random
        effect, with one grouping factor; 0 for joint modes of random and fixed effects, which is fast and rough.
    weights, offset : str or array_like, shape (n,), optional
        Prior weights, which are the numbers of trials of proportions; a known part of the linear predictor.
    subset : str or array_like of bool, optional
        Which rows to use: ``"size > 1"`` or a mask.
    contrasts : mapping, optional
        ``{"f": "treatment" | "sum" | "helmert" | "poly" | matrix}`` for factors of the fixed part.
    control : Control, optional
        ``Control(laplace=...)`` chooses the approximation, see there.
    start : array_like, shape (n_theta,), optional
        One more starting value, as ``fit.theta``.
    cov_prior, fixef_prior : str, Prior or mapping, optional
        Weak priors as ``blme::bglmer``, see `lmer`.
    data_name : str, optional
        The name of the data that the summary prints; the caller's variable is found unless given.

    Returns
    -------
    GlmerModel

    Raises
    ------
    FormulaError, DataError, OptionError, FitError, ProblemTooLargeError
        In one sentence, where no fit is possible.

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1); Breslow & Clayton (1993), JASA 88.

    Examples
    --------
    >>> import mixwidget as mw
    >>> cbpp = mw.load_dataset("cbpp")
    >>> fit = mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", cbpp)
    >>> fit.fixef.round(3).to_dict()
    {'(Intercept)': -1.399, 'period2': -0.992, 'period3': -1.129, 'period4': -1.58}
    """
    refuse_unknown_arguments(glmer, unknown)
    given = Given(weights=weights, offset=offset, subset=subset, contrasts=contrasts)
    request = GeneralizedRequest(family=_generalized(read_family(family, link)), n_agq=_checked_nodes(n_agq))
    fit = generalized_fit_from_data(
        formula,
        data,
        given,
        request,
        control=given_control(control),
        priors=given_priors(cov_prior, fixef_prior, None),
        data_name=names_in_caller([data], depth=2)[0] if data_name is None else data_name,
        start=start,
    )
    warn_of_findings(fit)
    return GlmerModel(fit)


def glmer_nb(
    formula: str,
    data: Any,
    link: str | None = None,
    n_agq: int = 1,
    weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    contrasts: Mapping[str, Any] | None = None,
    control: Control | None = None,
    start: Any = None,
    *,
    cov_prior: Any = None,
    fixef_prior: Any = None,
    data_name: str | None = None,
    **unknown: Any,
) -> GlmerModel:
    """Fit a negative binomial mixed model and its shape, as ``lme4::glmer.nb``.

    The shape (R's theta) is estimated together with all other parameters; the variance is ``mu + mu^2 / shape``.

    Parameters
    ----------
    formula, data, link, n_agq, weights, offset, subset, contrasts, control, start
        As of `glmer`; the link is ``"log"``, ``"sqrt"`` or ``"identity"``.
    cov_prior, fixef_prior, data_name
        As of `glmer`.

    Returns
    -------
    GlmerModel
        Its `shape` is the estimate.

    Raises
    ------
    FormulaError, DataError, OptionError, FitError, ProblemTooLargeError
        In one sentence, where no fit is possible.

    Examples
    --------
    >>> import mixwidget as mw
    >>> ticks = mw.load_dataset("grouseticks")
    >>> fit = mw.glmer_nb("TICKS ~ YEAR + (1 | BROOD)", ticks)
    >>> round(fit.shape, 2)
    3.3
    """
    refuse_unknown_arguments(glmer_nb, unknown)
    given = Given(weights=weights, offset=offset, subset=subset, contrasts=contrasts)
    family = read_family("negative.binomial", link)
    fit = generalized_fit_from_data(
        formula,
        data,
        given,
        GeneralizedRequest(family=family, n_agq=_checked_nodes(n_agq), free_shape=True),
        control=given_control(control),
        priors=given_priors(cov_prior, fixef_prior, None),
        data_name=names_in_caller([data], depth=2)[0] if data_name is None else data_name,
        start=start,
    )
    warn_of_findings(fit)
    return GlmerModel(fit)


def _generalized(family: Family) -> Family:
    """Return a family that is not that of a linear model."""
    if family.distribution.name == "gaussian" and family.link.name == "identity":
        raise OptionError("a gaussian family with the identity link is a linear mixed model; fit it with mw.lmer")
    return family


def _checked_nodes(n_agq: object) -> int:
    if isinstance(n_agq, bool) or not isinstance(n_agq, int | np.integer) or n_agq < 0:
        raise OptionError(f"n_agq must be 0, 1 or a larger whole number, not {n_agq!r}")
    return int(n_agq)
