"""Tables of a fit with broom.mixed's column names: ``tidy``, ``glance``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.likelihood import likelihood
from mixwidget.fit.ranef import coef, cond_var, ranef
from mixwidget.fit.varcorr import varcorr
from mixwidget.inference.coefficients import coefficient_table
from mixwidget.inference.confint import profile_intervals
from mixwidget.inference.intervals import check_level, t_quantile
from mixwidget.inference.ratios import exponentiated

EFFECTS = ("fixed", "ran_pars", "ran_vals", "ran_coefs")
_ORDER = ("effect", "group", "level", "term", "estimate", "std.error", "statistic", "df", "p.value")


def tidy_table(
    fit: Fit,
    *,
    effects: str | Sequence[str],
    conf_int: bool,
    level: float,
    ddf: str,
    exponentiate: bool = False,
) -> pd.DataFrame:
    """Return one row per parameter, mode or coefficient, as ``broom.mixed::tidy``.

    Parameters
    ----------
    fit : Fit
    effects : {"fixed", "ran_pars", "ran_vals", "ran_coefs"} or several of them
    conf_int : bool
        Adds conf.low and conf.high: by t quantiles, for variance parameters by profile likelihood.
    level : float
    ddf : str
    exponentiate : bool
        Whether fixed effects are shown as ratios.

    Raises
    ------
    OptionError
        If an option is not known, or the fit has no ratios.
    """
    check_level(level, "tidy")
    wanted = [effects] if isinstance(effects, str) else list(effects)
    makers = {
        "fixed": lambda: (
            exponentiated(fit, fixed_rows(fit, level, ddf)) if exponentiate else fixed_rows(fit, level, ddf)
        ),
        "ran_pars": lambda: _ran_pars(fit, level if conf_int else None),
        "ran_vals": lambda: _ran_vals(ranef(fit), cond_var(fit), level),
        "ran_coefs": lambda: _ran_coefs(fit),
    }
    for name in wanted:
        if name not in makers:
            raise OptionError(f"tidy: effects={name!r} is not known; choose from {', '.join(map(repr, EFFECTS))}")
    table = pd.concat([makers[name]() for name in wanted], ignore_index=True)
    limits = ["conf.low", "conf.high"] if conf_int else []
    return table[[name for name in (*_ORDER, *limits) if name in table.columns]]


def fixed_rows(fit: Fit, level: float, ddf: str) -> pd.DataFrame:
    """Return the fixed effects in broom's columns, with intervals; without degrees of freedom where tests have none."""
    table = coefficient_table(fit, ddf)
    half = t_quantile(level, table["df"].to_numpy()) * table["se"].to_numpy()
    found = pd.DataFrame(
        {
            "effect": "fixed",
            "group": None,
            "term": table.index.to_numpy(),
            "estimate": table["estimate"].to_numpy(),
            "std.error": table["se"].to_numpy(),
            "statistic": table["statistic"].to_numpy(),
            "df": table["df"].to_numpy(),
            "p.value": table["p"].to_numpy(),
            "conf.low": table["estimate"].to_numpy() - half,
            "conf.high": table["estimate"].to_numpy() + half,
        }
    ).astype({"group": object})
    return found.drop(columns="df") if isinstance(fit, GeneralizedFit) else found


def _ran_pars(fit: Fit, level: float | None) -> pd.DataFrame:
    rows: list[tuple[str, str, float]] = []
    found = varcorr(fit)
    for term in found.terms:
        sd, corr = term.sd, term.corr
        for b, first in enumerate(term.columns):
            rows.append((term.name, f"sd__{first}", float(sd[b])))
            rows += [(term.name, f"cor__{first}.{term.columns[a]}", float(corr[a, b])) for a in range(b + 1, len(sd))]
    if found.sigma is not None:
        rows.append(("Residual", "sd__Observation", found.sigma))
    table = pd.DataFrame(rows, columns=["group", "term", "estimate"])
    table.insert(0, "effect", "ran_pars")
    if level is not None:
        limits = profile_intervals(fit, level, ["theta_"], None).to_numpy()
        table["conf.low"], table["conf.high"] = limits[:, 0], limits[:, 1]
    return table


def _ran_vals(modes: dict[str, pd.DataFrame], variances: dict[str, np.ndarray], level: float) -> pd.DataFrame:
    half = float(t_quantile(level, np.inf))
    parts = []
    for group, frame in modes.items():
        sd = np.sqrt(np.diagonal(variances[group], axis1=1, axis2=2))
        for i, name in enumerate(frame.columns):
            estimate = frame.iloc[:, i].to_numpy()
            columns = {"effect": "ran_vals", "group": group, "level": frame.index.to_numpy(), "term": name}
            columns |= {"estimate": estimate, "std.error": sd[:, i]}
            columns |= {"conf.low": estimate - half * sd[:, i], "conf.high": estimate + half * sd[:, i]}
            parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def _ran_coefs(fit: Fit) -> pd.DataFrame:
    fixed = pd.Series(fit.estimates.beta, index=list(fit.design.x_names))
    parts = [
        pd.DataFrame({"effect": "ran_coefs", "group": group, "level": frame.index, "term": name, "estimate": column})
        for group, frame in coef(fixed, ranef(fit)).items()
        for name, column in ((name, frame[name].to_numpy()) for name in frame.columns)
    ]
    return pd.concat(parts, ignore_index=True)


def glance_table(fit: Fit) -> pd.DataFrame:
    """Return one row: nobs, sigma where there is one, logLik, AIC, BIC, REMLcrit or deviance, df.residual.

    Where the criterion is an estimate, also its standard error, criterion.error.
    """
    found = likelihood(fit)
    criterion = "REMLcrit" if fit.reml else "deviance"
    values: dict[str, float] = {"nobs": found.nobs}
    values |= {"sigma": fit.estimates.sigma} if fit.has_sigma else {}
    values |= {
        "logLik": found.loglik,
        "AIC": found.aic,
        "BIC": found.bic,
        criterion: found.criterion,
        "df.residual": found.df_resid,
    }
    values |= {"criterion.error": fit.criterion_error} if fit.criterion_error > 0.0 else {}
    return pd.DataFrame([values])
