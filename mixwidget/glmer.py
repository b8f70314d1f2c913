"""The front hall of generalized models: `glmer` and `glmer_nb`, and the model that they return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.answers.curves import Curves, curves
from mixwidget.answers.p_values import p_values
from mixwidget.answers.progress import Progress, progress_bar, row_line
from mixwidget.answers.result_table import ResultSeries, ResultTable, shown, shown_series
from mixwidget.answers.streaming import predictions, scaled_residuals
from mixwidget.answers.threshold import threshold
from mixwidget.control import Control, given_control
from mixwidget.errors import OptionError, refuse_unknown_arguments
from mixwidget.family.family import Family
from mixwidget.family.read_family import read_family
from mixwidget.fit import values
from mixwidget.fit.caller import names_in_caller
from mixwidget.fit.from_data import generalized_fit_from_data
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_request import GeneralizedRequest
from mixwidget.fit.given import Given
from mixwidget.fit.prediction_request import PredictionRequest
from mixwidget.fit.prior import given_priors
from mixwidget.inference.curve_request import CurveRequest
from mixwidget.inference.effect_size import icc_values, r2_values, standardised_coefficients, variance_partition
from mixwidget.inference.findings import warn_of_findings
from mixwidget.inference.observation_scale import observation_icc
from mixwidget.inference.observation_variance import variance_methods
from mixwidget.inference.overdispersion import overdispersion
from mixwidget.inference.threshold import ThresholdRequest
from mixwidget.inference.threshold_boot import Sampling
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

    # rows

    @property
    def linear_predictor(self) -> pd.Series:
        """The linear predictor of the fitted rows: fixed part, offset and random part, on the link scale."""
        return values.on_rows(self.fit, values.linear_predictor(self.fit), "linear_predictor")

    def resid(
        self,
        type: str = "deviance",  # noqa: A002  R's name
        seed: int | np.random.Generator | None = None,
    ) -> pd.Series:
        """Return residuals, as ``residuals`` of R for a glmer.

        Parameters
        ----------
        type : str
            ``"deviance"``; ``"pearson"``; ``"response"``; ``"working"``; ``"scaled"``, the Pearson residuals over
            sigma, whose quartiles the summary has; ``"quantile"``, randomised quantile residuals, which are standard
            normal if the model is right, given the conditional modes; ``"marginal_quantile"``, the same over new random
            effects. Modes that have followed single rows, as those of observation-level effects, make the former too
            small; the latter, which the pictures show, are not, though rows of one level lie close to each other. They
            are what DHARMa simulates, by an integral.
        seed : int or numpy.random.Generator, optional
            Of quantile residuals, which are drawn between the probabilities of a smaller response and of one that is
            not larger.

        References
        ----------
        Dunn & Smyth (1996), J. Comput. Graph. Stat. 5(3).

        Examples
        --------
        >>> import mixwidget as mw
        >>> ticks = mw.load_dataset("grouseticks")
        >>> fit = mw.glmer("TICKS ~ YEAR + (1 | BROOD) + (1 | INDEX)", ticks, "poisson")
        >>> [float(fit.resid(kind, seed=1).std().round(1)) for kind in ("quantile", "marginal_quantile")]
        [0.7, 1.0]
        """
        return values.on_rows(self.fit, values.residuals(self.fit, type, seed), "resid")

    def scaled_residuals(self) -> ResultSeries:
        """Return least, quartiles and greatest of the Pearson residuals over sigma, as ``summary`` shows them.

        A fit of data in batches reads them once more for this; its summary shows them from then on.
        """
        return shown_series(scaled_residuals(self.fit), looks.RESIDUALS)

    def predict(
        self,
        newdata: Any = None,
        re_form: Any = None,
        allow_new_levels: bool = False,
        interval: str | None = None,
        level: float = 0.95,
        offset: Any = None,
        rankdeficient: str = "NAwarn",
        weights: Any = None,
        *,
        to: str | PathLike[str] | None = None,
        type: str = "link",  # noqa: A002  R's name
        marginalise: bool = False,
    ) -> Any:
        """Predict the linear predictor or the mean, as ``lme4::predict.merMod``.

        Parameters
        ----------
        newdata, re_form, offset, rankdeficient, to
            As of linear models; see `MixedModel.predict`.
        allow_new_levels : bool
            Predict the population value for levels that the fit did not see, and where the level is missing: that of a
            level whose random effects are zero, which is the median one.
        interval : {None, "confidence", "prediction"}
            For the (conditional) mean: normal limits on the link scale, mapped through the link. For a new observation
            (``type="response"``): quantiles of its distribution - of counts they are whole - mixed over all that
            is uncertain of its mean. Both count the uncertainty of the fixed effects and of the modes, not that of the
            variances.
        level : float
        weights : str or array_like, shape (n_new,), optional
            Of the new rows, for a new observation: of proportions the numbers of trials.
        type : {"link", "response"}
            The linear predictor, or the mean.
        marginalise : bool
            Average the mean over the random effects, all of which are new: what is expected of the population. It is
            not the mean of the median level (``re_form="~0"``), as no curved link maps the one to the other: where
            levels differ by much, probabilities are drawn towards 1/2 and rates are pulled up by their largest. On the
            link scale it is the link of that average. Its confidence interval counts the uncertainty of the variances.

        Returns
        -------
        Series, or DataFrame with fit, lwr, upr; of data in batches an iterator of these, or the path

        Examples
        --------
        >>> import mixwidget as mw
        >>> cbpp = mw.load_dataset("cbpp")
        >>> fit = mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", cbpp)
        >>> first = {"period": "1", "herd": "new", "size": 20, "incidence": 0}
        >>> median = fit.predict(first, allow_new_levels=True, type="response")
        >>> average = fit.predict(first, marginalise=True, type="response")
        >>> round(median.item(), 3), round(average.item(), 3)
        (0.198, 0.216)
        >>> draws = fit.simulate(4000, seed=1, newdata=first)  # twenty animals of a new herd
        >>> [round(float(share), 2) for share in (draws.to_numpy().mean(), np.median(draws))]
        [0.22, 0.2]
        >>> (20 * fit.predict(first, "~0", interval="prediction", type="response")).round(1).iloc[0].tolist()
        [4.0, 0.0, 11.0]
        """
        request = PredictionRequest(
            newdata=newdata,
            re_form=re_form,
            allow_new_levels=allow_new_levels,
            interval=interval,
            level=level,
            offset=offset,
            rankdeficient=rankdeficient,
            weights=weights,
            type=type,
            marginalise=marginalise,
        )
        return predictions(self.fit, request, to)

    # curves along a predictor

    def threshold(
        self,
        p: float = 0.5,
        of: str | None = None,
        by: str | Sequence[str] | None = None,
        group: str | None = None,
        guess: float = 0.0,
        level: float = 0.95,
        method: str = "delta",
        n: int = 1000,
        seed: int | np.random.Generator | None = None,
        at: Mapping[str, Sequence[Any]] | None = None,
        progress: bool | Progress = True,
    ) -> ResultTable:
        """Return the value of a predictor at which a probability is predicted: the threshold of a psychometric curve.

        Parameters
        ----------
        p : float
            The probability; of a model of counts or amounts the mean.
        of : str, optional
            The predictor, by its name in the data: thresholds are in its units also where the formula has
            ``scale(size)``, ``log(size)``, ``poly(size, 2)``. The only covariate unless given.
        by : str or sequence of str, optional
            Variables of the fixed effects: a threshold for each combination of their levels.
        group : str, optional
            A grouping factor: thresholds of each of its levels, from fixed effects and conditional modes together,
            where the data have it. Without one, the threshold of the population: of a curve with random effects of
            zero, which is that of the median level and steeper than the average of all curves.
        guess : float
            A lower asymptote: ``p = guess + (1 - guess) * mu``, so that the model's mean mu must reach
            ``(p - guess) / (1 - guess)`` (Knoblauch & Maloney 2012). For models whose mean is the probability beside
            guessing. The mean of a logit or probit model of correct responses is the share of correct responses itself,
            guesses included: there leave guess at 0, with p=0.625 for half-way between chance and 1 of four choices.
        level : float
            Of the intervals.
        method : {"delta", "boot"}
            From the standard error of the linear predictor over its slope, at the threshold; or percentiles of refits
            to responses drawn from the model. Thresholds of levels are then drawn too: with the parameters of each
            refit, and effects from their conditional distribution given the data (Laird & Louis 1987, type III).
        n, seed
            Replicates of the bootstrap; the same seed gives the same.
        at : mapping, optional
            Values of other variables: ``{"age": 30}``. Otherwise covariates are held at their means, and curves
            averaged over the levels of factors with equal weights on the scale of the link, as `emmeans` does.
        progress : bool or callable

        Returns
        -------
        ResultTable
            threshold, se, lower, upper; slope, the change of the probability (or mean) for one unit of the predictor
            there; note: other places where the curve crosses p (the one nearest to the mean of the predictor is shown),
            that the threshold lies beyond the data, that the slope may be 0, or the means that the curve has instead
            where it does not reach p within the data and as far again on either side: then the threshold is NaN.

        Raises
        ------
        OptionError, DataError
            If p is out of range or a name not known.

        References
        ----------
        Moscatelli, Mezzetti & Lacquaniti (2012), J. Vision 12(11):26; Knoblauch & Maloney (2012), Modeling
        Psychophysical Data in R, Springer; Faraggi, Izikson & Reiser (2003), Stat. Med. 22; Laird & Louis (1987), J.
        Am. Stat. Assoc. 82; Booth & Hobert (1998), J. Am. Stat. Assoc. 93.

        Examples
        --------
        >>> import mixwidget as mw
        >>> trials = mw.load_dataset("crowding_sim")
        >>> fit = mw.glmer("ResponseCorrect ~ scale(SizeRaw) + Condition + (1 | Subject)", trials)
        >>> fit.threshold(0.625, by="Condition").round(2)[["Condition", "threshold", "lower", "upper"]]
           Condition  threshold  lower  upper
        0  uncrowded       1.14   1.04   1.25
        1    crowded       1.60   1.49   1.70
        """
        request = ThresholdRequest(CurveRequest(of, by, group, at), p, guess, level, method, Sampling(n, seed))
        return threshold(self.fit, request, progress_bar("bootstrap", shown=progress))

    def curves(
        self,
        of: str | None = None,
        by: str | Sequence[str] | None = None,
        group: str | None = None,
        p: float | None = None,
        level: float = 0.95,
        at: Mapping[str, Sequence[Any]] | None = None,
    ) -> Curves:
        """Compare the curves of a factor's levels by three models; ``.plot()`` draws them.

        With partial pooling, by this fit; without pooling, by a generalized linear model of each level alone; and with
        complete pooling, by one of all rows as if there were no groups.

        Parameters
        ----------
        of, by, group, at
            As of `threshold`; the first covariate, the first factor with at most four levels (``by=()`` for none), and
            the first grouping factor unless given.
        p : float, optional
            The mean whose thresholds are compared; 0.5 for probabilities unless given, none for other means.
        level : float
            Of the thresholds' intervals.

        Returns
        -------
        Curves

        Examples
        --------
        >>> import mixwidget as mw
        >>> trials = mw.load_dataset("crowding_sim")
        >>> fit = mw.glmer("ResponseCorrect ~ SizeRaw + Condition + (1 | Subject)", trials)
        >>> curves = fit.curves(p=0.625)
        >>> curves.frame.query("Subject == '5'")[["threshold", "separate", "pooled"]].round(2).to_numpy().tolist()
        [[1.37, 1.01, 1.15], [1.83, 2.3, 1.6]]
        >>> picture = curves.plot()
        """
        return curves(self.fit, CurveRequest(of, by, group, at), p, level)

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
        return p_values(self.fit, None, bar, None).to_frame()

    def _on_latent_scale(self, look: Look, method: str | None) -> Look:
        return looks.latent_look(look, variance_methods(self.fit)[0] if method is None else method)

    def overdispersion(self) -> ResultSeries:
        """Compare the Pearson statistic with its degrees of freedom, as ``overdisp_fun`` of the GLMM FAQ.

        Returns
        -------
        Series
            ``ratio``, ``chisq`` at the conditional modes, ``df`` (rows less parameters), ``p`` by the chi-square
            distribution; ``p_sparse`` with the variance that the statistic has where expected counts are small.

        Raises
        ------
        OptionError
            For 0/1 data, in which it cannot be seen, and for families that estimate a dispersion.

        References
        ----------
        Bolker et al., GLMM FAQ; McCullagh & Nelder (1989), Generalized Linear Models, sections 4.5 and 6.2.

        Examples
        --------
        >>> import mixwidget as mw
        >>> cbpp = mw.load_dataset("cbpp")
        >>> fit = mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", cbpp)
        >>> fit.overdispersion().round(3)[["ratio", "p"]].to_dict()
        {'ratio': 1.237, 'p': 0.119}
        """
        return shown_series(overdispersion(self.fit), looks.OVERDISPERSION)


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
    data : data frame or source
        pandas, or any frame that narwhals understands (polars, pyarrow). Data that memory need not hold are read in
        batches, as by `lmer`: rows that differ in the response only are merged, and the fit to these is that of all.
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
    request = GeneralizedRequest(family=_generalized(family, link), n_agq=_checked_nodes(n_agq))
    fit = generalized_fit_from_data(
        formula,
        data,
        given,
        request,
        control=given_control(control),
        priors=given_priors(cov_prior, fixef_prior, None),
        data_name=names_in_caller([data], depth=2)[0] if data_name is None else data_name,
        start=start,
        told=row_line(),
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
        told=row_line(),
    )
    warn_of_findings(fit)
    return GlmerModel(fit)


def _generalized(given: Any, link: str | None) -> Family:
    """Return the family that is meant, which is not that of a linear model and leaves no parameter open."""
    family = read_family(given, link)
    if isinstance(given, str) and family.shape is not None:
        raise OptionError(
            "a negative binomial needs its shape: mw.glmer_nb estimates it, and "
            "family=statsmodels.api.families.NegativeBinomial(alpha=1 / shape) gives it"
        )
    if family.distribution.name == "gaussian" and family.link.name == "identity":
        raise OptionError("a gaussian family with the identity link is a linear mixed model; fit it with mw.lmer")
    return family


def _checked_nodes(n_agq: object) -> int:
    if isinstance(n_agq, bool) or not isinstance(n_agq, int | np.integer) or n_agq < 0:
        raise OptionError(f"n_agq must be 0, 1 or a larger whole number, not {n_agq!r}")
    return int(n_agq)
