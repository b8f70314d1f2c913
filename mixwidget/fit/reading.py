"""How the response of each family is read."""

from __future__ import annotations

from mixwidget.design.binomial_response import BINOMIAL
from mixwidget.design.count_response import COUNTS
from mixwidget.design.number_response import NUMBERS, POSITIVE
from mixwidget.design.response import ResponseReading
from mixwidget.family.family import Family

_READINGS = {
    "binomial": BINOMIAL,
    "poisson": COUNTS.of("a Poisson model"),
    "negative.binomial": COUNTS.of("a negative binomial model"),
    "Gamma": POSITIVE.of("a Gamma model"),
    "inverse.gaussian": POSITIVE.of("an inverse Gaussian model"),
    "gaussian": NUMBERS.of("a Gaussian model"),
}


def reading_of(family: Family) -> ResponseReading:
    """Return how a family reads its response: what `build_design` takes as `reading`.

    Examples
    --------
    >>> import pandas as pd
    >>> from mixwidget.design.build import build_design
    >>> from mixwidget.family.read_family import read_family
    >>> family = read_family("binomial")
    >>> data = pd.DataFrame({"r": ["N", "Y", "Y", "N", "Y", "N"], "x": [0, 1, 2] * 2, "g": list("aaabbb")})
    >>> filled = build_design("r ~ x + (1 | g)", data, reading=reading_of(family), has_residual=family.has_dispersion)
    >>> filled.rows.y.tolist(), filled.design.response.success
    ([0.0, 1.0, 1.0, 0.0, 1.0, 0.0], 'Y')
    """
    return _READINGS[family.distribution.name]
