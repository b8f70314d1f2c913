"""Part of a design's random effects, named by a formula such as ``~(1 | g)``."""

from __future__ import annotations

import numpy as np

from mixwidget.design.design import Design
from mixwidget.design.plan import make_plan
from mixwidget.errors import OptionError, nearest, nearest_name
from mixwidget.formula.parse import parse_formula


def random_columns(design: Design, text: str) -> list[np.ndarray]:
    """Return for each random term of a design which of its columns a formula names, shape (k,).

    Parameters
    ----------
    design : Design
    text : str
        A one-sided formula of bar terms: ``"~(1 | g) + (0 + x | h)"``.

    Raises
    ------
    FormulaError
        If the text is no such formula.
    OptionError
        If it names a random effect that the design does not have.
    """
    recipe = design.recipe
    parsed = parse_formula(f"{design.formula.response} ~ {text.strip().removeprefix('~')}")
    wanted = {
        (grouping.label, variables)
        for bar in make_plan(parsed, ()).random
        for grouping in bar.groupings
        for variables in [*map(frozenset, bar.terms.terms), *([frozenset()] if bar.terms.intercept else [])]
    }
    labels = [design.factors[term.factor].label for term in design.terms]
    keys = [
        [(label, frozenset(part.label for part in column.parts)) for column in columns]
        for label, columns in zip(labels, recipe.random, strict=True)
    ]
    known = {key for row in keys for key in row}
    for label, variables in sorted(wanted - known, key=str):
        raise OptionError(_unknown_effect(label, variables, known))
    return [np.array([key in wanted for key in row]) for row in keys]


def _unknown_effect(label: str, variables: frozenset[str], known: set[tuple[str, frozenset[str]]]) -> str:
    labels = sorted({group for group, _ in known})
    if label not in labels:
        hint = nearest(label, labels, "it has")
        return f"re_form: the model has no grouping factor '{label}'; {hint}"
    effects = sorted(_effect(own) for group, own in known if group == label)
    near = nearest_name(_effect(variables), effects)
    hint = "" if near is None else f"did you mean '{near}'? "
    listed = ", ".join(map(repr, effects))
    return f"re_form: the model has no random effect '{_effect(variables)}' by '{label}'; {hint}it has {listed}"


def _effect(variables: frozenset[str]) -> str:
    return ":".join(sorted(variables)) or "(Intercept)"
