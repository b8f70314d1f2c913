"""From a fit to its widgets: the data behind it, and refits that use the cross products of earlier fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from mixwidget.control import Control
from mixwidget.errors import OptionError, nearest
from mixwidget.fit.data_frame import data_table
from mixwidget.fit.fit import Fit
from mixwidget.fit.from_data_like import fit_from_data_like
from mixwidget.fit.model_frame import fitted_places
from mixwidget.fit.restructure import restructure
from mixwidget.fit.row_summaries import facts_of
from mixwidget.fit.rows_for import rows_for
from mixwidget.fit.submodel import with_fixed_terms
from mixwidget.formula.parse import parse_formula
from mixwidget.formula.terms import MixedFormula
from mixwidget.views.explorer import explorer_view
from mixwidget.views.fixed_tests import fixed_tests_view
from mixwidget.views.formula_sum import sum_terms
from mixwidget.widgets.shell import in_kernel

if TYPE_CHECKING:
    from mixwidget.widgets.fit_widget import FitWidget
    from mixwidget.widgets.names import NotebookName

CATERPILLARS = {"intervals": "modes", "density": "ridges"}  # by the name of the kind in the browser
MAX_BASES = 4  # fits whose cross products are kept for further clicks; each holds a copy of the small blocks


def widget(
    model: Any,
    view: str,
    theme: str = "auto",
    path: Sequence[Any] = (),
    *,
    kind: str = "modes",
    name: NotebookName | None = None,
    begin: Mapping[str, Any] = MappingProxyType({}),
) -> FitWidget:
    """Return a widget of a model: the explorer, or one of its parts.

    Parameters
    ----------
    model : LmerModel
    view : {"explorer", "table", "caterpillar", "picker", "lines", "shrinkage"}
    theme : {"auto", "light", "dark"}
    path : sequence of LmerModel
        Models from the richest structure downwards, `model` among them, that the picker's ladder starts with.
    kind : {"modes", "ridges"}
        What the caterpillar plot shows first.
    name : NotebookName, optional
        Which "Use as ..." lets hold the fit that is shown; the one that holds the model unless given.
    begin : mapping
        Traits that are there from the start.
    """
    from mixwidget.widgets.dial import PriorDial
    from mixwidget.widgets.fit_widget import FitWidget
    from mixwidget.widgets.names import name_of
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

    holder = name or name_of((model, *path))
    shown: dict[str, Any] = {"view": view, "theme": theme, "kind": kind, "begin": begin}
    made = FitWidget(fit, source, path=steps, present=present, name=holder, **shown)
    made.write, made.keep = model.to_html, model._keep  # noqa: SLF001  a method for widgets alone
    return made


def caterpillar(model: Any, view: str, theme: str) -> FitWidget:
    """Return the caterpillar plot of a model: ``"intervals"``, or ``"density"`` for ridges.

    Raises
    ------
    OptionError
        If it is shown in no such way.
    """
    if view not in CATERPILLARS:
        raise OptionError(f"view={view!r} is no way to show levels; {nearest(view, CATERPILLARS)}")
    return widget(model, "caterpillar", theme, kind=CATERPILLARS[view])


def picture(model: Any, name: str, options: Mapping[str, Any], theme: str) -> FitWidget:
    """Return a picture of a model alone as a widget: its lines, or its shrinkage.

    Raises
    ------
    OptionError, DataError
        If a name is not known.
    """
    from mixwidget.widgets.pictures import PICTURES, ready
    from mixwidget.widgets.static_files import static_text
    from mixwidget.widgets.traits import Asked

    wanted = {option: value for option, value in options.items() if value is not None}
    with rows_for(name):
        view = PICTURES[name](model.fit, None, wanted)
    begin = {name: ready(Asked(name, 0, 0.0, wanted), view), "wanted": wanted}
    return widget(model, name, theme, begin={**begin, "pictures": static_text("pictures.js")})


def show(model: Any) -> None:
    """Show the explorer of a model below the running cell.

    Raises
    ------
    NotImplementedError
        Outside of a kernel, and where scripts are not wanted: IPython takes text or `still_bundle` then.
    """
    from mixwidget.widgets.fallback import wants_static

    if not in_kernel() or wants_static():
        raise NotImplementedError
    widget(model, "explorer").show(model)


def still_bundle(model: Any) -> dict[str, str] | None:
    """Return what a kernel shows of a model where scripts are not wanted; None outside of a kernel."""
    from mixwidget.widgets.cells import SHOWN
    from mixwidget.widgets.fallback import fallback_html, fallback_text

    if not in_kernel():
        return None
    SHOWN.show(None, model)
    fixed_tests_view(model.fit, 0)
    shown = (explorer_view(model.fit), model.fit, "explorer")
    return {"text/html": fallback_html(*shown), "text/plain": fallback_text(*shown)}


def fitted_rows(fit: Fit) -> pd.DataFrame:
    """Return the rows that are fitted, with all columns of the data; none where the fit holds sums instead."""
    if facts_of(fit) is not None:
        return pd.DataFrame()
    table = data_table(fit)
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
        smaller = self._of_sums(parsed, formula, reml, control)
        if smaller is not None:
            return self._kept(smaller)
        fit = self._kept(self._from_data(formula, reml, control))
        self._bases = [fit, *self._bases][:MAX_BASES]
        return fit

    def _of_sums(self, parsed: MixedFormula, formula: str, reml: bool, control: Control) -> Fit | None:
        """Return the fit of fewer fixed terms from sums, so that data in batches are not read for it."""
        for base in self._bases:
            smaller = with_fixed_terms(base, parsed) if facts_of(base) is not None else None
            terms = None if smaller is None else terms_within(parsed, smaller)
            if smaller is not None and terms is not None:
                return restructure(smaller, terms, reml=reml, formula=formula, control=control)
        return None

    def _kept(self, fit: Fit) -> Fit:
        """Return a fit with the first one's options: the control of a click is cancelled with the next click."""
        return replace(fit, control=self._first.control)

    def _from_data(self, formula: str, reml: bool, control: Control) -> Fit:
        return fit_from_data_like(self._first, formula, reml=reml, control=control)


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
