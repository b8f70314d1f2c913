"""From the formulas of a cell to named fits, and to what is shown of them. No IPython here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any

import mixwidget
from mixwidget.control import Control
from mixwidget.errors import OptionError
from mixwidget.magic.cell import NamedFormula
from mixwidget.magic.family import family_arguments
from mixwidget.magic.namespace import call_name, column_or_variable, find_data
from mixwidget.magic.options import GLMER, MagicOptions
from mixwidget.widgets.cells import SHOWN


@dataclass(frozen=True, slots=True)
class NamedFit:
    """A fit, its name in the notebook (or None) and its label where several are shown."""

    name: str | None
    label: str
    model: Any


def fit_formulas(
    formulas: Sequence[NamedFormula], options: MagicOptions, variables: Mapping[str, Any], magic: str
) -> tuple[NamedFit, ...]:
    """Fit every formula of a cell to the data named in the options; nothing is named yet.

    Parameters
    ----------
    formulas : sequence of NamedFormula
    options : MagicOptions
    variables : mapping
        The names of the notebook.
    magic : {"lmer", "glmer"}

    Raises
    ------
    MixwidgetError
        If one of them cannot be fitted: then none is returned.
    """
    names = _names(formulas, options)
    data = find_data(options.data, variables)
    settings: dict[str, Any] = {
        "weights": column_or_variable(options.weights, data, variables),
        "offset": column_or_variable(options.offset, data, variables),
        "subset": column_or_variable(options.subset, data, variables),
        "cov_prior": options.prior,
        "fixef_prior": options.fixef_prior,
        "data_name": call_name(options.data, variables),
    }
    function, own = _call_of(options, variables, magic)
    labels = [name or f"model {i}" for i, name in enumerate(names, start=1)]
    models = [function(formula.formula, data, **settings, **own) for formula in formulas]
    return tuple(map(NamedFit, names, labels, models))


def _call_of(
    options: MagicOptions, variables: Mapping[str, Any], magic: str
) -> tuple[Callable[..., Any], dict[str, Any]]:
    """Return the function of a magic and the arguments that it alone takes; findings stand in what is shown."""
    if magic != GLMER:
        own = {"reml": not options.ml, "resid_prior": options.resid_prior, "control": Control(warn=False)}
        return mixwidget.lmer, own
    given: Any = options.laplace  # checked by Control, which names the choices
    family = family_arguments(options.family, options.link, variables)
    own = {**family, "n_agq": _nodes(options.nagq), "control": Control(warn=False, laplace=given)}
    return (mixwidget.glmer if "family" in own else mixwidget.glmer_nb), own


def _nodes(text: str) -> int:
    if not text.isdecimal():
        raise OptionError(f"nagq={text} is no number of nodes; write nagq=1 (Laplace), nagq=9 or nagq=0")
    return int(text)


def show(fits: Sequence[NamedFit]) -> Any:
    """Return what the notebook displays: the fit, or the comparison of several."""
    if len(fits) == 1:
        return fits[0].model
    comparison = mixwidget.compare({fit.label: fit.model for fit in fits})
    SHOWN.show(None, comparison)  # it holds new fits each time, which `Out` would keep of every run of the cell
    return comparison


def tell_findings(fits: Sequence[NamedFit]) -> None:
    """Print what needs care about fits that are not shown."""
    for fit in fits:
        for found in fit.model.alerts:
            if found.severity != "info":
                print(f"{fit.label}: {found.message.rstrip('.')}; {found.hint}", file=sys.stderr)  # noqa: T201  the cell's stderr


def _names(formulas: Sequence[NamedFormula], options: MagicOptions) -> list[str | None]:
    names: list[str | None] = [formula.name for formula in formulas]
    if options.output is not None:
        if len(formulas) > 1:
            raise OptionError(f"-o {options.output} names one fit of {len(formulas)}; write  NAME << formula  for each")
        if names[0]:
            raise OptionError(f"the fit has two names, {names[0]!r} and -o {options.output}; leave one out")
        if not options.output.isidentifier() or iskeyword(options.output):
            reason = "is a word of Python" if iskeyword(options.output) else "cannot be a name"
            raise OptionError(
                f"-o {options.output} {reason}; a name has letters, digits and _, and begins with no digit"
            )
        names = [options.output]
    if options.data is not None and options.data in names:
        raise OptionError(f"a fit called {options.data!r} would replace the data of that name; choose another name")
    return names
