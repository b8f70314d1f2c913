"""Effects as ratios: odds ratios of logit links, rate ratios and other ratios of log links."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit

_OF_LOG = {
    "binomial": "risk ratio",
    "poisson": "rate ratio",
    "negative.binomial": "rate ratio",
}
RATIOS = ("estimate", "conf.low", "conf.high")


def ratio_word(fit: Fit) -> str:
    """Return what the exponential of an effect is called: ``"odds ratio"``; empty where it means nothing.

    Examples
    --------
    >>> import mixwidget as mw
    >>> ticks = mw.load_dataset("grouseticks")
    >>> ratio_word(mw.glmer_nb("TICKS ~ YEAR + (1 | BROOD)", ticks).fit)
    'rate ratio'
    """
    if not isinstance(fit, GeneralizedFit):
        return ""
    link = fit.family.link.name
    if link == "log":
        return _OF_LOG.get(fit.family.distribution.name, "ratio of means")
    return {"logit": "odds ratio", "cloglog": "hazard ratio"}.get(link, "")


def exponentiated(fit: Fit, table: pd.DataFrame) -> pd.DataFrame:
    """Return tidied fixed effects with estimates and limits as ratios, standard errors by the delta method.

    Statistics and p values stay those of the logarithm, as in ``broom.mixed::tidy(exponentiate = TRUE)``.

    Raises
    ------
    OptionError
        If the exponential of an effect means nothing for the link of the fit.
    """
    if not ratio_word(fit):
        link = fit.family.link.name if isinstance(fit, GeneralizedFit) else "identity"
        raise OptionError(
            f"tidy: exponentiate=True makes ratios of effects on a logarithm (logit, log, cloglog links), "
            f"and this fit has the {link} link; leave it out"
        )
    ratios = {name: np.exp(table[name]) for name in RATIOS if name in table.columns}
    return table.assign(**{"std.error": table["std.error"] * ratios["estimate"]}, **ratios)
