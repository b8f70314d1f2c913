"""The settings of data that are drawn: groups, rows, what is true, and what goes against the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from mixwidget.errors import OptionError, nearest
from mixwidget.views.view import View

FAMILIES = ("gaussian", "binomial")
# Least and greatest value of each number; steps of the sliders are in `STEPS`.
LIMITS: dict[str, tuple[float, float]] = {
    "n_groups": (3, 200),
    "n_rows": (2, 100),
    "intercept": (-10, 20),
    "slope": (-5, 5),
    "sd_intercept": (0, 5),
    "sd_slope": (0, 5),
    "correlation": (-1, 1),
    "sd_residual": (0.1, 5),
    "outlier": (0, 10),
    "residual_ratio": (1, 10),
    "between_slope": (-5, 5),
}


@dataclass(frozen=True, slots=True)
class Settings(View):
    """What is drawn: ``y = intercept + slope x`` with random intercepts and slopes of groups, and noise.

    Attributes
    ----------
    family : {"gaussian", "binomial"}
        The response: a number, or 0 and 1 with this line as their log-odds.
    n_groups : int
    n_rows : int
        Rows of each group; their mean if they are not balanced.
    is_balanced : bool
        Otherwise some groups have a few rows and some have many.
    intercept, slope : float
        The average line; x goes from -1 to 1 in each group.
    sd_intercept, sd_slope, correlation : float
        How groups differ from it.
    sd_residual : float
        How rows differ from the line of their group; of no meaning for a binomial response.
    outlier : float
        By how many `sd_intercept` the first group lies off.
    has_two_populations : bool
        Groups come from two populations, apart by two `sd_intercept`, instead of one Gaussian of the same spread.
    residual_ratio : float
        How many times as large the residual standard deviation is in every second group.
    has_trend_between : bool
        Whether groups have means of x of their own, along which their intercepts follow a trend of its own.
    between_slope : float
        That trend: the slope of the means of groups over their means of x.

    Raises
    ------
    OptionError
        If a value is out of its range.
    """

    family: str = "gaussian"
    n_groups: int = 20
    n_rows: int = 8
    is_balanced: bool = True
    intercept: float = 10.0
    slope: float = 2.0
    sd_intercept: float = 2.0
    sd_slope: float = 1.0
    correlation: float = 0.3
    sd_residual: float = 1.0
    outlier: float = 0.0
    has_two_populations: bool = False
    residual_ratio: float = 1.0
    has_trend_between: bool = False
    between_slope: float = -2.0

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise OptionError(f"playground: family={self.family!r} is not known; {nearest(self.family, FAMILIES)}")
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
                raise OptionError(f"playground: {name}={value!r} is out of range; choose {low:g} to {high:g}")

    @property
    def formula(self) -> str:
        """The model that has what is true among its parameters."""
        return "y ~ x + (1 + x | group)"


def settings_from(values: Mapping[str, Any], base: Settings) -> Settings:
    """Return settings with some values changed, each in the type of its field.

    Parameters
    ----------
    values : mapping of str to object
        As the user or a page gives them.
    base : Settings
        What the others are.

    Raises
    ------
    OptionError
        If there is no such setting, or its value is none.

    Examples
    --------
    >>> settings_from({"n_groups": 12.0}, Settings()).n_groups
    12
    """
    known = {field.name: type(getattr(base, field.name)) for field in fields(Settings)}
    changed = {field.name: getattr(base, field.name) for field in fields(Settings)}
    for name, value in values.items():
        if name not in known:
            raise OptionError(f"playground has no setting {name!r}; {nearest(name, known, 'it has')}")
        changed[name] = _typed(name, value, known[name])
    return Settings(**changed)


def _typed(name: str, value: Any, kind: type) -> Any:
    if kind in (bool, str):
        if not isinstance(value, kind):
            raise OptionError(f"playground: {name}={value!r} is no {'yes or no' if kind is bool else 'text'}")
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or (kind is int and value != int(value)):
        raise OptionError(f"playground: {name}={value!r} is no {'whole number' if kind is int else 'number'}")
    return kind(value)
