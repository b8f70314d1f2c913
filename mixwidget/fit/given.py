"""What stands beside formula and data in a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What stands beside formula and data; see `mixwidget.lmer`."""

    weights: Any = None
    offset: Any = None
    subset: Any = None
    contrasts: Mapping[str, Any] | None = None

    @property
    def options(self) -> dict[str, Any]:
        """By name, as `build_design` takes them and as a call records them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
