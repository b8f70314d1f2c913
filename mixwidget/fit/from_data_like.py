"""Another formula fitted to the data of a fit, as the same kind of model."""

from __future__ import annotations

from mixwidget.control import Control
from mixwidget.fit.fit import Fit
from mixwidget.fit.from_data import fit_from_data, generalized_fit_from_data
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_request import GeneralizedRequest
from mixwidget.fit.given import Given


def fit_from_data_like(fit: Fit, formula: str, *, reml: bool, control: Control) -> Fit:
    """Fit another formula to the data of a fit, with its family, options and priors.

    Parameters
    ----------
    fit : Fit
    formula : str
    reml : bool
        Of a linear model.
    control : Control

    Raises
    ------
    FormulaError, DataError, FitError, ProblemTooLargeError
        In one sentence, where no fit is possible.
    """
    call, priors, given = fit.call, fit.priors, Given(**fit.call.options)
    if not isinstance(fit, GeneralizedFit):
        return fit_from_data(formula, call.frame, given, reml=reml, control=control, priors=priors, data_name=call.data)
    request = GeneralizedRequest(family=fit.family, n_agq=fit.n_agq, free_shape=fit.free_shape)
    return generalized_fit_from_data(
        formula, call.frame, given, request, control=control, priors=priors, data_name=call.data
    )
