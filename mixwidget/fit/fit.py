"""A fitted mixed model as a value: what was estimated from what, and what was found out about it since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from mixwidget.control import Control
from mixwidget.design.design import Design
from mixwidget.design.rows import Rows
from mixwidget.engine.criterion.estimates import Estimates
from mixwidget.engine.sums.cross_products import CrossProducts
from mixwidget.engine.sums.pooled_rows import PooledRows
from mixwidget.fit.call import NO_CALL, Call
from mixwidget.fit.optimum import LinearOptimum
from mixwidget.fit.prior import NO_PRIORS, Priors
from mixwidget.fit.sums import Sums

Options = ParamSpec("Options")
Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Fit:
    """A design, its rows, the best covariance parameters found for them, and the estimates at them.

    Attributes
    ----------
    design : Design
        Labels and recipe: nothing that grows with the rows.
    rows : Rows
        The numbers that were fitted.
    sums : Sums
        The sums of products that refits of the same rows share.
    optimum : LinearOptimum
        With every evaluation and the certificate.
    estimates : Estimates
    reml : bool
    control : Control
    priors : Priors
    call : Call
        What the user wrote.
    memo : dict
        What functions made by `once` found.
    """

    design: Design
    rows: Rows
    sums: Sums
    optimum: LinearOptimum
    estimates: Estimates
    reml: bool
    control: Control
    priors: Priors = NO_PRIORS
    call: Call = NO_CALL
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def cross(self) -> CrossProducts:
        """The sums of products."""
        return self.sums.cross

    @property
    def n(self) -> int:
        """The number of rows that were fitted."""
        return self.sums.cross.n

    @property
    def pooled_rows(self) -> PooledRows:
        """The rows, ready to be summed; standardised again where they were not kept."""
        return self.sums.pooled_rows(self.design, self.rows)

    def __getstate__(self) -> dict[str, Any]:
        names = ("design", "rows", "sums", "optimum", "estimates", "reml", "control", "priors", "call")
        return {name: getattr(self, name) for name in names}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in {**state, "memo": {}}.items():
            object.__setattr__(self, name, value)


def once(function: Callable[Concatenate[Fit, Options], Result]) -> Callable[Concatenate[Fit, Options], Result]:
    """Let a function find out something about a fit once, and remember it on the fit.

    Its further arguments are part of what is asked, and must be hashable; its result must not be written into.

    Examples
    --------
    >>> @once
    ... def n_terms(fit):
    ...     return len(fit.design.terms)
    """

    @wraps(function)
    def remembered(fit: Fit, *args: Options.args, **options: Options.kwargs) -> Result:
        key = (remembered, args, tuple(sorted(options.items())))
        if key not in fit.memo:
            fit.memo[key] = function(fit, *args, **options)
        return fit.memo[key]

    return remembered


def is_known(fit: Fit, remembered: Callable[..., Any], *args: Any) -> bool:
    """Whether a function made by `once` was asked this before, so that it answers at once."""
    return (remembered, args, ()) in fit.memo
