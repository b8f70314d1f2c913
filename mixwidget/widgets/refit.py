"""From a fit to its widgets: the data behind it, and refits that use the cross products of earlier fits."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mixwidget.control import Control
from mixwidget.design.evaluate import Evaluation
from mixwidget.design.rows import subset_rows
from mixwidget.design.table import read_table
from mixwidget.fit.from_data import Given, fit_from_data
from mixwidget.formula.parse import parse_formula
from mixwidget.formula.terms import MixedFormula
from mixwidget.report.summary import summarise
from mixwidget.views.fixed_tests import has_quick_tests
from mixwidget.views.formula_sum import sum_terms

if TYPE_CHECKING:
    from mixwidget.widgets.fit_widget import FitWidget

MAX_BASES = 4  # fits whose cross products are kept for further clicks; each holds a copy of the small blocks


def widget(fit: Any, view: str, theme: str = "auto", path: Sequence[Any] = ()) -> FitWidget:
    """Return a widget of a fit: the explorer, or one of its parts.

    Parameters
    ----------
    fit : LmerModel
    view : {"explorer", "table", "caterpillar", "picker"}
    theme : {"auto", "light", "dark"}
    path : sequence of LmerModel
        Fits from the richest structure downwards, `fit` among them, that the picker's ladder starts with.
    """
    from mixwidget.widgets.dial import PriorDial
    from mixwidget.widgets.fit_widget import FitWidget
    from mixwidget.widgets.source import Source

    call = fit.call
    named = {"weights": call.weights, "offset": call.offset, "subset": call.subset}
    options = {name: text for name, text in named.items() if text is not None}
    refit = Refitter(path[0] if path else fit)
    source = Source(refit, fitted_rows(fit), fit.fit.control, call.data or "data", options, PriorDial())
    return FitWidget(fit, source, view=view, theme=theme, path=path)


def notebook_bundle(fit: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a notebook shows of a fit: the explorer; the summary and plots as HTML and text beside it."""
    from mixwidget.widgets.cells import is_watched
    from mixwidget.widgets.fallback import pictures_html

    explorer = widget(fit, "explorer")
    data, metadata = explorer.live(fit)
    # nobody should wait for tests that the explorer brings later; where no front end looks on, all is computed
    summary = summarise(fit, with_tests=has_quick_tests(fit) or not is_watched())
    data["text/html"] = summary.html() + pictures_html(explorer.explorer_view, fit)
    data["text/plain"] = str(summary)
    return data, metadata


def in_kernel() -> bool:
    """Return whether the code runs in a Jupyter kernel, so that a widget can be shown."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def fitted_rows(fit: Any) -> pd.DataFrame:
    """Return the rows that are fitted, with all columns of the data."""
    data, design = fit.call.frame, fit.design
    table = read_table(data)
    chosen = subset_rows(fit.call.options.get("subset"), Evaluation(table, "", {}), data)
    places = np.arange(table.n_rows) if chosen is None else np.flatnonzero(chosen)
    columns = {name: table.read(name).reset_index(drop=True) for name in table.names}
    return pd.DataFrame(columns).iloc[places[design.kept]]


class Refitter:
    """Fits another formula to the data of a fit.

    Parameters
    ----------
    fit : LmerModel
        Its options (weights, subset, contrasts, ...) and its priors are kept.
    """

    def __init__(self, fit: Any) -> None:
        self._first = fit
        self._bases = [fit]

    def __call__(self, formula: str, reml: bool, control: Control) -> Any:
        """Return the fit of a formula, from cross products that are there if they have all its columns."""
        parsed = parse_formula(formula, double_bar=control.double_bar)
        for base in self._bases:
            terms = terms_within(parsed, base)
            if terms is not None:
                return self._kept(base.restructure(terms, reml=reml, formula=formula, control=control))
        fit = self._kept(self._from_data(formula, reml, control))
        self._bases = [fit, *self._bases][:MAX_BASES]
        return fit

    def _kept(self, fit: Any) -> Any:
        """Return a fit with the first one's options: the control of a click is cancelled with the next click."""
        return replace(fit, fit=replace(fit.fit, control=self._first.fit.control))

    def _from_data(self, formula: str, reml: bool, control: Control) -> Any:
        first = self._first.fit
        call = first.call
        fit = fit_from_data(
            formula,
            call.frame,
            Given(**call.options),
            reml=reml,
            control=control,
            priors=first.priors,
            data_name=call.data,
        )
        return replace(self._first, fit=fit)


def terms_within(formula: MixedFormula, base: Any) -> Sequence[tuple[str, tuple[str, ...]]] | None:
    """Return the random terms of a formula as columns of another fit, in lme4's order; None if it lacks some.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    >>> terms_within(parse_formula("Reaction ~ Days + (Days || Subject)"), fit)
    [('Subject', ('(Intercept)',)), ('Subject', ('Days',))]
    >>> terms_within(parse_formula("Reaction ~ 1 + (1 | Subject)"), fit) is None
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
