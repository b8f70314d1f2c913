"""What is asked of a generalized model beside formula and data."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.family.family import Family


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralizedRequest:
    """Family and approximation of a generalized model; see `mixwidget.glmer`."""

    family: Family
    n_agq: int = 1
    free_shape: bool = False
