"""The columns of the data that a model is made of, on the rows that were fitted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.design.evaluate import Evaluator
from mixwidget.design.selection import subset_rows
from mixwidget.design.table import Table
from mixwidget.errors import DataError
from mixwidget.fit.data_frame import data_table
from mixwidget.fit.fit import Fit
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import variables_of


def fitted_places(fit: Fit, table: Table) -> np.ndarray:
    """Return the places of the fitted rows in the data.

    Raises
    ------
    DataError
        If the data have another number of rows than at the time of the fit.
    """
    evaluator = Evaluator(table, fit.design.formula.text, {})
    subset = subset_rows(fit.call.options.get("subset"), evaluator, fit.call.frame)
    rows = np.flatnonzero(np.ones(table.n_rows, dtype=bool) if subset is None else subset)
    if len(rows) != len(fit.rows.kept):
        raise DataError("the data have changed since the fit; fit again")
    return rows[fit.rows.kept]


def model_columns(fit: Fit) -> pd.DataFrame:
    """Return the variables of the fixed and random terms as the data have them, in the order of the formula."""
    design, table = fit.design, data_table(fit)
    formula = design.formula
    parts = dict.fromkeys(part.label for column in design.recipe.fixed for part in column.parts)  # what "." stands for
    texts = [formula.fixed, *parts, *(term.columns for term in formula.random), *design.recipe.offsets]
    texts += [part for term in formula.random for part in term.grouping.parts]
    names = dict.fromkeys(name for text in texts for name in variables_of(parse_expression(text)))
    rows = fitted_places(fit, table)
    found = {name: table.read(name).iloc[rows].to_numpy() for name in names if name in table.names}
    return pd.DataFrame(found, index=fit.rows.index)
