"""The same rows with fewer fixed or random terms, from the sums of products that are there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.design.build import build_design
from mixwidget.design.design import Design
from mixwidget.design.recipe import Recipe
from mixwidget.engine.criterion.lmm import evaluate
from mixwidget.engine.model.arrangement import arrange
from mixwidget.engine.search.optimum import find_optimum
from mixwidget.engine.sums.cross_products import select_terms
from mixwidget.errors import DataError
from mixwidget.fit.call import Call
from mixwidget.fit.fit import Fit
from mixwidget.fit.fixed_terms import fixed_terms
from mixwidget.fit.solve import solve
from mixwidget.fit.threads import one_thread


def without_terms(fit: Fit, call: Call, dropped: tuple[str, ...]) -> Fit:
    """Fit the model without some fixed terms by maximum likelihood.

    Where other columns may take the place of those dropped (aliased ones, or no intercept), the columns are made
    afresh from the data.

    Raises
    ------
    DataError
        If the data have changed since the fit.
    """
    design = fit.design
    is_coded_anew = bool(design.x_dropped) or any(term.full for term in fixed_terms(design))
    if is_coded_anew:
        return solve(_made_afresh(design, call, dropped, fit), reml=False, control=fit.control, call=fit.call)
    kept = [c for label, columns in design.x_assign if label not in dropped for c in columns]
    return with_columns(fit, sorted(kept))


def with_columns(fit: Fit, kept: list[int]) -> Fit:
    """Fit the model with some of the fixed-effects columns by maximum likelihood."""
    design = fit.design
    place = {old: new for new, old in enumerate(kept)}
    recipe: Recipe = design.recipe
    smaller = replace(
        design,
        X=np.asfortranarray(design.X[:, kept]),
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
    start = list(fit.estimates.templates)
    return solve(smaller, reml=False, control=fit.control, sums=fit.sums.with_fixed(kept), start=start, call=fit.call)


def _made_afresh(design: Design, call: Call, dropped: tuple[str, ...], fit: Fit) -> Design:
    labels = [label for label, _ in design.x_assign]
    kept = [label for label in labels if label not in dropped and label != "(Intercept)"]
    offset = call.options.get("offset")
    written = [text for text in design.recipe.offsets if text != offset]
    intercept = "1" if "(Intercept)" in labels or not kept else "0"  # as lme4: an empty fixed part is an intercept
    fixed = " + ".join([intercept, *kept, *(f"offset({text})" for text in written)])
    made = build_design(replace(design.formula, fixed=fixed), call.frame, control=fit.control, **call.options)
    if not np.array_equal(made.y, design.y):
        raise DataError("the rows or the response have changed since the fit; fit again, then compare")
    return made


def criterion_of(fit: Fit, terms: list[tuple[int, np.ndarray]]) -> tuple[float, int]:
    """Return criterion and number of covariance parameters (sigma not counted) with other random-effects terms.

    Parameters
    ----------
    fit : Fit
    terms : list of (int, ndarray)
        For each term the position of its factor and the pool coordinates of its columns, shape (c, k); without any,
        the linear model.
    """
    arrangement, reml = fit.optimum.arrangement, fit.reml
    with one_thread():
        if not terms:
            return evaluate(arrangement, np.zeros(arrangement.layout.n_theta), reml=reml).value, 0
        kept = tuple(sorted({factor for factor, _ in terms}))
        coordinates = [columns for _, columns in terms]
        cross = select_terms(fit.cross, kept, coordinates, tuple(kept.index(factor) for factor, _ in terms))
        reduced = arrange(cross, fit.control.max_dense_columns)
        optimum = find_optimum(reduced, reml=reml, control=fit.control, call=fit.call)
    return optimum.evaluation.value, reduced.layout.n_theta
