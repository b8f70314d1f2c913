"""What the optimiser takes: a criterion, with its points and their slopes.

A model joins the search by implementing `Criterion`; a prior or a flat ridge is one that wraps another. Trust-region
Newton alone is content with an `Objective`.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol, TypeVar

import numpy as np

from mixwidget.engine.criterion.representative import Representative
from mixwidget.engine.model.theta import ThetaLayout


class Position(Protocol):
    """A place with the value there."""

    @property
    def theta(self) -> np.ndarray: ...
    @property
    def value(self) -> float: ...


class Point(Position, Protocol):
    """A position in the space of covariance parameters: T of each factor belongs to it."""

    @property
    def templates(self) -> tuple[np.ndarray, ...]: ...


class Curved(Protocol):
    """First and second derivatives at a position; the Hessian may be an approximation."""

    @property
    def gradient(self) -> np.ndarray: ...
    @property
    def hessian(self) -> np.ndarray: ...


class Slope(Curved, Protocol):
    """Derivatives at a point: also D of each factor, the derivative with respect to G = TT', shape (K, K)."""

    @property
    def slopes(self) -> tuple[np.ndarray, ...]: ...


Pos = TypeVar("Pos", bound=Position)
Cur_co = TypeVar("Cur_co", bound=Curved, covariant=True)
P = TypeVar("P", bound=Point)
D = TypeVar("D", bound=Slope)


class Objective(Protocol[Pos, Cur_co]):
    """A smooth function to be minimised."""

    @abstractmethod
    def evaluate(self, theta: np.ndarray) -> Pos:
        """Evaluate; the value is infinite where there is none."""
        ...

    @abstractmethod
    def differentiate(self, point: Pos) -> Cur_co:
        """Return the derivatives at an evaluated point."""
        ...

    def coordinates(self, point: Pos) -> np.ndarray | None:
        """Return moves of theta, as columns, in whose units steps of one are alike; None if theta's own are."""
        del point
        return None


class Criterion(Objective[P, D], Protocol[P, D]):
    """A function of covariance parameters whose lowest minimum over the cone of covariance matrices is searched for.

    It is even in every column of a template. The first ``layout.n_theta`` elements of theta are laid out as `layout`
    says; further free parameters without a cone, as the fixed effects of a Laplace approximation, may follow.
    """

    @property
    @abstractmethod
    def layout(self) -> ThetaLayout: ...

    @property
    @abstractmethod
    def n_levels(self) -> tuple[int, ...]:
        """J of each factor."""
        ...

    @abstractmethod
    def starting_values(self, *, thorough: bool) -> dict[str, np.ndarray]:
        """Return candidate starts by name, the likeliest first.

        Parameters
        ----------
        thorough : bool
            Whether to give those that are worth a descent each: *moment* and *unit* (T = I) must be among them.
        """
        ...

    @property
    def n_random(self) -> int:
        """Number of random effects: what an evaluation costs."""
        return sum(k * n for k, n in zip(self.layout.factor_sizes, self.n_levels, strict=True))

    @property
    def has_few_rows(self) -> bool:
        """Whether there are so few data that minima may be several, where that is known."""
        return True

    @property
    def has_own_basins(self) -> bool:
        """Whether it may have basins of which the starting values know nothing, as a prior can make them."""
        return False

    @property
    def has_metric(self) -> bool:
        """Whether `hessian` of its derivatives is no curvature but a metric to start from (see `search.curvature`)."""
        return False

    def complete(self, theta: np.ndarray) -> np.ndarray:
        """Return covariance parameters, shape (n_theta,), followed by starting values of the further parameters."""
        return theta

    def conflict(self, point: P, slope: D) -> float:
        """Return how strongly the data speak for another minimum, about as chi-squared with one degree of freedom.

        NaN where that is not known.
        """
        del point, slope
        return float("nan")

    def refuse_saturation(self, point: P) -> None:
        """Raise `FitError` if an end is no minimum because the criterion falls for ever."""
        del point

    def representative(self, theta: np.ndarray) -> Representative | None:
        """Return the point that is reported of all that are as low as this one; None where it is the only one."""
        del theta
        return None

    def why_infinite(self) -> str:
        """Say what may be the reason where the criterion has no finite value anywhere."""
        return "the random effects reproduce the response"
