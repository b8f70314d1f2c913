"""What functions that look at all rows find, from aggregates of an engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from mixwidget.design.evaluate import Evaluator
from mixwidget.dialect.arithmetic import numeric
from mixwidget.dialect.memory import Memory
from mixwidget.errors import DataError, MixwidgetError
from mixwidget.formula.nodes import FunctionCall, Node, variables_of
from mixwidget.pushdown.engine import FIRST_ROWS, Engine
from mixwidget.pushdown.expressions import Expressions
from mixwidget.pushdown.terms import CannotExpress
from mixwidget.pushdown.variables import refusal
from mixwidget.sources.gathered import OfDifferent, OfMoments, OfRange, by_name, gathering
from mixwidget.sources.gathered_bases import OfPolynomials, OfQuantiles
from mixwidget.sources.moments import Moments
from mixwidget.sources.request import function_of

_X = "x"


def remember(made: Expressions, calls: dict[str, FunctionCall]) -> None:
    """Fill the memory of stateful functions, those inside others first.

    Raises
    ------
    DataError
        If a call needs what the engine does not offer, or the data allow no such call.
    """
    for key, call in calls.items():
        _keep(_Call(made, key, call))


def _keep(one: _Call) -> None:
    try:
        one.keep()
    except CannotExpress as error:
        raise refusal(str(error) or one.key, one.made.engine) from None
    except MixwidgetError as error:
        raise DataError(f"{one.key}: {error}") from None


@dataclass(frozen=True, slots=True)
class _Call:
    made: Expressions
    key: str
    call: FunctionCall

    def keep(self) -> None:
        name, memory = function_of(self.call), self.made.evaluator.memory
        given = by_name(name, *self.made.evaluator.arguments(self.call))
        gathered = gathering(name, given)
        if gathered is None:
            memory[self.key] = None
        elif isinstance(gathered, OfDifferent):
            self._from_values(name)
        elif isinstance(gathered, OfMoments | OfRange | OfPolynomials | OfQuantiles):
            numeric(given["x"])  # refuses factors
            gathered.given = given
            _FILLERS[type(gathered)](gathered, _Aggregates(self.made.engine, self.made.number(self._argument())))
            gathered.keep(Memory(memory, self.key, is_new=False))
        else:
            raise CannotExpress(self.key)

    def _argument(self) -> Node:
        named = {argument.name: argument.value for argument in self.call.arguments}
        return named[_X] if _X in named else self.call.operands[0]

    def _from_values(self, name: str) -> None:
        """Find levels from the different values of columns; `ifelse` writes them itself."""
        evaluator = self.made.evaluator
        columns = [column for column in variables_of(self.call) if column in self.made.engine.schema]
        table = evaluator.table if name == "ifelse" else self.made.distinct.table(columns)
        Evaluator(table, evaluator.text, evaluator.memory, evaluator.known_levels, is_new=True).vector(self.key)
        evaluator.memory.setdefault(self.key, None)  # with levels= there is nothing to remember


@dataclass(frozen=True, slots=True)
class _Aggregates:
    """Numbers about one expression over all rows of an engine, before any is left out."""

    engine: Engine
    x: Any

    @property
    def frame(self) -> Any:
        return self.engine.frame.select(self.x.alias(_X))

    def numbers(self, **aggregates: Any) -> dict[str, float]:
        named = [aggregate.alias(name) for name, aggregate in aggregates.items()]
        return self.engine.numbers(self.frame.select(*named))

    def moments(self) -> Moments:
        """Return mean and sum of squares, by a second query where the first has centred."""
        x = nw.col(_X)
        first = self.numbers(rows=nw.len(), n=x.count(), mean=x.mean())
        found = Moments()
        found.n_rows, found.n = int(first["rows"]), int(first["n"])
        if not found.n:
            raise DataError("all values are missing")
        moved = x - first["mean"]
        sums = self.engine.numbers(
            self.frame.with_columns(moved.alias("d"))
            .with_columns((nw.col("d") * nw.col("d")).alias("dd"))
            .select(nw.col("d").sum(), nw.col("dd").sum())
        )
        rest = sums["d"] / found.n  # the mean of a column far from zero is itself rounded
        found.mean, found.squares = first["mean"] + rest, sums["dd"] - found.n * rest**2
        return found

    def limits(self) -> tuple[float, float]:
        found = self.numbers(low=nw.col(_X).min(), high=nw.col(_X).max())
        return found["low"], found["high"]

    def n_different(self, at_least: int) -> int:
        """Return how many different values there are, counted only as far as needed where they are many."""
        there = self.frame.filter(~nw.col(_X).is_null())
        first = int(self.engine.numbers(there.head(FIRST_ROWS).select(nw.col(_X).n_unique()))[_X])
        return first if first >= at_least else int(self.engine.numbers(there.select(nw.col(_X).n_unique()))[_X])

    def power_root(self, shift: float, unit: float, degree: int) -> np.ndarray:
        """Return R, shape (degree + 1, degree + 1), with R'R the cross products of powers."""
        z = (nw.col(_X) - shift) / unit
        frame = self.frame.with_columns(z.alias("z1"))
        names = [f"z{power}" for power in range(1, 2 * degree + 1)]
        for power in range(2, 2 * degree + 1):
            frame = frame.with_columns((nw.col("z1") * nw.col(f"z{power - 1}")).alias(f"z{power}"))
        found = self.engine.numbers(frame.select(nw.col(_X).count(), *(nw.col(name).sum() for name in names)))
        sums = np.array([found[_X], *(found[name] for name in names)])
        products = sums[np.add.outer(np.arange(degree + 1), np.arange(degree + 1))]
        return np.linalg.cholesky(products).T


def _fill_moments(gathered: OfMoments, of: _Aggregates) -> None:
    gathered.moments = of.moments()


def _fill_range(gathered: OfRange, of: _Aggregates) -> None:
    gathered.low, gathered.high = of.limits()


def _fill_polynomials(gathered: OfPolynomials, of: _Aggregates) -> None:
    gathered.look_at(gathered.given)
    moments = of.moments()
    gathered.moments, gathered.shift = moments, float(moments.mean)
    gathered.unit = float(np.sqrt(moments.squares / moments.n)) or 1.0
    gathered.values = set(map(float, range(of.n_different(gathered.degree + 1))))
    if 1 <= gathered.degree < len(gathered.values):
        gathered.root = of.power_root(gathered.shift, gathered.unit, gathered.degree)


def _fill_quantiles(gathered: OfQuantiles, of: _Aggregates) -> None:
    gathered.counts = pd.Series([1, 1], index=list(of.limits()))
    gathered.quantiles = lambda shares, low, high: _quantiles(of, shares, low, high)


def _quantiles(of: _Aggregates, shares: np.ndarray, low: float, high: float) -> np.ndarray:
    x = nw.col(_X)
    inside = of.frame.filter((x >= low) & (x <= high)) if np.isfinite(low) else of.frame.filter(~x.is_null())
    try:
        asked = [x.quantile(float(share), "linear").alias(f"q{i}") for i, share in enumerate(shares)]
        return np.array(list(of.engine.numbers(inside.select(*asked)).values()))
    except (AttributeError, NotImplementedError) as error:
        raise CannotExpress from error


_FILLERS: dict[type, Callable[[Any, _Aggregates], None]] = {
    OfMoments: _fill_moments,
    OfRange: _fill_range,
    OfPolynomials: _fill_polynomials,
    OfQuantiles: _fill_quantiles,
}
