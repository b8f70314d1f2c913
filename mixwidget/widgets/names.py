"""The name under which a notebook has a fit, and what becomes of it when another fit is to have it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from mixwidget.errors import OptionError
from mixwidget.widgets.cells import SHOWN
from mixwidget.widgets.shell import running_shell

LAST_FIT = "_lmer"  # the name of the last fit of a cell magic


class NotebookName:
    """A variable of the notebook that holds a fit.

    Parameters
    ----------
    names : dict
        The notebook's variables.
    name : str
    model : MixedModel
        What it holds.
    """

    def __init__(self, names: dict[str, Any], name: str, model: Any) -> None:
        self._names = names
        self.name = name
        self.model = model

    def give(self, model: Any) -> tuple[str, ...]:
        """Let the variable hold another fit, and with it the last fit and ``Out[n]`` where they are the same one.

        Returns
        -------
        tuple of str
            What else holds it now.

        Raises
        ------
        OptionError
            If the user gave the name to something else meanwhile.
        """
        old, names = self.model, self._names
        now = names.get(self.name, old)
        if now is not old:
            raise OptionError(f"{self.name} means {_what(now)} by now and stays so; copy the code instead")
        if old is None:  # the name is new: nothing else can be the model that it held
            names[self.name] = self.model = model
            return ()
        outputs: dict[int, Any] = names.get("_oh", {})
        numbers = [number for number, value in outputs.items() if value is old]
        outputs |= dict.fromkeys(numbers, model)
        others = [name for name in (LAST_FIT, *(f"_{number}" for number in numbers)) if names.get(name) is old]
        names |= dict.fromkeys((self.name, *others), model)
        SHOWN.renew(old, model)
        self.model = model
        also = [LAST_FIT] if LAST_FIT in others and self.name != LAST_FIT else []
        return (*also, *(f"Out[{number}]" for number in numbers))


def name_of(models: Sequence[Any]) -> NotebookName | None:
    """Return the name that holds the first of these models that has one: ``fit = ...``, ``-o fit`` and ``m1 <<`` alike.

    Of several names it is the one that was there first; the last fit of a cell magic is the last resort.
    """
    names: dict[str, Any] = getattr(running_shell(), "user_ns", {})
    public = [name for name in names if not name.startswith("_")]
    for model in models:
        found = next((name for name in (*public, LAST_FIT) if names.get(name) is model), None)
        if found is not None:
            return NotebookName(names, found, model)
    return None


def new_name(wanted: str | None = None) -> NotebookName | None:
    """Return a name for a fit that is still to come; None without a notebook.

    Parameters
    ----------
    wanted : str, optional
        What the name holds is replaced with the first click. Without one it is ``fit``, ``fit2``, ...: the first that
        is free.
    """
    names: dict[str, Any] | None = getattr(running_shell(), "user_ns", None)
    if names is None:
        return None
    free = next(name for i in count(1) if (name := f"fit{i if i > 1 else ''}") not in names)
    return NotebookName(names, wanted or free, names.get(wanted or free))


def _what(value: Any) -> str:
    formula = getattr(value, "formula", None)
    kind = type(value).__name__
    article = "an" if kind[0] in "aeiouAEIOU" else "a"
    return f"{article} {kind}" if formula is None else f"another fit, {formula},"
