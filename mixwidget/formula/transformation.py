"""The simple transformations of a predictor: how each is written, and which one an expression is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from mixwidget.errors import FormulaError
from mixwidget.formula.deparse import deparse, quote_name
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import FunctionCall, variables_of


@dataclass(frozen=True, slots=True)
class Transformation:
    """A way to use a column.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    by : str
        The column of the groups, for what is centred within them.
    """

    kind: str = "plain"
    by: str = ""


KINDS = ("plain", "log", "center", "scale", "poly2", "poly3", "factor", "within", "mean")
_WRITTEN = {
    "plain": "{x}",
    "log": "log({x})",
    "center": "scale({x}, scale = FALSE)",
    "scale": "scale({x})",
    "poly2": "poly({x}, 2)",
    "poly3": "poly({x}, 3)",
    "factor": "factor({x})",
    "within": "I({x} - ave({x}, {g}))",
    "mean": "ave({x}, {g})",
}
_OF_GROUPS = ("within", "mean")
MAX_READ = 10_000  # expressions that are remembered: each variable of a model is read again with each click


def write_transformation(column: str, transformation: Transformation) -> str:
    """Return the expression of a column used in some way.

    Examples
    --------
    >>> write_transformation("my x", Transformation("within", "g"))
    'I(`my x` - ave(`my x`, g))'
    """
    names = {"x": quote_name(column), "g": quote_name(transformation.by)}
    return _WRITTEN[transformation.kind].format(**names)


@lru_cache(MAX_READ)
def read_transformation(expression: str) -> tuple[str, Transformation] | None:
    """Return the column of an expression and how it is used; None for what is no simple transformation of one.

    Examples
    --------
    >>> read_transformation("poly(x,2)")
    ('x', Transformation(kind='poly2', by=''))
    >>> read_transformation("ns(x, 3)") is None
    True
    """
    try:
        tree = parse_expression(expression)
    except FormulaError:
        return None
    names = variables_of(tree)
    for kind in KINDS:
        groups = names[1:] if kind in _OF_GROUPS else ("",)
        for column, by in ((column, by) for column in names[:1] for by in groups):
            found = Transformation(kind, by)
            if deparse(tree) == deparse(parse_expression(write_transformation(column, found))):
                return column, found
    return None


def log_of(expression: str) -> str:
    """Return the logarithm of an expression, or what a logarithm is of.

    Examples
    --------
    >>> log_of("y"), log_of("log(y)")
    ('log(y)', 'y')
    """
    tree = parse_expression(expression)
    if isinstance(tree, FunctionCall) and tree.function == "log" and len(tree.arguments) == 1:
        return deparse(tree.operands[0])
    return f"log({deparse(tree)})"
