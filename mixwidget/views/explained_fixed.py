"""What the fixed effects mean, with their standard errors, degrees of freedom and tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.fixed_terms import FixedTerm, fixed_terms
from mixwidget.fit.mean import mean_of
from mixwidget.inference.singularity import listed
from mixwidget.views.coefficients import rows_with_tests
from mixwidget.views.explained import Explanation, Scale, said, scale_of
from mixwidget.views.explained_tests import explained_tests
from mixwidget.views.family import family_view
from mixwidget.views.labels import labels_of

PART = "Fixed effects"
CERTAIN = 700.0  # its exponential is about the largest number there is


def explained_fixed(fit: Fit) -> list[Explanation]:
    """Return a sentence for each number of the table of fixed effects."""
    scale, terms = scale_of(fit), fixed_terms(fit.design)
    family = family_view(fit)
    statistic = "t" if family is None else family.statistic
    places = {column: (term, i) for term in terms for i, column in enumerate(term.columns)}
    found: list[Explanation] = []
    for column, row in enumerate(rows_with_tests(fit)):
        term, i = places[column]
        meaning = _effect(_Column(fit, scale, terms, term, i), float(row.estimate or 0.0))
        found += [
            Explanation(row.name, row.name, PART, row.estimate, meaning),
            *explained_tests(row, scale.unit, statistic, PART),
        ]
    return found


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of X with what is needed to speak of it."""

    fit: Fit
    scale: Scale
    terms: tuple[FixedTerm, ...]
    term: FixedTerm
    place: int

    @property
    def condition(self) -> str:
        """What else stands still: other predictors, and where interactions are, at which value."""
        others = [term for term in self.terms if term.variables > self.term.variables and self.term.variables]
        held = sorted({name for term in others for name in term.variables - self.term.variables})
        texts = [self.at_origin(name) for name in held]
        where = f", where {listed(texts)}" if texts else ""
        n_predictors = len({name for term in self.terms for name in term.variables})
        equal = ", all else being equal" if n_predictors > 1 and not where else ""
        groups = " or ".join(dict.fromkeys(factor.label for factor in self.fit.design.factors))
        same = f", for the same {groups}" if self.scale.is_generalized else ""
        return f"{where}{equal}{same}"

    def at_origin(self, name: str) -> str:
        """Say where a variable stands when its columns are zero."""
        factor = self.fit.design.recipe.factors.get(name)
        if factor is None:
            return f"{name} is 0"
        reference = self.reference(name)
        return f"{name} is '{reference}'" if reference else f"{name} is at the zero of its contrasts"

    @property
    def name(self) -> str:
        """The column's name in the table."""
        return self.fit.design.x_names[self.term.columns[self.place]]

    def step(self, name: str) -> str | None:
        """Say how a variable changes by one column; None where a column is no such change."""
        if name not in self.term.factors:
            is_one = len({place for column in self.term.covariate_columns for place in column}) == 1
            return f"{name} is {said(1.0, labels_of(self.fit).unit(name))} higher" if is_one else None
        reference = self.reference(name)
        return f"{name} is '{self.level(name)}' instead of '{reference}'" if reference else None

    def effect_name(self, name: str) -> str:
        """Return what the effect of a variable is called, with its level."""
        return f"{name} '{self.level(name)}'" if name in self.term.factors else name

    def level(self, name: str) -> str:
        """Return the level of a factor that a column stands for."""
        return self.fit.design.recipe.factors[name].levels[int(self.term.codings[self.place][name].argmax())]

    def reference(self, name: str) -> str:
        """Return the reference level of a factor that is coded by treatment contrasts, else nothing."""
        alone = next((term for term in self.terms if term.variables == frozenset({name}) and term.columns), None)
        if alone is None:
            return ""
        matrix = np.column_stack([coding[name] for coding in alone.codings])
        is_treatment = bool(((matrix == 0.0) | (matrix == 1.0)).all() and (matrix.sum(axis=0) == 1.0).all())
        zero = np.flatnonzero(matrix.sum(axis=1) == 0.0)
        return self.fit.design.recipe.factors[name].levels[int(zero[0])] if is_treatment and len(zero) == 1 else ""


def _effect(column: _Column, value: float) -> str:
    variables = sorted(column.term.variables, key=column.term.label.split(":").index)
    if not variables:
        return _intercept(column, value)
    steps = [column.step(name) for name in variables]
    if None in steps or len(steps) > 2:
        return _other(column, value)
    change = f"Where {steps[-1]}"
    if len(steps) == 1:
        return f"{change}, {_higher(column.scale, value)}{column.condition}."
    direction = "higher" if value >= 0.0 else "lower"
    ratio = f" (a factor of {_exponential(value)} between {column.scale.ratio}s)" if column.scale.ratio else ""
    effect = f"the effect of {column.effect_name(variables[0])} is {said(abs(value), column.scale.unit)} {direction}"
    return f"{change}, {effect}{ratio}{column.condition}."


def _intercept(column: _Column, value: float) -> str:
    names = list(dict.fromkeys(name for term in column.terms for name in sorted(term.variables)))
    where = f"Where {listed([column.at_origin(name) for name in names])}, the" if names else "The"
    scale = column.scale
    if not scale.is_generalized:
        return f"{where} average {scale.outcome} is {said(value, scale.unit)}."
    mean = said(float(mean_of(column.fit, np.array([value]))[0]))
    on_link = f" ({said(value, scale.unit)})" if scale.unit else ""
    return f"{where} {scale.outcome} is {mean}{on_link} for a level whose random effects are zero."


def _other(column: _Column, value: float) -> str:
    return f"Where the column {column.name} of the model is 1 higher, {_higher(column.scale, value)}{column.condition}."


def _higher(scale: Scale, value: float) -> str:
    direction = "higher" if value >= 0.0 else "lower"
    if not scale.is_generalized:
        return f"the average {scale.outcome} is {said(abs(value), scale.unit)} {direction}"
    effect = f"the {scale.outcome} is {direction}, by {said(abs(value), scale.unit)}"
    return f"{effect}, {_ratio(scale, value)}" if scale.ratio else effect


def _ratio(scale: Scale, value: float) -> str:
    what = {"odds ratio": "odds", "hazard ratio": "hazard"}.get(scale.ratio, "mean")
    return f"which multiplies the {what} by {_exponential(value)} ({scale.ratio})"


def _exponential(value: float) -> str:
    return said(float(np.exp(min(value, CERTAIN))))
