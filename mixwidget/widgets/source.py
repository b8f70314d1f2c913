"""What a widget needs beside a fit: the data, the way to refit, the names for the code to copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mixwidget.control import Control
from mixwidget.fit.fit import Fit
from mixwidget.widgets.dial import PriorDial

Refit = Callable[[str, bool, Control], Fit]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the fits of a widget come from.

    Attributes
    ----------
    refit : callable
        Takes a formula, whether REML is wanted, and a `Control` whose `should_stop` it polls.
    frame : DataFrame
        The rows that are fitted, with all columns of the data.
    control : Control
        Options of the first fit, kept for all others.
    data : str
        Name of the data frame in the user's code.
    options : mapping of str to str
        Columns for ``weights`` and ``offset``, where they were given by name.
    dial : PriorDial, optional
        Without one the picker offers no priors.
    """

    refit: Refit
    frame: Any
    control: Control = field(default_factory=Control)
    data: str = "data"
    options: Mapping[str, str] = field(default_factory=dict)
    dial: PriorDial | None = None
