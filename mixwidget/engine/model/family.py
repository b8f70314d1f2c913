"""What a family must tell the engine about responses; the engine brings none of its own."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

import numpy as np


class Scaled(Protocol):
    """A -2 log-likelihood and its derivative by the deviance."""

    @property
    def value(self) -> float: ...
    @property
    def slope(self) -> float: ...


class Held(Scaled, Protocol):
    """The same at a given dispersion."""

    @property
    def by_log_sigma(self) -> float: ...
    @property
    def twice_by_log_sigma(self) -> float: ...


class Total(Protocol):
    """The likelihood of all rows as a function of the deviance."""

    @abstractmethod
    def plug_in(self, deviance: float) -> Scaled:
        """Return -2 log-likelihood with the dispersion estimated from the deviance."""
        ...

    @abstractmethod
    def coherent(self, penalised: float) -> Scaled:
        """Return -2 log-likelihood minimised over the dispersion, which scales the penalty too."""
        ...

    @abstractmethod
    def held(self, penalised: float, sigma: float) -> Held:
        """Return the same at a dispersion of ``sigma^2``."""
        ...


class Local(Protocol):
    """The deviance expanded at linear predictors eta, shape (n,), or (nodes, n) where that is said."""

    @property
    def eta(self) -> np.ndarray: ...
    @property
    def mean(self) -> np.ndarray: ...
    @property
    def deviances(self) -> np.ndarray:
        """Deviance of each row, prior weights included; infinite where its mean is out of range. Also (nodes, n)."""
        ...

    @property
    def deviance(self) -> float:
        """Their sum, infinite if one is."""
        ...

    @property
    def score(self) -> np.ndarray:
        """R = -1/2 d deviance / d eta. Also (nodes, n)."""
        ...

    @property
    def expected(self) -> np.ndarray:
        """Expected weights: half the expected second derivative."""
        ...

    @property
    def observed(self) -> np.ndarray:
        """Observed weights: half the second derivative."""
        ...

    @property
    def expected_slope(self) -> np.ndarray:
        """Derivative of the expected weights by eta."""
        ...

    @property
    def observed_slope(self) -> np.ndarray:
        """Derivative of the observed weights by eta."""
        ...

    @abstractmethod
    def pearson(self, within: np.ndarray | None) -> float:
        """Return the Pearson statistic; `within` are weighted squares of merged rows about their means, shape (n,)."""
        ...

    @property
    def shape_slopes(self) -> np.ndarray:
        """Derivative by the shape of what the log density of each row has of its mean."""
        ...

    @property
    def shape_shares(self) -> np.ndarray:
        """Relative derivative by the shape of score and expected weight."""
        ...

    @property
    def shape_bends(self) -> np.ndarray:
        """Derivative of those shares by eta."""
        ...


class Response(Protocol):
    """Responses with their prior weights."""

    @property
    def y(self) -> np.ndarray: ...
    @property
    def weights(self) -> np.ndarray: ...
    @abstractmethod
    def at(self, eta: np.ndarray) -> Local:
        """Expand at linear predictors, shape (n,) or (nodes, n)."""
        ...


class Family(Protocol):
    """A distribution with a link."""

    @property
    def is_canonical(self) -> bool:
        """Whether expected and observed weights are the same."""
        ...

    @property
    def has_dispersion(self) -> bool: ...
    @property
    def unbounded_link(self) -> str | None:
        """Name of a link under which no linear predictor is out of range; None where it is that of the family."""
        ...

    @property
    def shape(self) -> float | None:
        """A further parameter of the distribution, None where there is none."""
        ...

    @abstractmethod
    def with_shape(self, shape: float) -> Family: ...
    @abstractmethod
    def response(self, y: np.ndarray, weights: np.ndarray) -> Response: ...
    @abstractmethod
    def total(self, y: np.ndarray, weights: np.ndarray, mean: np.ndarray) -> Total:
        """Return the likelihood of rows y that were merged into rows of the given means; both have shape (n,)."""
        ...

    @abstractmethod
    def shape_slope(self, y: np.ndarray, weights: np.ndarray) -> float:
        """Return the derivative by the shape of what the log-likelihood has of y alone."""
        ...

    @abstractmethod
    def start(self, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return linear predictors near the responses, inside the range."""
        ...


class Whole(Protocol):
    """The responses of all rows, of which only what their likelihood needs is known; each merged row has its mean."""

    @property
    def n(self) -> int:
        """Number of rows."""
        ...

    @abstractmethod
    def total(self, family: Family, y: np.ndarray, weights: np.ndarray, squares: np.ndarray | None) -> Total:
        """Return the likelihood of all rows.

        Parameters
        ----------
        family : Family
        y, weights : ndarray, shape (m,)
            Of the merged rows: means and sums of weights.
        squares : ndarray, shape (m,), or None
            Weighted squares of the rows about these means; None where none were merged.
        """
        ...

    @abstractmethod
    def shape_slope(self, family: Family) -> float:
        """Return the derivative by the shape of what the log-likelihood has of y alone."""
        ...
