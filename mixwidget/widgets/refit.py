"""From a fit to its widgets: the data behind it, and refits that use the cross products of earlier fits."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from mixwidget.control import Control
from mixwidget.design.table import read_table
from mixwidget.fit.fit import Fit
from mixwidget.fit.from_data import Given, fit_from_data
from mixwidget.fit.model_frame import fitted_places
from mixwidget.fit.restructure import restructure
from mixwidget.formula.parse import parse_formula
from mixwidget.formula.terms import MixedFormula
from mixwidget.report.summary import Summary
from mixwidget.views.fixed_tests import has_quick_tests
from mixwidget.views.formula_sum import sum_terms
from mixwidget.views.summary import summary_view

if TYPE_CHECKING:
    from mixwidget.widgets.fit_widget import FitWidget

MAX_BASES = 4  # fits whose cross products are kept for further clicks; each holds a copy of the small blocks


def widget(model: Any, view: str, theme: str = "auto", path: Sequence[Any] = ()) -> FitWidget:
    """Return a widget of a model: the explorer, or one of its parts.

    Parameters
    ----------
    model : LmerModel
    view : {"explorer", "table", "caterpillar", "picker"}
    theme : {"auto", "light", "dark"}
    path : sequence of LmerModel
        Models from the richest structure downwards, `model` among them, that the picker's ladder starts with.
    """
    from mixwidget.widgets.dial import PriorDial
    from mixwidget.widgets.fit_widget import FitWidget
    from mixwidget.widgets.source import Source

    fit: Fit = model.fit
    known = {id(other.fit): other for other in (*path, model)}
    named = {"weights": fit.call.weights, "offset": fit.call.offset, "subset": fit.call.subset}
    options = {name: text for name, text in named.items() if text is not None}
    steps = tuple(step.fit for step in path)
    refitter = Refitter(steps[0] if steps else fit)
    source = Source(refitter, fitted_rows(fit), fit.control, fit.call.data or "data", options, PriorDial())

    def present(shown: Fit) -> Any:
        return known.get(id(shown)) or replace(model, fit=shown)

    return FitWidget(fit, source, view=view, theme=theme, path=steps, present=present)


def notebook_bundle(model: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a notebook shows of a model: the explorer; the summary and plots as HTML and text beside it."""
    from mixwidget.widgets.cells import is_watched
    from mixwidget.widgets.fallback import pictures_html

    explorer = widget(model, "explorer")
    data, metadata = explorer.live(model)
    fit: Fit = model.fit
    # nobody should wait for tests that the explorer brings later; where no front end looks on, all is computed
    summary = Summary(summary_view(fit, with_tests=has_quick_tests(fit) or not is_watched()))
    data["text/html"] = summary.html() + pictures_html(explorer.explorer_view, fit)
    data["text/plain"] = str(summary)
    return data, metadata


def in_kernel() -> bool:
    """Return whether the code runs in a Jupyter kernel, so that a widget can be shown."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def fitted_rows(fit: Fit) -> pd.DataFrame:
    """Return the rows that are fitted, with all columns of the data."""
    table = read_table(fit.call.frame)
    columns = {name: table.read(name).reset_index(drop=True) for name in table.names}
    return pd.DataFrame(columns).iloc[fitted_places(fit, table)]


class Refitter:
    """Fits another formula to the data of a fit.

    Parameters
    ----------
    fit : Fit
        Its options (weights, subset, contrasts, ...) and its priors are kept.
    """

    def __init__(self, fit: Fit) -> None:
        self._first = fit
        self._bases = [fit]

    def __call__(self, formula: str, reml: bool, control: Control) -> Fit:
        """Return the fit of a formula, from cross products that are there if they have all its columns."""
        parsed = parse_formula(formula, double_bar=control.double_bar)
        for base in self._bases:
            terms = terms_within(parsed, base)
            if terms is not None:
                return self._kept(restructure(base, terms, reml=reml, formula=formula, control=control))
        fit = self._kept(self._from_data(formula, reml, control))
        self._bases = [fit, *self._bases][:MAX_BASES]
        return fit

    def _kept(self, fit: Fit) -> Fit:
        """Return a fit with the first one's options: the control of a click is cancelled with the next click."""
        return replace(fit, control=self._first.control)

    def _from_data(self, formula: str, reml: bool, control: Control) -> Fit:
        call = self._first.call
        return fit_from_data(
            formula,
            call.frame,
            Given(**call.options),
            reml=reml,
            control=control,
            priors=self._first.priors,
            data_name=call.data,
        )


def terms_within(formula: MixedFormula, base: Fit) -> Sequence[tuple[str, tuple[str, ...]]] | None:
    """Return the random terms of a formula as columns of another fit, in lme4's order; None if it lacks some.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    >>> terms_within(parse_formula("Reaction ~ Days + (Days || Subject)"), fit.fit)
    [('Subject', ('(Intercept)',)), ('Subject', ('Days',))]
    >>> terms_within(parse_formula("Reaction ~ 1 + (1 | Subject)"), fit.fit) is None
    True
    """
    design = base.design
    if formula.fixed != design.formula.fixed or formula.response != design.formula.response:
        return None
    labels = [factor.label for factor in design.factors]
    known = {label: set[str]() for label in labels}
    for block in design.terms:
        known[labels[block.factor]].update(block.columns)
    terms: list[tuple[str, tuple[str, ...]]] = []
    for term in formula.random:
        sums = sum_terms(term.columns)
        label = term.grouping.label
        if sums is None or label not in known:
            return None
        columns = (("(Intercept)",) if sums[0] else ()) + sums[1]
        if not set(columns) <= known[label]:
            return None
        terms += [(label, columns)] if term.correlated else [(label, (column,)) for column in columns]
    return sorted(terms, key=lambda term: labels.index(term[0]))
