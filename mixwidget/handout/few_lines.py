"""The lines of a handout that has no room for those of all levels: the same levels for all structures of a factor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mixwidget.fit.fit import Fit
from mixwidget.inference.lines_request import LinesRequest
from mixwidget.inference.shown_levels import few_levels
from mixwidget.views.lines import lines_view

FIRST = 0  # position of the grouping factor whose lines are asked for where nothing else is

Pictures = dict[str, list[dict[str, Any]]]


def with_few_lines(pictures: Sequence[Pictures], fits: Sequence[Fit]) -> list[Pictures]:
    """Return the pictures of each fit with the lines of some levels, the outermost of each structure among them.

    Parameters
    ----------
    pictures : sequence of dict
        Of each fit, as `stored_pictures` gives them.
    fits : sequence of Fit
    """
    request = LinesRequest()
    shown = {_levels(fit): few_levels(_alike(fits, fit), FIRST, request.seed) for fit in fits}

    def few(answers: Pictures, fit: Fit) -> Pictures:
        plain = answers["lines"][0]
        if plain["state"] != "ready":
            return answers
        return answers | {"lines": [plain | {"view": lines_view(fit, request, shown[_levels(fit)]).to_dict()}]}

    return [few(answers, fit) for answers, fit in zip(pictures, fits, strict=True)]


def _levels(fit: Fit) -> tuple[str, ...]:
    factor = fit.design.factors[FIRST]
    return (factor.label, *factor.levels)


def _alike(fits: Sequence[Fit], fit: Fit) -> list[Fit]:
    return [other for other in fits if _levels(other) == _levels(fit)]
