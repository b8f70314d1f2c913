"""R's ``family =`` to the family, link and shape that ``mw.glmer`` takes."""

from __future__ import annotations

from typing import Any

from mixwidget.errors import OptionError
from mixwidget.family.read_family import read_family
from mixwidget.formula.nodes import Argument, FunctionCall, Name, Node, String
from mixwidget.lme4.arguments import NotWritten, literal, node_of
from mixwidget.lme4.call_text import GivenArgument

_SHAPED = "negative.binomial"
_EXPECTED = 'write a family of R, such as binomial or binomial(link = "probit")'


def family_options(argument: GivenArgument) -> dict[str, Any]:
    """Return ``family`` (and ``link``) as ``mw.glmer`` takes them.

    Raises
    ------
    FormulaError
        If it is no family that lme4 and this package have; it points at the argument.

    Examples
    --------
    >>> from mixwidget.lme4.call_text import read_call
    >>> call = read_call("glmer(y ~ x + (1 | g), d, binomial(link = probit))")
    >>> family_options(call.arguments[2])
    {'family': 'binomial', 'link': 'probit'}
    """
    name, link, shape = _described(argument)
    if name.startswith("quasi"):
        raise argument.error(f"glmer has no quasi-likelihoods; write {name.removeprefix('quasi')} for '{name}'")
    try:
        known = read_family(name, link, shape=shape)
    except OptionError as error:
        raise argument.error(str(error)) from None
    if known.distribution.name != _SHAPED:
        return {"family": known.distribution.name, "link": known.link.name}
    if shape is None:
        raise argument.error("negative.binomial needs its shape, as in negative.binomial(2); glmer.nb estimates it")
    return {"family": _with_shape(shape), "link": known.link.name}


def _described(argument: GivenArgument) -> tuple[str, str | None, float | None]:
    """Return name, link and shape."""
    node = node_of(argument)
    if isinstance(node, Name | String):
        return (node.name if isinstance(node, Name) else node.value), None, None
    if not isinstance(node, FunctionCall) or not node.function.replace("::", "").replace(".", "").isidentifier():
        raise argument.error(f"this is no family; {_EXPECTED}")
    name = node.function.rpartition("::")[2]
    given = _named(node, ("theta", "link") if name == _SHAPED else ("link",), argument)
    return name, _link(given.get("link"), argument), _shape(given.get("theta"), argument)


def _named(node: FunctionCall, formals: tuple[str, ...], argument: GivenArgument) -> dict[str, Node]:
    free = iter([name for name in formals if name not in {given.name for given in node.arguments}])
    found: dict[str, Node] = {}
    for given in node.arguments:
        name = given.name or next(free, None)
        if name not in formals:
            raise argument.error(f"{node.function} takes {' and '.join(formals)} only", _span(given))
        found[name] = given.value
    return found


def _span(given: Argument) -> tuple[int, int]:
    return given.value.span


def _link(node: Node | None, argument: GivenArgument) -> str | None:
    if node is None:
        return None
    if isinstance(node, Name | String):
        return node.name if isinstance(node, Name) else node.value
    raise argument.error('the link is written as a name, as in link = "probit"', node.span)


def _shape(node: Node | None, argument: GivenArgument) -> float | None:
    if node is None:
        return None
    try:
        return float(literal(node))
    except (NotWritten, TypeError, ValueError):
        raise argument.error("the shape is written as a number, as in negative.binomial(2)", node.span) from None


def _with_shape(shape: float) -> Any:
    from statsmodels.genmod.families import NegativeBinomial

    return NegativeBinomial(alpha=1.0 / shape)
