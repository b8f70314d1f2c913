"""``%lmer data``, without a formula: the model is chosen by clicks. No IPython here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import mixwidget
from mixwidget.errors import DataError, OptionError
from mixwidget.magic.namespace import find_data
from mixwidget.magic.options import OPTIONS, MagicOptions
from mixwidget.sources.opening import is_source

KNOWN = ("data", "output", "ml", "no_display")  # what makes sense before there is a formula


def data_alone(rest: str, options: MagicOptions) -> str | None:
    """Return what a line names as its data where it names nothing else, None where it has a formula.

    Examples
    --------
    >>> data_alone("sleep", MagicOptions()), data_alone("y ~ x + (1 | g)", MagicOptions(data="sleep"))
    ('sleep', None)
    """
    if not rest:
        return options.data
    return rest if options.data is None and rest.isidentifier() else None


def explore(name: str, options: MagicOptions, variables: Mapping[str, Any], magic: str) -> Any:
    """Return the widget that starts from a data frame; nothing where nothing is to be shown.

    Raises
    ------
    DataError
        If the name is no data frame.
    OptionError
        If there is an option that needs a formula.
    """
    data = find_data(name, variables)
    if is_source(data):
        raise DataError(
            f"%{magic} {name} lets you choose a model for a data frame by clicks, and these data come in batches; "
            "write a formula, or choose by a sample of the rows in a data frame"
        )
    for field in fields(MagicOptions):
        if field.name not in KNOWN and getattr(options, field.name) != field.default:
            spelling = next(option.spellings[0] for option in OPTIONS if option.field == field.name)
            raise OptionError(f"{spelling} needs a formula; without one, %{magic} {name} lets you choose by clicks")
    if options.no_display:
        raise OptionError(f"%{magic} {name} without a formula only shows something; leave -n out, or write a formula")
    return mixwidget.explore(data, reml=not options.ml, name=options.output, data_name=name)
