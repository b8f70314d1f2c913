"""What the views of the widgets read from a fit beyond its printed numbers: the labelled arrays."""

from __future__ import annotations

from typing import Any, Protocol

from mixwidget.views.model import FittedModel


class DesignedModel(FittedModel, Protocol):
    """A fit that keeps its design (`mixwidget.design.design.Design`)."""

    @property
    def design(self) -> Any: ...
    @property
    def verdict(self) -> Any:
        """How the fit ended: `code` in a word or two, `message` in one sentence."""
        ...

    @property
    def has_tests(self) -> bool:
        """Whether ``coef_table()`` was asked for before, so that it answers at once."""
        ...

    @property
    def is_singular(self) -> bool: ...
    @property
    def priors(self) -> Any:
        """The weak priors (`mixwidget.fit.prior.Priors`)."""
        ...
