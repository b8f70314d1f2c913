"""What the numbers about the whole fit mean: criterion, information criteria, sizes, shares of variance, verdict."""

from __future__ import annotations

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.likelihood import likelihood
from mixwidget.fit.residual_quantiles import known_residual_quantiles
from mixwidget.fit.row_summaries import level_sizes
from mixwidget.inference.effect_size import icc_values, r2_values
from mixwidget.inference.verdict import verdict
from mixwidget.views.explained import Explanation, said

PART = "Model"
NAMES = ("Min", "1Q", "Median", "3Q", "Max")
SHARES = ("0 %", "25 %", "50 %", "75 %", "100 %")
FAR = 3.0


def explained_likelihood(fit: Fit) -> list[Explanation]:
    """Return sentences for the criterion, the likelihood and what follows from it."""
    found = likelihood(fit)
    name = "REML criterion" if fit.reml else "-2 log-likelihood"
    fixed = " and fixed effects" if fit.reml else ""
    how = (
        "REML: the variances are estimated from what is left of the response when the fixed effects are taken out, so "
        "that they are not too small"
        if fit.reml
        else "Maximum likelihood: all parameters are those under which the data are most likely"
    )
    log_n, per = said(float(np.log(found.nobs))), f"for each of {found.npar} parameters"
    lower = f"of two models of the same data{fixed} the one with the lower AIC is expected to predict new data better"
    values = {
        name: (found.criterion, f"{how}. This is what was minimised; it compares models of the same data{fixed} only."),
        "logLik": (found.loglik, f"Minus half of the {name}: larger is likelier; a further parameter never lowers it."),
        "AIC": (found.aic, f"The {name} plus 2 {per}: {lower}; differences below about 2 say little."),
        "BIC": (found.bic, f"The {name} plus log({found.nobs}) = {log_n} {per}: stricter than AIC; lower is better."),
        "npar": (found.npar, f"The model has {found.npar} parameters: fixed effects, variances and correlations."),
        "df.resid": (found.df_resid, f"Rows less parameters: {found.nobs} - {found.npar} = {found.df_resid}."),
    }
    told = {key: f"{text}{_known(key, name, fit.criterion_error)}" for key, (_, text) in values.items()}
    return [Explanation(key, key, PART, float(value), told[key]) for key, (value, _) in values.items()]


def explained_sizes(fit: Fit) -> list[Explanation]:
    """Return sentences for rows and levels."""
    rows = Explanation("Number of obs", "Number of obs", PART, float(fit.n), f"The model was fitted to {fit.n:,} rows.")
    groups = [
        Explanation(f"groups: {factor.label}", factor.label, PART, float(len(sizes)), _sizes(factor.label, sizes))
        for factor, sizes in zip(fit.design.factors, level_sizes(fit), strict=True)
    ]
    return [rows, *groups]


def explained_residuals(fit: Fit) -> list[Explanation]:
    """Return sentences for the quantiles of the scaled residuals."""
    values = known_residual_quantiles(fit)
    if values is None:
        return []
    return [
        Explanation(f"Scaled residuals: {name}", "Scaled residuals", PART, value, _quantile(name, share, value))
        for name, share, value in zip(NAMES, SHARES, values, strict=True)
    ]


def explained_shares(fit: Fit) -> list[Explanation]:
    """Return sentences for R squared and the intraclass correlation."""
    r2, icc = r2_values(fit), icc_values(fit, by_group=False)
    groups = " and ".join(factor.label for factor in fit.design.factors)
    marginal, conditional = float(r2["marginal"]), float(r2["conditional"])
    adjusted = float(icc["adjusted"])
    both = f"The fixed effects and the differences between levels of {groups} together explain"
    alike = f"lies between levels of {groups}: how alike two rows of one level are"
    texts = {
        "R2 marginal": (marginal, f"The fixed effects explain {_percent(marginal)} of the variance."),
        "R2 conditional": (conditional, f"{both} {_percent(conditional)} of the variance."),
        "ICC": (adjusted, f"Of the variance that the fixed effects leave, {_percent(adjusted)} {alike}."),
    }
    return [Explanation(key, key, PART, value, text) for key, (value, text) in texts.items()]


def explained_verdict(fit: Fit) -> list[Explanation]:
    """Return the verdict on the optimum, which has no number."""
    return [Explanation("verdict", "verdict", PART, None, verdict(fit, thorough=True).message)]


def _known(key: str, criterion: str, error: float) -> str:
    """Say how well a number is known that follows from an estimated criterion; nothing where it is exact."""
    if error == 0.0 or key not in (criterion, "logLik", "AIC", "BIC"):
        return ""
    own = 0.5 * error if key == "logLik" else error
    return f" It is an estimate by random probes, known to within {own:.2g} (one standard error)."


def _percent(share: float) -> str:
    return f"{100.0 * share:.3g} %"


def _sizes(label: str, sizes: np.ndarray) -> str:
    low, high = int(sizes.min()), int(sizes.max())
    rows = f"{low:,} row{'' if low == 1 else 's'} each" if low == high else f"{low:,} to {high:,} rows each"
    return f"{len(sizes):,} levels of {label} with {rows}; differences between levels are known from as many."


def _quantile(name: str, share: str, value: float) -> str:
    size = f"{said(abs(value))} standard deviations of a single row {'above' if value >= 0.0 else 'below'}"
    if name in ("Min", "Max"):
        which = "lowest" if name == "Min" else "highest"
        far = f"; beyond {said(FAR)} lie 3 of 1000 rows of a Gaussian" if abs(value) > FAR else ""
        return f"The {which} row lies {size} what the model says of it{far}."
    return f"{share} of the rows lie lower than {size} what the model says of them."
