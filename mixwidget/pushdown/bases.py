"""Bases of a numeric column in an engine: polynomials by their recurrence, splines piece by piece, intervals."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from mixwidget.dialect.polynomials import Polynomials
from mixwidget.dialect.splines import SplineBasis
from mixwidget.pushdown.terms import chosen


def polynomial_columns(x: Any, polynomials: Polynomials) -> tuple[Any, ...]:
    """Return the columns of ``poly()``; see `Polynomials.evaluate`."""
    x = x - polynomials.origin
    before: Any = None
    now: Any = None
    columns: list[Any] = []
    for degree, centre in enumerate(polynomials.centres):
        following = x - centre if now is None else (x - centre) * now
        if degree:
            ratio = polynomials.squares[degree] / polynomials.squares[degree - 1]
            following = following - (ratio if before is None else ratio * before)
        before, now = now, following
        columns.append(now / float(np.sqrt(polynomials.squares[degree + 1])))
    return tuple(columns)


def spline_columns(x: Any, basis: SplineBasis) -> tuple[Any, ...]:
    """Return the columns of ``ns()`` or ``bs()``: between two knots, and beyond the last ones, each is a polynomial."""
    knots = np.unique(basis.knots)
    beyond = 1 if basis.projection is not None else basis.degree
    width = float(knots[-1] - knots[0])
    pieces = [_Piece(basis, float(knots[0]), -width, beyond)]
    pieces += [_Piece(basis, a, b - a, basis.degree) for a, b in pairwise(knots.tolist())]
    pieces.append(_Piece(basis, float(knots[-1]), width, beyond))
    limits = [x < float(knots[0]), *(x <= float(knot) for knot in knots[1:]), x > float(knots[-1])]
    n_columns = basis.evaluate(knots[:1]).shape[1]
    return tuple(
        chosen([(limit, piece.at(x, j)) for limit, piece in zip(limits, pieces, strict=True)]) for j in range(n_columns)
    )


class _Piece:
    """The polynomials of one interval, in units of its width from its start."""

    def __init__(self, basis: SplineBasis, start: float, width: float, degree: int) -> None:
        self.start, self.width = start, width
        places = (np.arange(degree + 1) + 0.5) / (degree + 1)  # inside, so that the piece is this one
        values = basis.evaluate(start + width * places)
        self.coefficients = np.linalg.solve(np.vander(places, increasing=True), values)

    def at(self, x: Any, column: int) -> Any:
        """Return one of them by Horner's rule."""
        place = (x - self.start) / self.width
        *rest, made = self.coefficients[:, column].tolist()
        for coefficient in reversed(rest):
            made = coefficient + place * made
        return made


def interval_codes(x: Any, edges: np.ndarray, *, is_right: bool, includes_lowest: bool) -> Any:
    """Return the position of the interval of ``cut()`` that each number lies in, null where in none."""
    first, last = float(edges[0]), float(edges[-1])
    inner = [float(edge) for edge in edges[1:-1]]
    if is_right:
        inside = (x >= first if includes_lowest else x > first) & (x <= last)
        cases = [(x <= edge, float(i)) for i, edge in enumerate(inner)]
    else:
        inside = (x >= first) & (x <= last if includes_lowest else x < last)
        cases = [(x < edge, float(i)) for i, edge in enumerate(inner)]
    return nw.when(inside).then(chosen(cases, nw.lit(float(len(inner)))))
