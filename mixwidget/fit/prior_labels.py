"""Parameters of priors that carry labels, put in the order of the coefficients or of the columns of a term."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mixwidget.design.alignment import by_label
from mixwidget.design.design import Design
from mixwidget.errors import OptionError
from mixwidget.fit.prior import Prior, Priors


def in_order(priors: Priors, design: Design) -> Priors:
    """Return priors whose parameters are plain numbers and lists, in the order of the design.

    Parameters
    ----------
    priors : Priors
        A parameter may be a Series or, for a matrix, a DataFrame: by the names of the fixed effects, or of the columns
        of the random-effects term.
    design : Design

    Raises
    ------
    OptionError
        If the labels are not these names; if the terms that share a prior have other columns.
    """
    fixef = None if priors.fixef is None else _ordered(priors.fixef, [design.x_names], "the fixed effects")
    given = priors.covariance
    if isinstance(given, Mapping):
        covariance = {group: _ordered(prior, _columns(design, group), f"'{group}'") for group, prior in given.items()}
    else:
        covariance = None if given is None else _ordered(given, _columns(design, None), "the terms")
    return Priors(covariance, fixef, priors.residual)


def _columns(design: Design, group: str | None) -> list[tuple[str, ...]]:
    """Return the columns of the terms that a prior is for, each set of them once."""
    terms = [term for term in design.terms if group in (None, design.factors[term.factor].label)]
    return list(dict.fromkeys(term.columns for term in terms))


def _ordered(prior: Prior, columns: list[tuple[str, ...]], whose: str) -> Prior:
    has_labels = any(isinstance(value, pd.Series | pd.DataFrame) for value in prior.parameters.values())
    if not has_labels or not columns:
        return prior
    if len(columns) > 1:
        raise OptionError(
            f"the {prior.family} prior has labels, but {whose} have other columns each; give plain numbers"
        )
    labels = pd.Index(columns[0], dtype=object)
    return Prior(prior.family, **{name: _plain(name, value, labels, whose) for name, value in prior.parameters.items()})


def _plain(name: str, value: Any, labels: pd.Index, whose: str) -> Any:
    if isinstance(value, pd.Series):
        is_unlabelled = isinstance(value.index, pd.RangeIndex)
        return (value if is_unlabelled else by_label(value, labels, name, whose, error=OptionError)).tolist()
    if not isinstance(value, pd.DataFrame):
        return value
    if isinstance(value.index, pd.RangeIndex) and isinstance(value.columns, pd.RangeIndex):
        return value.to_numpy().tolist()
    for axis in (value.index, value.columns):
        by_label(pd.Series(0.0, index=axis), labels, name, whose, error=OptionError)
    return value.reindex(index=labels, columns=labels).to_numpy().tolist()
