"""Sums of products formed in an engine: over all rows, by each grouping factor, by each pair of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from mixwidget.design.labels import Drawn, Known
from mixwidget.design.table import Table
from mixwidget.engine.sums.in_parts import PartShape, SumsInParts
from mixwidget.engine.sums.part_columns import PartColumns
from mixwidget.errors import DataError
from mixwidget.pushdown.columns import EngineColumn, engine_columns, pool_frame
from mixwidget.pushdown.counting import Counted
from mixwidget.pushdown.grouped import codes_in, pair_keys
from mixwidget.pushdown.prepared import LESS_OFFSET, RESPONSE, WEIGHTS, Prepared
from mixwidget.sources.column_places import ColumnPlaces
from mixwidget.sources.raw_columns import CHANGED

_ROWS = "rows"
Pair = tuple[int, int]


@dataclass(slots=True)
class EngineSums:
    """What has an engine form sums.

    Attributes
    ----------
    prepared : Prepared
    counted : Counted
    known : Known
    drawn : Drawn
    places : ColumnPlaces
    columns : list of EngineColumn
        That of ones first, the response less the offset last.
    """

    prepared: Prepared
    counted: Counted
    known: Known
    drawn: Drawn
    places: ColumnPlaces
    columns: list[EngineColumn] = field(init=False)

    def __post_init__(self) -> None:
        y = LESS_OFFSET if self.prepared.has_offset else RESPONSE
        columns = engine_columns(self.places.columns, self.prepared, self.known.values)
        self.columns = [*columns, EngineColumn(nw.col(y), None, y)]

    def sums(
        self, columns: PartColumns | None, shape_of: Callable[[PartColumns], PartShape]
    ) -> tuple[SumsInParts, PartColumns]:
        """Return the sums of columns, and these: those that are given, or some that are found first."""
        columns = columns or self._first()
        sums = SumsInParts(shape_of(columns))
        asked = _Asked(self, columns, sums)
        for f in range(len(self.drawn.factors)):
            asked.fill_panel(f)
        asked.fill_totals()
        for pair in sums.cells:
            asked.fill_cells(pair)
        return sums, columns

    def _first(self) -> PartColumns:
        """Return shifts and scales: means and standard deviations, none of columns of 0 and 1."""
        shifts, scales = np.zeros(len(self.columns)), np.ones(len(self.columns))
        unknown: dict[int, Any] = {}
        for j, column in enumerate(self.columns):
            facts = self.counted.facts.get(column.source or "")
            if facts is not None:
                shifts[j], scales[j] = facts.mean, facts.spread
            elif j and column.indicator is None:
                unknown[j] = column.expression
        if unknown:
            frame = self.prepared.fitted.select(*(made.alias(f"c{j}") for j, made in unknown.items()))
            asked = [getattr(nw.col(f"c{j}"), what)().alias(f"{what}{j}") for j in unknown for what in ("mean", "std")]
            found = self.prepared.engine.numbers(frame.select(*asked))
            for j in unknown:
                shifts[j], scales[j] = found[f"mean{j}"], found[f"std{j}"]
        return PartColumns(shifts, np.where((scales > 0.0) & np.isfinite(scales), scales, 1.0))


class _Asked:
    """One round of queries, which fills sums.

    Parameters
    ----------
    of : EngineSums
    columns : PartColumns
    sums : SumsInParts
    """

    def __init__(self, of: EngineSums, columns: PartColumns, sums: SumsInParts) -> None:
        self.of, self.sums, self.prepared = of, sums, of.prepared
        self.has_weights = sums.shape.has_weights
        is_plain = (columns.shifts == 0.0) & (columns.scales == 1.0)
        is_plain[[remainder.column for remainder in columns.remainders]] = False
        self.indicators = [c.indicator if plain else None for c, plain in zip(of.columns, is_plain, strict=True)]
        kept = [*dict.fromkeys(group.name for group in of.prepared.groups.values())]
        kept += [WEIGHTS] if self.has_weights else []
        raw = [column.expression for column in of.columns]
        self.frame = pool_frame(of.prepared.fitted, raw, columns, kept)

    def fill_panel(self, f: int) -> None:
        """Sum by the levels of one grouping factor."""
        factor, own = self.of.drawn.factors[f], self.sums.shape.own[f].tolist()
        everything = range(self.sums.shape.n_columns)
        products = {self._product(a, b) for a in own for b in everything} - {None}
        table = self._fetch(self.prepared.keys(factor.label), products)
        codes, n_levels = codes_in(table, self.prepared, factor), len(factor.levels)
        self._check(table)
        self.sums.counts[f][:] = np.bincount(codes, _column(table, _ROWS), minlength=n_levels).astype(np.intp)
        for i, a in enumerate(own):
            for b in everything:
                self.sums.panels[f][i, b] = self._summed(table, a, b, codes, n_levels)

    def fill_cells(self, pair: Pair) -> None:
        """Sum by the pairs of levels of two grouping factors."""
        f, g = pair
        factors, shape = self.of.drawn.factors, self.sums.shape
        own = [shape.own[f].tolist(), shape.own[g].tolist()]
        products = {self._product(a, b) for a in own[0] for b in own[1]} - {None}
        table = self._fetch(pair_keys(self.prepared, factors[f].label, factors[g].label), products)
        first, second = (codes_in(table, self.prepared, factors[k]) for k in pair)
        self._check(table)
        places, n_pairs = self._pair_places(pair, first, second), shape.pairs[pair].n_pairs
        for i, a in enumerate(own[0]):
            for j, b in enumerate(own[1]):
                self.sums.cells[pair][i, j] = self._summed(table, a, b, places, n_pairs)

    def fill_totals(self) -> None:
        """Sum over all rows what the sums by level do not hold already."""
        sums, c = self.sums, self.sums.shape.n_columns
        every = {(a, b): self._product(a, b) for a in range(c) for b in range(a, c)}
        held = {} if self.has_weights else self._held()
        left = {product for product in every.values() if product is not None and product not in held}
        found = held | self._totals(left)
        sums.n = self.of.counted.counts.n
        for (a, b), product in every.items():
            value = found[product] if product is not None else (0.0, 0.0)
            sums.total[a, b] = sums.total[b, a] = value[0]
            sums.plain[a, b] = sums.plain[b, a] = value[1]
        if self.has_weights:
            weights = nw.col(WEIGHTS).log().alias("l")
            sums.log_weights = self.prepared.engine.numbers(self.frame.select(weights).select(nw.col("l").sum()))["l"]

    def _held(self) -> dict[Pair, tuple[float, float]]:
        """Return sums over all rows of products that were summed by level."""
        held: dict[Pair, tuple[float, float]] = {}
        for own, panel in zip(self.sums.shape.own, self.sums.panels, strict=True):
            for i, a in enumerate(own.tolist()):
                for b in range(self.sums.shape.n_columns):
                    product = self._product(a, b)
                    if product is not None and product not in held:
                        total = float(panel[i, b].sum())
                        held[product] = (total, total)
        return held

    def _totals(self, products: set[Pair]) -> dict[Pair, tuple[float, float]]:
        if not products:
            return {}
        names = {f"s{i}": product for i, product in enumerate(sorted(products))}
        made = {name: self._expression(product) for name, product in names.items()}
        if self.has_weights:
            made |= {f"w{name}": product * nw.col(WEIGHTS) for name, product in list(made.items())}
        frame = self.frame.select(*(product.alias(name) for name, product in made.items()))
        found = self.prepared.engine.numbers(frame.select(*(nw.col(name).sum() for name in made)))
        return {p: (found[f"w{name}"] if self.has_weights else found[name], found[name]) for name, p in names.items()}

    def _fetch(self, keys: list[str], products: Iterable[Pair | None]) -> Table:
        """Return sums of products, with weights, by the values of columns."""
        made = {_name(p): self._expression(p) for p in products if p is not None and (p != (0, 0) or self.has_weights)}
        if self.has_weights:
            made = {name: product * nw.col(WEIGHTS) for name, product in made.items()}
        frame = self.frame.select(*keys, *(product.alias(name) for name, product in made.items()))
        asked = frame.group_by(*keys).agg(nw.len().alias(_ROWS), *(nw.col(name).sum() for name in made))
        return self.prepared.engine.table(asked)

    def _product(self, a: int, b: int) -> Pair | None:
        """Return which product has the sums of that of two columns, None where it is zero in every row."""
        one, other = self.indicators[a], self.indicators[b]
        if one is not None and other is not None and one[0] == other[0]:
            return (0, min(a, b)) if one == other else None
        return (a, b) if a <= b else (b, a)

    def _expression(self, product: Pair) -> Any:
        a, b = product
        if b == 0:
            return nw.lit(1.0)
        return nw.col(f"p{b}") if a == 0 else nw.col(f"p{a}") * nw.col(f"p{b}")

    def _summed(self, table: Table, a: int, b: int, codes: np.ndarray, size: int) -> np.ndarray | float:
        product = self._product(a, b)
        if product is None:
            return 0.0
        name = _name(product) if product != (0, 0) or self.has_weights else _ROWS
        return np.bincount(codes, _column(table, name), minlength=size)

    def _pair_places(self, pair: Pair, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        pairs = self.sums.shape.pairs[pair]
        keys = pairs.first * pairs.n_second + pairs.second
        wanted = first.astype(np.intp) * pairs.n_second + second
        places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        if (keys[places] != wanted).any():
            raise DataError(CHANGED.format(what="two levels meet that did not"))
        return places

    def _check(self, table: Table) -> None:
        n, expected = int(_column(table, _ROWS).sum()), self.of.counted.counts.n
        if n != expected:
            raise DataError(CHANGED.format(what=f"{expected:,} rows, then {n:,}"))


def _name(product: Pair) -> str:
    return f"s{product[0]}_{product[1]}"


def _column(table: Table, name: str) -> np.ndarray:
    return table.read(name).to_numpy(dtype=np.float64)
