"""What a widget needs beside a fit: the data, the way to refit, the names for the code to copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from mixwidget.control import Control
from mixwidget.views.designed import DesignedModel
from mixwidget.views.prior import Least

Refit = Callable[[str, bool, Control], DesignedModel]


class PriorDial(Protocol):
    """Fits under priors on the covariance matrices, from the cross products of a fit that is there."""

    def under(self, fit: DesignedModel, family: str, strength: float | None, control: Control) -> DesignedModel:
        """Return the fit under another prior; family "none" takes the one it has away."""
        ...

    def least(self, bare: DesignedModel, control: Control) -> Least | None:
        """Return the least prior that makes a fit regular, None for a regular fit."""
        ...

    def moves(self, bare: DesignedModel, fit: DesignedModel) -> Any:
        """Return a data frame of every estimate without and with the prior."""
        ...

    def cost(self, bare: DesignedModel, fit: DesignedModel) -> str:
        """Say what the prior costs and moves."""
        ...


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
