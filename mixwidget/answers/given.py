"""What a question is asked about: a fit, and nothing else."""

from __future__ import annotations

from mixwidget.errors import DataError
from mixwidget.model import LmerModel


def refuse_no_fit(owner: str, given: object) -> None:
    """Raise `DataError` unless a fit of `lmer` is given."""
    if not isinstance(given, LmerModel):
        hint = "; its fit is .fit" if isinstance(getattr(given, "fit", None), LmerModel) else ""
        raise DataError(f"{owner} takes a fit of lmer, not {type(given).__name__}{hint}")
