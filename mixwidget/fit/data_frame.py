"""The data of a fit as a table, where it holds them."""

from __future__ import annotations

from mixwidget.design.distant_rows import RowsNeededError
from mixwidget.design.table import Table, read_table
from mixwidget.fit.fit import Fit
from mixwidget.fit.row_summaries import facts_of


def data_table(fit: Fit) -> Table:
    """Return the data that were given.

    Raises
    ------
    DataError
        If they came in batches.
    """
    facts = facts_of(fit)
    if facts is not None:
        raise RowsNeededError(facts)
    return read_table(fit.call.frame)


def has_column(fit: Fit, name: str) -> bool:
    """Whether the data that were given have a column."""
    facts = facts_of(fit)
    return name in (read_table(fit.call.frame).names if facts is None else facts.names)


def logical_columns(fit: Fit) -> list[str]:
    """Return the columns of yes and no in the data; of data in batches those that the model reads."""
    if facts_of(fit) is not None:
        return [name for name, factor in fit.design.recipe.columns.items() if factor.is_logical]
    table = read_table(fit.call.frame)
    return [name for name in table.names if table.read(name).dtype.kind == "b"]
