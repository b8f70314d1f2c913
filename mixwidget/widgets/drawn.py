"""A drawn data set with its fit, as `lmer` or `glmer` would fit it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter

import pandas as pd

from mixwidget.control import Control
from mixwidget.family.read_family import read_family
from mixwidget.fit.fit import Fit
from mixwidget.fit.from_data import fit_from_data, generalized_fit_from_data
from mixwidget.fit.generalized_request import GeneralizedRequest
from mixwidget.fit.given import Given
from mixwidget.fit.prior import NO_PRIORS
from mixwidget.teaching.draw import draw
from mixwidget.teaching.record import Sample, sample_of
from mixwidget.teaching.settings import Settings
from mixwidget.widgets.worker import ShouldStop


@dataclass(frozen=True, slots=True)
class Drawn:
    """A data set and what a fit makes of it.

    Attributes
    ----------
    data : DataFrame
    fit : Fit
    sample : Sample
        The estimates, for the record.
    seconds : float
        How long the fit took.
    """

    data: pd.DataFrame
    fit: Fit
    sample: Sample
    seconds: float


def drawn(settings: Settings, seed: int, formula: str, *, reml: bool, should_stop: ShouldStop | None) -> Drawn:
    """Draw data and fit a model to them.

    Parameters
    ----------
    settings : Settings
    seed : int
    formula : str
    reml : bool
        Of no meaning for a binomial response.
    should_stop : callable or None
        Polled during the fit.
    """
    data, start = draw(settings, seed), perf_counter()
    control = Control(warn=False, should_stop=should_stop)
    fit = _fitted(settings, formula, data, control, reml=reml)
    # the control of a draw is cancelled with the next one
    fit = replace(fit, control=replace(control, should_stop=None))
    return Drawn(data, fit, sample_of(fit, seed), perf_counter() - start)


def _fitted(settings: Settings, formula: str, data: pd.DataFrame, control: Control, *, reml: bool) -> Fit:
    if settings.family == "gaussian":
        return fit_from_data(formula, data, Given(), reml=reml, control=control, priors=NO_PRIORS, data_name="data")
    request = GeneralizedRequest(family=read_family("binomial", None))
    return generalized_fit_from_data(
        formula, data, Given(), request, control=control, priors=NO_PRIORS, data_name="data"
    )
