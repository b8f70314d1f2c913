"""Units and words that the data bring with them: ``data.attrs["units"]`` and ``data.attrs["labels"]``, by column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mixwidget.fit.fit import Fit


def unit_of(fit: Fit, name: str) -> str:
    """Return the unit of a column, empty where the data do not say it.

    Examples
    --------
    >>> import mixwidget as mw
    >>> data = mw.load_dataset("sleepstudy")
    >>> data.attrs["units"] = {"Reaction": "ms"}
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", data).fit
    >>> unit_of(fit, "Reaction"), unit_of(fit, "Days")
    ('ms', '')
    """
    return _said(fit, "units", name) or ""


def label_of(fit: Fit, name: str) -> str:
    """Return what a column is called in words, its name where the data do not say it."""
    return _said(fit, "labels", name) or name


def title_of(fit: Fit, name: str) -> str:
    """Return label and unit as the title of an axis has them."""
    unit = unit_of(fit, name)
    return f"{label_of(fit, name)} ({unit})" if unit else label_of(fit, name)


def _said(fit: Fit, kind: str, name: str) -> str | None:
    attrs: Any = getattr(fit.call.frame, "attrs", None)
    said = attrs.get(kind) if isinstance(attrs, Mapping) else None
    found = said.get(name) if isinstance(said, Mapping) else None
    return None if found is None else str(found)
