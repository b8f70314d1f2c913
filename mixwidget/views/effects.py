"""The effect of one variable as a picture: marginal means along it, with a band of confidence intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError, nearest
from mixwidget.fit.fit import Fit
from mixwidget.fit.grid import Variable, grid_variables
from mixwidget.fit.model_frame import model_columns
from mixwidget.inference.ddf import usual_ddf
from mixwidget.inference.emmeans import emmeans_table
from mixwidget.inference.means_request import MeansRequest
from mixwidget.views.caterpillar import packed
from mixwidget.views.family import family_view
from mixwidget.views.fixed_tests import has_quick_tests
from mixwidget.views.labels import labels_of
from mixwidget.views.view import View

N_POINTS = 25  # along a covariate
N_BY = 3  # values of a covariate that another effect is shown at: its mean, and one SD to either side
LEVEL = 95  # per cent


@dataclass(frozen=True, slots=True)
class EffectSeries(View):
    """The means at one level of the second variable; one series without it.

    Attributes
    ----------
    name : str
    y, low, high : bytes
        Little-endian float64: mean and ends of its interval, NaN where the data do not determine it.
    """

    name: str
    y: bytes
    low: bytes
    high: bytes


@dataclass(frozen=True, slots=True)
class EffectsView(View):
    """Marginal means along one variable of the fixed effects.

    Attributes
    ----------
    variables : tuple of str
        Those whose effect can be shown; empty if the model has an intercept alone.
    of : str
        The variable that is shown.
    by : str
        The variable at whose levels it is shown, empty for none.
    x : bytes
        Little-endian float64: the places along a covariate; empty for a factor.
    levels : tuple of str
        Of a factor; empty for a covariate.
    series : tuple of EffectSeries
    x_title, y_title : str
        With units where the data have them.
    notes : tuple of str
        How the others were held, and what the intervals are.
    """

    variables: tuple[str, ...]
    of: str
    by: str
    x: bytes
    levels: tuple[str, ...]
    series: tuple[EffectSeries, ...]
    x_title: str
    y_title: str
    notes: tuple[str, ...]


def effects_view(fit: Fit, options: Mapping[str, Any]) -> EffectsView:
    """Return the effect of a variable.

    Parameters
    ----------
    fit : Fit
    options : mapping
        ``of`` and ``by``, names of variables; the first one, and none, unless given.

    Raises
    ------
    OptionError
        If the fixed effects have no such variable.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).fit
    >>> view = effects_view(fit, {})
    >>> view.of, view.x_title, np.frombuffer(view.series[0].y)[[0, -1]].round(1).tolist()
    ('Days', 'Days of sleep deprivation (day)', [251.4, 345.6])
    """
    variables = grid_variables(fit)
    if not variables:
        return EffectsView((), "", "", b"", (), (), "", "", ("The fixed effects are an intercept alone.",))
    of = _known(options.get("of") or next(iter(variables)), variables)
    by = _known(options["by"], variables) if options.get("by") else ""
    table = emmeans_table(fit, _request(fit, variables, of, "" if by == of else by))
    return _view(fit, variables, table, of, "" if by == of else by)


def _known(name: str, variables: Mapping[str, Variable]) -> str:
    if name not in variables:
        raise OptionError(f"effects: '{name}' is no variable of the fixed effects; {nearest(name, variables)}")
    return name


def _request(fit: Fit, variables: Mapping[str, Variable], of: str, by: str) -> MeansRequest:
    at: dict[str, Any] = {} if variables[of].is_named else {of: _places(fit, of)}
    if by and not variables[by].is_named:
        at[by] = _steps(fit, by, variables[by])
    # Kenward and Roger's or Satterthwaite's df of crossed models take minutes where there are thousands of levels
    ddf = usual_ddf(fit) if has_quick_tests(fit) else "z"
    return MeansRequest((of,), (by,) if by else None, at=at, ddf=ddf, level=LEVEL / 100, scale="response")


def _places(fit: Fit, name: str) -> list[float]:
    values = model_columns(fit)[name].to_numpy(dtype=float)
    return np.linspace(values.min(), values.max(), N_POINTS).tolist()


def _steps(fit: Fit, name: str, variable: Variable) -> list[float]:
    values = model_columns(fit)[name].to_numpy(dtype=float)
    found = np.unique(values)
    if len(found) <= N_BY:
        return found.tolist()
    return [float(f"{values.mean() + step * variable.spread:.4g}") for step in (-1.0, 0.0, 1.0)]


def _view(fit: Fit, variables: Mapping[str, Variable], table: pd.DataFrame, of: str, by: str) -> EffectsView:
    words, is_factor = labels_of(fit), variables[of].is_named
    names = list(table.columns)
    mean, low, high = names[names.index("SE") - 1], *(name for name in names if name.endswith(("CL", ".CL")))
    groups = [("", table)] if not by else list(table.groupby(by, sort=False, observed=True))
    title, family = words.title(fit.design.formula.response), family_view(fit)
    return EffectsView(
        variables=tuple(variables),
        of=of,
        by=by,
        x=b"" if is_factor else packed(groups[0][1][of].to_numpy(dtype=float)),
        levels=tuple(map(str, groups[0][1][of])) if is_factor else (),
        series=tuple(
            EffectSeries(_name(by, key), *(packed(part[one].to_numpy(dtype=float)) for one in (mean, low, high)))
            for key, part in groups
        ),
        x_title=words.title(of),
        y_title=title if family is None else family.modelled[:1].upper() + family.modelled[1:],
        notes=tuple(_notes(variables, table, of, by)),
    )


def _name(by: str, key: Any) -> str:
    return "" if not by else f"{key:.4g}" if isinstance(key, float) else str(key)


def _notes(variables: Mapping[str, Variable], table: pd.DataFrame, of: str, by: str) -> Iterator[str]:
    held = [
        f"{name} = {np.mean(one.levels):.4g}"
        for name, one in variables.items()
        if name not in (of, by) and not one.is_named and len(one.levels) == 1
    ]
    if held:
        yield f"The others are held at their means: {', '.join(held)}."
    averaged = [name for name in table.attrs["averaged_over"] if name not in (of, by)]
    if averaged:
        yield f"Averaged over the levels of {', '.join(averaged)}, each counting the same."
    how = {"satterthwaite": "t with Satterthwaite\u2019s degrees of freedom"}.get(table.attrs["ddf"], "normal")
    yield f"Bars and bands: {LEVEL} % confidence intervals, {how}. Random effects are at zero."
