"""What the user wrote to get a fit, for printing and for fitting again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mixwidget.errors import OptionError


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of a fit.

    Attributes
    ----------
    frame : object
        The data frame itself (a reference, not a copy).
    data, weights, subset, offset : str or None
        Their names, where they have any.
    options : dict
        weights, offset, subset and contrasts as they were given.
    """

    frame: Any
    data: str | None
    weights: str | None
    subset: str | None
    offset: str | None
    options: dict[str, Any]


NO_CALL = Call(None, None, None, None, None, {})


def given_call(frame: Any, data_name: str | None, options: dict[str, Any]) -> Call:
    """Record the arguments of a fit."""
    named = {key: value if isinstance(value, str) else None for key, value in options.items()}
    return Call(frame, data_name, named.get("weights"), named.get("subset"), named.get("offset"), options)


def r_arguments(call: Call, formula: str, reml: bool) -> dict[str, Any]:
    """Return the arguments of a fit as texts that R understands.

    Raises
    ------
    OptionError
        If one was given as values instead of a name.
    """
    for name in ("weights", "offset", "subset"):
        given = call.options.get(name)
        if given is not None and not isinstance(given, str):
            raise OptionError(f"to_r: {name} was given as values; name a column, so that R finds it too")
    contrasts = call.options.get("contrasts") or {}
    if not isinstance(contrasts, Mapping) or not all(isinstance(value, str) for value in contrasts.values()):
        raise OptionError("to_r: contrasts were given as matrices; name them ('sum', 'helmert', ...)")
    named = {factor: value.removeprefix("contr.") for factor, value in contrasts.items()}
    texts = {name: call.options.get(name) for name in ("weights", "offset", "subset")}
    return {"formula": formula, "data": call.data, "reml": reml, "contrasts": named, **texts}
