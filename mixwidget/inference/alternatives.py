"""What other methods make of the same data, beside a fit."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError, nearest
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.linear_fit import as_linear
from mixwidget.inference.generalized_rivals import GeneralizedRivals
from mixwidget.inference.linear_rivals import LinearRivals
from mixwidget.inference.rival_table import rival_table

FAILURES = (ValueError, ArithmeticError, np.linalg.LinAlgError)  # of programs that are shown beside ours


@dataclass(frozen=True, slots=True)
class Beside:
    """The same coefficients by several methods.

    Attributes
    ----------
    table : DataFrame
        method, term, estimate, se, df, lower, upper, one row per method and coefficient.
    answers : mapping of str to str
        What each method answers, in their order; or why it has no answer.
    note : str
        What to know about their differences.
    """

    table: pd.DataFrame
    answers: Mapping[str, str]
    note: str


def beside(fit: Fit, group: str | None, level: float) -> Beside:
    """Return a fit and its rivals.

    Parameters
    ----------
    fit : Fit
    group : str, optional
        The grouping factor that the rivals use; the first unless given.
    level : float
        Of the intervals.

    Raises
    ------
    OptionError
        If there is no such grouping factor.
    """
    labels = [factor.label for factor in fit.design.factors]
    if group is not None and group not in labels:
        hint = nearest(group, labels)
        raise OptionError(f"alternatives: '{group}' is no grouping factor of this fit; {hint}")
    position = 0 if group is None else labels.index(group)
    if isinstance(fit, GeneralizedFit):
        rivals: GeneralizedRivals | LinearRivals = GeneralizedRivals(fit, position, level)
    else:
        rivals = LinearRivals(as_linear(fit), position, level)
    parts, failed = [rivals.own().assign(method="mixed model")], dict[str, str]()
    for name, make in rivals.makers().items():
        part, failed[name] = _made(make, fit, level)
        parts.append(part.assign(method=name))
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "method", table.pop("method"))
    answers = {name: failed.get(name) or rivals.answers[name] for name in ["mixed model", *failed]}
    return Beside(table, answers, rivals.note)


def _made(make: Callable[[], pd.DataFrame], fit: Fit, level: float) -> tuple[pd.DataFrame, str]:
    """Return the table of a rival, and why it could not be made where it could not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of programs that are shown beside ours
        try:
            return make(), ""
        except FAILURES as error:
            names = list(fit.design.x_names)
            nothing = np.full(len(names), np.nan)
            return rival_table(names, nothing, nothing, nothing + np.inf, level), f"could not be fitted ({error})"
