"""From a formula and a data frame to a fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mixwidget.control import Control
from mixwidget.design.build import build_design
from mixwidget.fit.call import given_call
from mixwidget.fit.fit import Fit
from mixwidget.fit.prior import Priors
from mixwidget.fit.prior_labels import in_order
from mixwidget.fit.solve import solve
from mixwidget.fit.start import start_templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What stands beside formula and data; see `mixwidget.lmer`."""

    weights: Any = None
    offset: Any = None
    subset: Any = None
    contrasts: Mapping[str, Any] | None = None


def fit_from_data(
    formula: str,
    data: Any,
    given: Given,
    *,
    reml: bool,
    control: Control,
    priors: Priors,
    data_name: str | None,
    start: Any = None,
) -> Fit:
    """Fit a linear mixed model.

    Parameters
    ----------
    formula : str
    data : data frame
    given : Given
    reml : bool
    control : Control
    priors : Priors
        Labels of their parameters are put in the order of the design.
    data_name : str, optional
    start : array_like, shape (n_theta,), optional

    Raises
    ------
    FormulaError, DataError, OptionError, FitError, ProblemTooLargeError
        In one sentence, where no fit is possible.
    """
    options: dict[str, Any] = {
        "weights": given.weights,
        "offset": given.offset,
        "subset": given.subset,
        "contrasts": given.contrasts,
    }
    filled = build_design(formula, data, control=control, **options)
    design = filled.design
    templates = None if start is None else start_templates(design, start)
    call = given_call(data, data_name, options)
    ordered = in_order(priors, design)
    return solve(design, filled.rows, reml=reml, control=control, start=templates, priors=ordered, call=call)
