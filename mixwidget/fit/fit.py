"""A fitted mixed model as a value: what was estimated from what, and what was found out about it since."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from mixwidget.control import Control
from mixwidget.design.design import Design
from mixwidget.design.rows import Rows
from mixwidget.engine.criterion.estimates import Estimates
from mixwidget.engine.model.theta import ThetaLayout
from mixwidget.engine.search.optimum import Optimum
from mixwidget.fit.call import NO_CALL, Call
from mixwidget.fit.prior import NO_PRIORS, Priors

Options = ParamSpec("Options")
Result = TypeVar("Result")


@dataclass(frozen=True, eq=False, kw_only=True)
class Fit(ABC):
    """A design, its rows, the best covariance parameters found for them, and the estimates at them.

    It is a `LinearFit` or a `GeneralizedFit`; what asks more of a fit than this takes one of these.

    Attributes
    ----------
    design : Design
        Labels and recipe: nothing that grows with the rows.
    rows : Rows
        The numbers that were fitted.
    optimum : Optimum
        With every evaluation and the certificate.
    estimates : Estimates
    control : Control
    reml : bool
        Whether the REML criterion was minimised.
    priors : Priors
    call : Call
        What the user wrote.
    memo : dict
        What functions made by `once` found.
    """

    design: Design
    rows: Rows
    optimum: Optimum[Any, Any]
    estimates: Estimates
    control: Control
    reml: bool
    priors: Priors = NO_PRIORS
    call: Call = NO_CALL
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    @abstractmethod
    def n(self) -> int:
        """The number of rows that were fitted."""

    @property
    @abstractmethod
    def has_sigma(self) -> bool:
        """Whether a residual variance or a dispersion was estimated."""

    @property
    @abstractmethod
    def npar(self) -> int:
        """The number of parameters that were estimated."""

    @property
    @abstractmethod
    def roots(self) -> Sequence[np.ndarray]:
        """R of each term, shape (k, k): raw columns = standardised columns @ R."""

    @abstractmethod
    def conditional_modes(self) -> list[np.ndarray]:
        """Return the conditional modes of each term, shape (k, J), in the user's units."""

    @abstractmethod
    def conditional_covariances(self) -> list[np.ndarray]:
        """Return the conditional covariance blocks of each factor, shape (K, K, J), in the user's units."""

    def conditional_errors(self) -> list[np.ndarray]:
        """Return relative standard errors of the conditional standard deviations of each factor, shape (K, J).

        Empty where all are exact: random probes estimate those of huge crossed factors.
        """
        return []

    @property
    def criterion(self) -> float:
        """-2 log-likelihood (restricted under REML), without priors."""
        return float(self.optimum.evaluation.value - self.optimum.evaluation.penalty)

    @property
    def criterion_deviations(self) -> np.ndarray:
        """By how much each random probe differs from an estimated criterion, shape (probes,); empty if it is exact."""
        return np.zeros(0)

    @property
    def criterion_error(self) -> float:
        """The standard error of the criterion where it was estimated; 0 where it is exact."""
        return float(np.sqrt(self.criterion_deviations @ self.criterion_deviations))

    @property
    def layout(self) -> ThetaLayout:
        """Where theta has the elements of each term."""
        return self.optimum.criterion.layout

    def __getstate__(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(self) if item.init}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in {**state, "memo": {}}.items():
            object.__setattr__(self, name, value)


F = TypeVar("F", bound=Fit)


def once(function: Callable[Concatenate[F, Options], Result]) -> Callable[Concatenate[F, Options], Result]:
    """Let a function find out something about a fit once, and remember it on the fit.

    Its further arguments are part of what is asked, and must be hashable; its result must not be written into.

    Examples
    --------
    >>> @once
    ... def n_terms(fit):
    ...     return len(fit.design.terms)
    """

    @wraps(function)
    def remembered(fit: F, *args: Options.args, **options: Options.kwargs) -> Result:
        key = (remembered, args, tuple(sorted(options.items())))
        if key not in fit.memo:
            fit.memo[key] = function(fit, *args, **options)
        return fit.memo[key]

    return remembered


def is_known(fit: Fit, remembered: Callable[..., Any], *args: Any) -> bool:
    """Whether a function made by `once` was asked this before, so that it answers at once."""
    return (remembered, args, ()) in fit.memo
