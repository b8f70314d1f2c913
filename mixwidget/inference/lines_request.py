"""Which lines are asked for: along which predictor, of which levels, the other predictors where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from mixwidget.errors import OptionError, nearest, refuse_unknown_options
from mixwidget.fit.fit import Fit
from mixwidget.fit.model_variables import predictors, slope_variables
from mixwidget.fit.ranef import check_group
from mixwidget.inference.line_variables import LineVariable, colour_variable, line_variable


@dataclass(frozen=True, slots=True)
class LinesRequest:
    """Which lines are asked for.

    Attributes
    ----------
    x : str, optional
        The predictor; where it is not given, one whose effect varies by the levels, else one that varies within them.
    group : str, optional
        The grouping factor; the first where it is not given.
    colour : str, optional
        A factor.
    at : mapping, optional
        Values of other predictors, instead of those of each level's rows.
    seed : int
        Of what is drawn where there is too much to show all.
    """

    x: str | None = None
    group: str | None = None
    colour: str | None = None
    at: Mapping[str, Any] | None = None
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class LinesAsked:
    """A request whose names are known, and what it leaves open filled in.

    Attributes
    ----------
    factor : int
        Position of the grouping factor.
    x : LineVariable or None
        None where the model has no predictor.
    colour : LineVariable or None
    is_coloured_by_model, is_coloured_by_level : bool
        Whether the colour is a predictor of the model, and whether all rows of a level have the same.
    at : mapping
    seed : int
    predictors : list of str
        What x can be.
    """

    factor: int
    x: LineVariable | None
    colour: LineVariable | None
    is_coloured_by_model: bool
    is_coloured_by_level: bool
    at: Mapping[str, Any]
    seed: int
    predictors: list[str]


def lines_request(options: Mapping[str, Any]) -> LinesRequest:
    """Return the request of some options, those that are left out as they are usually.

    Raises
    ------
    OptionError
        If there is no such option.

    Examples
    --------
    >>> lines_request({"x": "Days"})
    LinesRequest(x='Days', group=None, colour=None, at=None, seed=1)
    """
    refuse_unknown_options("lines", options, [field.name for field in fields(LinesRequest)])
    return LinesRequest(**options)


def lines_asked(fit: Fit, request: LinesRequest) -> LinesAsked:
    """Return what is asked for.

    Raises
    ------
    OptionError, DataError
        If a name is not known.
    """
    labels = [factor.label for factor in fit.design.factors]
    if request.group is not None:
        check_group(request.group, labels)
    factor = 0 if request.group is None else labels.index(request.group)
    known = predictors(fit, factor)
    x = _x(fit, factor, request.x, known)
    colour = None if request.colour is None else colour_variable(fit, request.colour)
    at = dict(request.at or {})
    for name in at:
        if name not in known or (x is not None and name == x.name):
            others = [other for other in known if x is None or other != x.name]
            raise OptionError(f"lines: '{name}' in at= is no other predictor; {nearest(name, others)}")
    if x is not None and colour is not None and x.name == colour.name:
        raise OptionError(f"lines: '{x.name}' is along the axis already; colour by another factor")
    return LinesAsked(
        factor=factor,
        x=x,
        colour=colour,
        is_coloured_by_model=colour is not None and colour.name in known,
        is_coloured_by_level=colour is not None and not _varies(colour, fit.rows.codes[factor]),
        at=at,
        seed=request.seed,
        predictors=known,
    )


def _x(fit: Fit, factor: int, name: str | None, known: list[str]) -> LineVariable | None:
    """Return the predictor that is asked for, or the one that tells most of the levels."""
    if name is not None:
        if name not in known:
            raise OptionError(f"lines: '{name}' is no predictor of the model; {nearest(name, known)}")
        return line_variable(fit, name)
    slopes, codes = slope_variables(fit, factor), fit.rows.codes[factor]
    found = [line_variable(fit, one) for one in known]
    rank = {one.name: (one.name not in slopes, not _varies(one, codes), one.is_factor) for one in found}
    return min(found, key=lambda one: rank[one.name], default=None)


def _varies(variable: LineVariable, codes: np.ndarray) -> bool:
    """Whether a variable differs between rows of the same level."""
    order = np.argsort(codes, kind="stable")
    same = np.diff(codes[order]) == 0
    return bool((np.diff(variable.values[order])[same] != 0.0).any())
