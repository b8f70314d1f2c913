"""The front hall of generalized models: `glmer` and `glmer_nb`, and the model that they return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mixwidget.answers.p_values import p_values
from mixwidget.answers.progress import Progress, progress_bar
from mixwidget.answers.result_table import ResultSeries, ResultTable, shown, shown_series
from mixwidget.control import Control, given_control
from mixwidget.errors import OptionError, refuse_unknown_arguments
from mixwidget.family.family import Family
from mixwidget.family.read_family import read_family
from mixwidget.fit.caller import names_in_caller
from mixwidget.fit.from_data import GeneralizedRequest, Given, generalized_fit_from_data
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.prior import given_priors
from mixwidget.inference.effect_size import icc_values, r2_values, standardised_coefficients, variance_partition
from mixwidget.inference.findings import warn_of_findings
from mixwidget.inference.observation_scale import observation_icc
from mixwidget.inference.observation_variance import variance_methods
from mixwidget.model import MixedModel
from mixwidget.views import looks
from mixwidget.views.result_table import Look


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

    def r2(self, method: str | None = None) -> ResultSeries:
        """Return Nakagawa's marginal and conditional R squared, on the scale of the linear predictor.

        They compare variances within this model; a higher value alone does not make another model the better one. A
        random term with a level for each row is overdispersion: it counts in the whole variance, not as explained.

        Parameters
        ----------
        method : {"theoretical", "delta", "lognormal", "trigamma"}, optional
            The variance of single observations. Binomial: that of the latent variable (pi^2/3 under the logit link, 1
            under probit, pi^2/6 under cloglog; the default), or by the delta method. Log links: ``"lognormal"`` (the
            default), ``"delta"``, or ``"trigamma"`` for counts and Gamma. Other links: ``"delta"``. But for the first
            they depend on the mean response, which is that of the model without predictors.

        Examples
        --------
        >>> import mixwidget as mw
        >>> cbpp = mw.load_dataset("cbpp")
        >>> fit = mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", cbpp)
        >>> fit.r2().round(4).to_dict()
        {'marginal': 0.0854, 'conditional': 0.1873}

        References
        ----------
        Nakagawa, Johnson & Schielzeth (2017), J. R. Soc. Interface 14: 20170213.
        """
        return shown_series(r2_values(self.fit, method), self._on_latent_scale(looks.R2, method))

    def icc(self, by_group: bool = False, scale: str = "latent", method: str | None = None) -> ResultSeries:
        """Return the intraclass correlation, adjusted for the fixed effects and unadjusted, or for each factor.

        Parameters
        ----------
        by_group : bool
        scale : {"latent", "observation"}
            Of the linear predictor with the variance of single observations, or of the responses themselves: for 0/1
            data the correlation of two responses in one group, averaged over the rows; counts of trials are taken apart
            into single ones. The second is the smaller one, as the mean bends.
        method : str, optional
            The variance of single observations on the latent scale, as in `r2`.

        Examples
        --------
        >>> import mixwidget as mw
        >>> cbpp = mw.load_dataset("cbpp")
        >>> fit = mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", cbpp)
        >>> [round(float(fit.icc(scale=scale)["adjusted"]), 3) for scale in ("latent", "observation")]
        [0.111, 0.047]
        """
        if scale not in ("latent", "observation"):
            raise OptionError(f"icc: scale={scale!r} is not known; choose 'latent' or 'observation'")
        if scale == "observation":
            return shown_series(observation_icc(self.fit, by_group=by_group), looks.observed_look(looks.ICC))
        found = icc_values(self.fit, by_group=by_group, method=method)
        return shown_series(found, self._on_latent_scale(looks.ICC, method))

    def variance_partition(self, method: str | None = None) -> ResultTable:
        """Return the variance on the scale of the linear predictor by source and its shares; `method` as in `r2`."""
        return shown(variance_partition(self.fit, method), self._on_latent_scale(looks.PARTITION, method))

    def standardised(self, method: str | None = None) -> ResultTable:
        """Return the fixed effects in standard deviations of the latent response per SD of their column.

        The latent response has the whole variance of `variance_partition`; `method` as in `r2`.
        """
        found = standardised_coefficients(self.fit, method)
        return shown(found, self._on_latent_scale(looks.STANDARDISED, method))

    def p_values(self, progress: bool | Progress = True) -> ResultTable:
        """Return the p values of the fixed effects: Wald's z, and the likelihood ratio without each coefficient.

        Parameters
        ----------
        progress : bool or callable

        Examples
        --------
        >>> import mixwidget as mw
        >>> cbpp = mw.load_dataset("cbpp")
        >>> fit = mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", cbpp)
        >>> fit.p_values().loc["period2", ["z", "lrt"]].round(4).tolist()
        [0.0012, 0.0007]
        """
        bar = progress_bar("p values", shown=progress)
        return p_values(self.fit, 0, np.random.default_rng(0), bar, None).to_frame()

    def _on_latent_scale(self, look: Look, method: str | None) -> Look:
        return looks.latent_look(look, variance_methods(self.fit)[0] if method is None else method)


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
