"""The same rows with fewer fixed or random terms, from the sums of products that are there."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mixwidget.design.distant_rows import DistantRows
from mixwidget.design.gathered_rows import held_rows
from mixwidget.design.plan import make_plan
from mixwidget.dialect.contrasts import coding_of, own_coding
from mixwidget.dialect.values import Coding, Factor
from mixwidget.engine.criterion.linear_criterion import linear_criterion
from mixwidget.engine.model.arrangement import arrange
from mixwidget.engine.sums.cross_products import select_terms
from mixwidget.errors import DataError
from mixwidget.fit.fit import Fit
from mixwidget.fit.fixed_terms import fixed_terms
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_submodel import criterion_of_terms
from mixwidget.fit.linear_fit import LinearFit, as_linear
from mixwidget.fit.optimum import find_linear_optimum
from mixwidget.fit.recipe_layout import layout_of
from mixwidget.fit.recoding import as_fitted, known_columns
from mixwidget.fit.reductions import PartialTerm, Reduction
from mixwidget.fit.solve_like import solve_like
from mixwidget.fit.sums import Sums
from mixwidget.fit.threads import one_thread
from mixwidget.formula.terms import MixedFormula


def without_terms(fit: Fit, dropped: tuple[str, ...]) -> Fit:
    """Fit the model without some fixed terms by maximum likelihood, to the same rows.

    Where other columns may take the place of those dropped (aliased ones, or no intercept), they are made of the
    columns that are there.

    Raises
    ------
    DataError
        If contrasts with too few columns leave nothing to make them of.
    """
    design = fit.design
    is_coded_anew = bool(design.x_dropped) or any(term.full for term in fixed_terms(design))
    if is_coded_anew:
        return _coded_anew(fit, dropped)
    kept = [c for label, columns in design.x_assign if label not in dropped for c in columns]
    return with_columns(fit, sorted(kept))


def with_fixed_terms(fit: Fit, formula: MixedFormula) -> Fit | None:
    """Fit the model with those of its fixed terms that a formula has, by maximum likelihood, from columns as they are.

    Parameters
    ----------
    fit : Fit
    formula : MixedFormula

    Returns
    -------
    Fit, or None where the formula has other terms, or its columns would be coded in another way
    """
    terms = make_plan(formula, ()).fixed
    wanted = (*(["(Intercept)"] if terms.intercept else []), *terms.labels)
    known = dict(fit.design.x_assign)
    is_coded_anew = bool(fit.design.x_dropped) or any(term.full for term in fixed_terms(fit.design))
    if is_coded_anew or not set(wanted) <= set(known) or ("(Intercept)" in known) != terms.intercept:
        return None
    smaller = with_columns(fit, sorted(column for label in wanted for column in known[label]))
    text = replace(smaller.design.formula, fixed=formula.fixed)
    return replace(smaller, design=replace(smaller.design, formula=text))


def with_columns(fit: Fit, kept: list[int]) -> Fit:
    """Fit the model with some of the fixed-effects columns by maximum likelihood."""
    design = fit.design
    place = {old: new for new, old in enumerate(kept)}
    recipe = design.recipe
    smaller = replace(
        design,
        x_names=tuple(design.x_names[i] for i in kept),
        x_assign=tuple(
            (label, tuple(place[c] for c in columns if c in place))
            for label, columns in design.x_assign
            if any(c in place for c in columns)
        ),
        recipe=replace(
            recipe, fixed=tuple(recipe.fixed[i] for i in kept), dropped=(), aliases=np.zeros((len(kept), 0))
        ),
    )
    rows = fit.rows.with_fixed(kept)
    sums = fit.sums.with_fixed(kept) if isinstance(fit, LinearFit) else None
    return solve_like(fit, smaller, rows, sums=sums, start=list(fit.estimates.templates))


def _coded_anew(fit: Fit, dropped: tuple[str, ...]) -> Fit:
    design, recipe = fit.design, fit.design.recipe
    labels = [label for label, _ in design.x_assign]
    kept = [label for label in labels if label not in dropped and label != "(Intercept)"]
    intercept = "1" if "(Intercept)" in labels or not kept else "0"  # as lme4: an empty fixed part is an intercept
    contrasts = fit.call.options.get("contrasts") or {}

    def coding_for(label: str, factor: Factor) -> Coding:
        given = contrasts.get(label)
        return own_coding(label, factor) if given is None else coding_of(given, factor.levels, label)

    layout = layout_of(recipe, " + ".join([intercept, *kept]), coding_for)
    found = known_columns(as_fitted(fit), layout.columns) if kept else (None, np.ones(1, dtype=bool))
    if found is None:
        raise DataError(
            f"drop1: without '{dropped[0]}' a factor has a column for each level, which its contrasts cannot make; "
            "fit the smaller model yourself and compare with mw.anova"
        )
    known, is_kept = found
    columns = [column for column, is_there in zip(layout.columns, is_kept, strict=True) if is_there]
    own = [label for label, is_there in zip(layout.labels, is_kept, strict=True) if is_there]
    smaller = replace(
        design,
        x_names=tuple(column.name for column in columns),
        x_dropped=(),
        x_assign=tuple((label, tuple(i for i, at in enumerate(own) if at == label)) for label in dict.fromkeys(own)),
        recipe=replace(recipe, fixed=tuple(columns), dropped=(), aliases=np.zeros((len(columns), 0))),
    )
    combined = None if known is None else known[:, is_kept]
    rows = fit.rows.with_combined(combined)
    return solve_like(fit, smaller, rows, sums=_combined_sums(fit, combined))


def _combined_sums(fit: Fit, combined: np.ndarray | None) -> Sums | None:
    """Return the sums of other fixed-effects columns where there are no rows to form them anew."""
    if not isinstance(fit, LinearFit) or not isinstance(fit.rows, DistantRows):
        return None
    return fit.sums.with_constant() if combined is None else fit.sums.with_combined(combined)


class SmallerPart(NamedTuple):
    """What is known of a model with a smaller random part.

    Attributes
    ----------
    criterion : float
    n_theta : int
        The number of covariance parameters; no dispersion is counted.
    deviations : ndarray, shape (probes,)
        As `Fit.criterion_deviations`.
    """

    criterion: float
    n_theta: int
    deviations: np.ndarray


def criterion_without(fit: Fit, reduction: Reduction) -> SmallerPart:
    """Return the criterion of a smaller random part.

    Without any random-effects term it is that of the linear, or generalized linear, model.
    """
    if isinstance(fit, GeneralizedFit):
        found = criterion_of_terms(fit, [_columns(fit, term) for term in reduction.terms])
        return SmallerPart(*found, np.zeros(0))
    return _linear_criterion(as_linear(fit), [(term, _coordinates(as_linear(fit), term)) for term in reduction.terms])


def _columns(fit: Fit, part: PartialTerm) -> tuple[int, np.ndarray]:
    """Return the factor of what is left of a term, and its columns on the rows, or on merged ones, shape (n, k)."""
    z = held_rows(fit.rows).z[part.term]
    return fit.design.terms[part.term].factor, z[:, list(part.columns)] if part.columns else np.ones((len(z), 1))


def _coordinates(fit: LinearFit, part: PartialTerm) -> np.ndarray:
    """Return the pool coordinates of what is left of a term, shape (c, k); the first column of the pool is constant."""
    if not part.columns:
        return np.eye(len(fit.cross.total))[:, :1]
    return fit.cross.terms[part.term][:, list(part.columns)]


def _linear_criterion(fit: LinearFit, parts: list[tuple[PartialTerm, np.ndarray]]) -> SmallerPart:
    arrangement = fit.optimum.arrangement
    with one_thread():
        if not parts:
            nothing = fit.optimum.criterion.evaluate(np.zeros(arrangement.layout.n_theta))
            return SmallerPart(nothing.value, 0, nothing.deviations.value)
        factors = [fit.design.terms[part.term].factor for part, _ in parts]
        kept = tuple(sorted(set(factors)))
        cross = select_terms(fit.cross, kept, [columns for _, columns in parts], tuple(map(kept.index, factors)))
        reduced = arrange(cross, fit.control.max_dense_columns, crossed=fit.control.crossed)
        optimum = find_linear_optimum(linear_criterion(reduced, reml=fit.reml), control=fit.control)
    found = optimum.evaluation
    return SmallerPart(found.value, reduced.layout.n_theta, found.deviations.value)
