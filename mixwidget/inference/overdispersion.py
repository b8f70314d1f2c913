"""Whether responses vary more, or less, about their fitted means than the distribution of the family does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtr

from mixwidget.engine.criterion.laplace import found
from mixwidget.errors import Diagnostic, OptionError
from mixwidget.fit.fit import once
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.prior_weights import has_weights, inverse_weights, largest_weight
from mixwidget.inference.tails import chi2_tail

UNLIKELY = 1e-3  # p below which a fit says so unasked: one sound fit in a thousand does
LEAST_P = 1e-16  # that is told as a number
NOTABLE = 1.2  # ratio at which standard errors are off by a tenth
DENSE = 1.5  # spread above which shrinkage makes the statistic smaller than effective degrees of freedom tell


@dataclass(frozen=True, slots=True)
class Dispersion:
    """The Pearson statistic of a fit against what its distribution expects.

    Attributes
    ----------
    chisq : float
    df : int
        Rows less parameters.
    effective_df : float
        Rows less what fixed effects and shrunken modes take up: what the statistic is on average.
    spread : float
        Its variance as a multiple of that of a chi-square; more than 1 where expected counts are small.
    """

    chisq: float
    df: int
    effective_df: float
    spread: float

    @property
    def ratio(self) -> float:
        """Chi-square to degrees of freedom."""
        return self.chisq / self.df

    @property
    def p(self) -> float:
        """Upper tail of the chi-square distribution."""
        return float(chi2_tail(self.chisq, self.df))

    @property
    def p_sparse(self) -> float:
        """The same for a multiple of a chi-square that has the statistic's own variance."""
        return float(chi2_tail(self.chisq / self.spread, self.df / self.spread))

    @property
    def p_under(self) -> float:
        """Lower tail of that, on effective degrees of freedom."""
        return float(chdtr(self.effective_df / self.spread, self.chisq / self.spread))

    @property
    def effective_ratio(self) -> float:
        """Chi-square to effective degrees of freedom."""
        return self.chisq / self.effective_df


def overdispersion(fit: GeneralizedFit) -> pd.Series:
    """Return the Pearson statistic at the conditional modes against the residual degrees of freedom.

    Parameters
    ----------
    fit : GeneralizedFit
        Of counts, or of counts of trials.

    Returns
    -------
    Series
        ``ratio``, ``chisq``, ``df`` (rows less parameters) and ``p`` of the upper tail, as ``overdisp_fun`` of the GLMM
        FAQ; ``p_sparse``, in which the statistic has the variance that it has with small counts, larger than that of a
        chi-square.

    Raises
    ------
    OptionError
        If the family has a dispersion of its own, if the data are 0 and 1, or if no degrees of freedom are left.

    References
    ----------
    Bolker et al., GLMM FAQ, "Testing for overdispersion/computing overdispersion factor"; McCullagh & Nelder (1989),
    Generalized Linear Models, sections 4.5 and 6.2, for the variance of the statistic.
    """
    reason = why_not(fit)
    if reason is not None:
        raise OptionError(f"overdispersion: {reason}")
    at = dispersion(fit)
    return pd.Series(
        {"ratio": at.ratio, "chisq": at.chisq, "df": at.df, "p": at.p, "p_sparse": at.p_sparse}, name="overdispersion"
    )


def why_not(fit: GeneralizedFit) -> str | None:
    """Return why a fit cannot be overdispersed, None where it can."""
    if fit.has_sigma:
        return (
            f"a {fit.family.distribution.name} model estimates its dispersion (sigma is {fit.estimates.sigma:.4g}), so "
            "there is none to compare that with; it is for counts and counts of trials"
        )
    is_binomial = fit.family.distribution.support == "unit"
    if is_binomial and largest_weight(fit) <= 1.0:
        return (
            "it cannot be seen in single trials, whose mean decides their variance; it is for counts, and for counts "
            "of trials as cbind(successes, failures)"
        )
    if is_binomial and fit.design.response.kind == "binary":
        return "it cannot be seen in 0/1 data, whose mean decides their variance, whatever their weights"
    if fit.n - fit.npar <= 0:
        return f"{fit.n} rows leave no degrees of freedom beside {fit.npar} parameters"
    return None


@once
def dispersion(fit: GeneralizedFit) -> Dispersion:
    """Return the Pearson statistic of a fit that can be overdispersed, with what it is compared with."""
    model = fit.optimum.model
    mode, _, _ = found(fit.optimum.evaluation)
    taken = len(fit.estimates.beta) + float(mode.local.expected @ fit.optimum.evaluation.leverages)
    return Dispersion(
        chisq=mode.local.pearson(model.squares_within),
        df=fit.n - fit.npar,
        effective_df=max(fit.n - taken, 1.0),
        spread=max(1.0 + 0.5 * _excess_kurtosis(fit), 0.1),
    )


def dispersion_finding(fit: GeneralizedFit) -> Diagnostic | None:
    """Return the finding that responses vary more or less than the family does; None where they vary as much.

    A random effect for each row takes up what there is, so that nothing is said beside one.
    """
    if why_not(fit) is not None or has_effect_of_each_row(fit) or _has_doubtful_weights(fit):
        return None
    at = dispersion(fit)
    if at.ratio > NOTABLE and at.p_sparse < UNLIKELY:
        return Diagnostic("overdispersion", "warning", _over(fit, at), _over_hint(fit))
    is_dense = fit.family.shape is None and at.spread < DENSE
    if is_dense and at.effective_ratio < 1.0 / NOTABLE and at.p_under < UNLIKELY:
        message = (
            f"the {_what(fit)} vary less than {_distribution(fit)} does: the Pearson statistic is "
            f"{at.effective_ratio:.2f} times what is expected ({p_text(at.p_under)})"
        )
        hint = "standard errors are on the safe side; see whether the counts have an upper end, as counts of trials do"
        return Diagnostic("underdispersion", "info", message, hint)
    return None


def p_text(p: float) -> str:
    """Return a p value for a sentence: ``"p = 0.0002"``."""
    return f"p = {p:.2g}" if p >= LEAST_P else f"p < {LEAST_P:g}"


def has_effect_of_each_row(fit: GeneralizedFit) -> bool:
    """Whether a grouping factor has a level for each row."""
    return any(len(factor.levels) == fit.n for factor in fit.design.factors)


def _has_doubtful_weights(fit: GeneralizedFit) -> bool:
    """Whether counts have prior weights, of which only the user knows whether they are repetitions."""
    return fit.design.response.kind == "counts" and has_weights(fit)


def _over(fit: GeneralizedFit, at: Dispersion) -> str:
    return (
        f"the {_what(fit)} vary more than {_distribution(fit)} does: the Pearson statistic is {at.chisq:.4g} on "
        f"{at.df} degrees of freedom, ratio {at.ratio:.2f} ({p_text(at.p_sparse)}), so standard errors are too small"
    )


def _over_hint(fit: GeneralizedFit) -> str:
    each_row = "a random effect for each row takes it up: data['row'] = range(len(data)), and (1 | row) in the formula"
    return f"mw.glmer_nb fits such counts, or {each_row}" if fit.family.distribution.name == "poisson" else each_row


def _what(fit: GeneralizedFit) -> str:
    return "counts" if fit.design.response.kind == "counts" else "proportions"


def _distribution(fit: GeneralizedFit) -> str:
    names = {"poisson": "the Poisson distribution", "negative.binomial": "the negative binomial distribution"}
    return names.get(fit.family.distribution.name, "the binomial distribution")


def _excess_kurtosis(fit: GeneralizedFit) -> float:
    """Return the mean over the rows of the fourth cumulant in units of the squared variance."""
    model = fit.optimum.model
    mean = found(fit.optimum.evaluation)[0].local.mean
    if fit.family.distribution.support == "unit":
        variance = mean * (1.0 - mean)
        return float((1.0 - 6.0 * variance) / np.maximum(variance, 1e-12) @ inverse_weights(fit)) / fit.n
    own = np.maximum(fit.family.distribution.variance(mean), 1e-12)
    return float((1.0 / own) @ model.counts) / fit.n + (0.0 if fit.family.shape is None else 6.0 / fit.family.shape)
