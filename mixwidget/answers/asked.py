"""What a question is asked of: a fitted model, of which an answer knows the fit and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol, TypeVar, cast

from mixwidget.fit.fit import Fit


class Asked(Protocol):
    """A model that wraps a `Fit`, such as `LmerModel`."""

    @property
    def fit(self) -> Fit:
        """The fit."""
        ...


M = TypeVar("M", bound=Asked)


def with_fit(model: M, fit: Fit) -> M:
    """Return a model of the same kind around another fit."""
    return cast(M, replace(cast(Any, model), fit=fit))
