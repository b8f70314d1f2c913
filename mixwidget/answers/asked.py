"""What a question is asked of: a fitted model, of which an answer knows the fit and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol, TypeVar, cast

from mixwidget.errors import DataError
from mixwidget.fit.fit import Fit


class FittedModel(Protocol):
    """A model that wraps a `Fit`, such as `LmerModel`."""

    @property
    def fit(self) -> Fit:
        """The fit."""
        ...


M = TypeVar("M", bound=FittedModel)


def with_fit(model: M, fit: Fit) -> M:
    """Return a model of the same kind around another fit."""
    return cast(M, replace(cast(Any, model), fit=fit))


def refuse_no_fit(owner: str, given: object) -> None:
    """Raise `DataError` unless a fitted model is given."""
    inside = getattr(given, "fit", None)
    if not isinstance(inside, Fit):
        hint = "; its fit is .fit" if isinstance(getattr(inside, "fit", None), Fit) else ""
        raise DataError(f"{owner} takes a fit of lmer, not {type(given).__name__}{hint}")
