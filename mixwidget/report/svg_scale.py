"""Linear scales and round ticks; the twin of js/src/core/scale.ts, tested on the same cases."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map from a domain of values to a range of pixels."""

    domain: tuple[float, float]
    range: tuple[float, float]

    def __call__(self, value: float) -> float:
        """Return the pixel of a value."""
        span = self.domain[1] - self.domain[0] or 1.0
        return self.range[0] + (value - self.domain[0]) * (self.range[1] - self.range[0]) / span


def linear(domain: tuple[float, float], range_: tuple[float, float]) -> Scale:
    """Return a linear scale.

    Examples
    --------
    >>> linear((0, 10), (100, 200))(2.5)
    125.0
    """
    return Scale(domain, range_)


def nice_ticks(domain: tuple[float, float], count: int) -> list[float]:
    """Return round values (1, 2 or 5 times a power of ten) inside the domain, about `count` of them.

    Examples
    --------
    >>> nice_ticks((-42.0, 61.0), 4)
    [-40.0, -20.0, 0.0, 20.0, 40.0, 60.0]
    """
    rough = (domain[1] - domain[0]) / max(1, count)
    if not (rough > 0 and math.isfinite(rough)):
        return []
    power = 10.0 ** math.floor(math.log10(rough))
    excess = rough / power
    step = power * (
        10 if excess >= math.sqrt(50) else 5 if excess >= math.sqrt(10) else 2 if excess >= math.sqrt(2) else 1
    )
    first, last = math.ceil(domain[0] / step - 1e-9), math.floor(domain[1] / step + 1e-9)
    return [i * step for i in range(first, last + 1)]
