"""The variables of a model, from what passes over a source have found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.control import Control
from mixwidget.design.evaluate import tree_of
from mixwidget.design.frame import numbers_as_text, undefined_findings, unused_levels_finding
from mixwidget.design.labels import Known
from mixwidget.design.response import ResponseLabels
from mixwidget.dialect.values import Factor, Value, as_factor
from mixwidget.errors import Diagnostic
from mixwidget.formula.nodes import variables_of
from mixwidget.sources.learned import Learned

_NOTHING = np.zeros(0, dtype=np.intp)


def known_variables(learned: Learned, control: Control) -> Known:
    """Return what the labels of a design are made from.

    Raises
    ------
    DataError
        If rows or levels allow no fit.
    """
    request, counts = learned.request, learned.counts
    dropped = counts.check(request.formula.response, control.na_action)
    values: dict[str, Value] = {}
    unused: list[Diagnostic] = []
    for label in request.plan.variables:
        value = _prototype(learned, label)
        if isinstance(value, Factor):
            kept = tuple(level for level in value.levels if level in counts.occurring[label])
            lost = tuple(level for level in value.levels if level not in set(kept))
            unused += unused_levels_finding(label, value.levels, lost)
            value = replace(value, codes=_NOTHING.astype(np.int32), levels=kept)
        values[label] = value
    evaluator = learned.evaluator(learned.head)
    return Known(
        formula=request.formula,
        plan=request.plan,
        values=values,
        factors=learned.levels.factors,
        columns=learned.known,
        memory=learned.memory,
        response=_response_labels(learned),
        reading=request.reading,
        weights=request.weights,
        offset=request.offset,
        contrasts=request.contrasts,
        diagnostics=(
            *dropped,
            *undefined_findings(counts.undefined, learned.source.names),
            *(() if counts.responses is None else counts.responses.diagnostics),
            *unused,
            *numbers_as_text(values, evaluator),
        ),
    )


def _response_labels(learned: Learned) -> ResponseLabels:
    """Return what the responses were read as."""
    request, responses = learned.request, learned.counts.responses
    if responses is None:
        return ResponseLabels("numbers", learned.counts.n)
    value = _prototype(learned, request.formula.response)
    return responses.labels(value.levels if isinstance(value, Factor) else ())


def _prototype(learned: Learned, label: str) -> Value:
    """Return a variable on some rows: those that show all levels of its column, if it has one."""
    names = [name for name in variables_of(tree_of(label)) if name in learned.source.names]
    if len(names) == 1 and names[0] in learned.seen:
        value = as_factor(learned.evaluator(learned.on_levels(names[0])).vector(label))
        if isinstance(value, Factor):
            return value
    return as_factor(learned.evaluator(learned.head).vector(label))
