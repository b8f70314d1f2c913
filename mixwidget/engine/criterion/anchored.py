"""The criterion of a linear mixed model whose log-determinant is estimated: by its slope from an anchor.

What probes say of the determinant is ``log |M|`` (see `linalg.iterative_rest`). Its slope comes with every solution, so
that from the point where derivatives were last formed, the anchor, it is carried on by the trapezoidal rule: value and
slope then agree to third order in the step, as a search needs, while an estimate of the value itself would differ from
that of the slope by chance. The value itself is estimated once, at the optimum (`settled`), with its error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.derivatives import Derivatives, differentiate
from mixwidget.engine.criterion.evaluation import Deviations, Evaluation, evaluate
from mixwidget.engine.criterion.linear import Linear
from mixwidget.engine.criterion.scattered_traces import slopes_beyond
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.theta import SINGULAR_SD
from mixwidget.linalg.euclidean import euclidean
from mixwidget.linalg.iterative_rest import IterativeRest

MOST_MISSED = 1e-2  # criterion units: what a step may lose to the trapezoidal rule
MISSED_SHARE = 1e-4  # of what the criterion changes by: a step that gains thousands is taken whatever it loses so
MOST_HALVINGS = 3  # of a step: eight parts
UNKNOWN = Deviations(np.array([np.nan]), np.full((0, 1), np.nan))  # of a value that was carried on only


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where ``log |M|`` is known, or was set to zero.

    Attributes
    ----------
    theta : ndarray, shape (n_theta,)
    value : float
        Of ``log |M|``.
    slope : ndarray, shape (n_theta,)
    exact : float
        The criterion without it.
    deviations : Deviations
        `UNKNOWN` until the value is estimated.
    """

    theta: np.ndarray
    value: float
    slope: np.ndarray
    exact: float
    deviations: Deviations

    def value_at(self, theta: np.ndarray, slope: np.ndarray) -> float:
        """Return the value at another point with its slope there."""
        return self.value + 0.5 * float((self.slope + slope) @ (theta - self.theta))

    def misses(self, theta: np.ndarray, slope: np.ndarray) -> float:
        """Return about how much of the value the trapezoidal rule misses at another point."""
        step = theta - self.theta
        share = euclidean(step) / max(euclidean(self.theta), euclidean(theta), SINGULAR_SD)
        return abs(float((slope - self.slope) @ step)) * share / 12.0


class Anchored(Linear):
    """The criterion without ridge or priors, where the crossed factors are solved by iterations.

    Parameters
    ----------
    arrangement : Arrangement
    reml : bool
    anchor : Anchor, optional
        That of the same factors with another response.
    """

    def __init__(self, arrangement: Arrangement, reml: bool, anchor: Anchor | None = None) -> None:
        self.arrangement, self.reml, self.anchor = arrangement, reml, anchor
        self._latest: Anchor | None = None  # the point that was evaluated last, most often the next anchor

    def evaluate(self, theta: np.ndarray) -> Evaluation:
        """Evaluate; up to a constant until an optimum was settled."""
        at = evaluate(self.arrangement, theta, reml=self.reml)
        if not np.isfinite(at.value):
            return at
        slope = self._slope(at)
        if not np.isfinite(_rest(at).logdet):  # an iteration that did not converge
            return at._replace(value=np.inf)
        if self.anchor is None:
            self.anchor = Anchor(theta, 0.0, slope, at.value, UNKNOWN)
        self._latest = self._carried(self.anchor, at, slope, MOST_HALVINGS)
        return _with_rest(at, self._latest.value, self.anchor.deviations)

    def differentiate(self, point: Evaluation) -> Derivatives:
        """Return the derivatives, and carry on from this point."""
        if self._latest is not None and np.array_equal(self._latest.theta, point.theta):
            self.anchor = self._latest
        return differentiate(self.arrangement, point)

    def settled(self, point: Evaluation) -> Evaluation:
        """Return a point with an estimate of the value itself, and carry on from there."""
        at = self._without_rest(point)
        found = _rest(at).log_determinant()
        beyond = found.value - _rest(at).logdet
        draws, n = self._slope_draws(at), len(found.deviations)
        apart = draws[:, :n] - draws[:, :n].mean(axis=1, keepdims=True)
        deviations = Deviations(found.deviations, apart / np.sqrt(n * (n - 1.0)))
        self.anchor = Anchor(point.theta, beyond, draws @ _rest(at).probed().weights, at.value, deviations)
        return _with_rest(at, beyond, deviations)

    def of(self, arrangement: Arrangement) -> Anchored:
        return Anchored(arrangement, self.reml, self.anchor)

    def without_ridge(self) -> Anchored:
        return self

    @property
    def has_few_rows(self) -> bool:
        """Models with huge crossed factors have many."""
        return False

    def _carried(self, anchor: Anchor, at: Evaluation, slope: np.ndarray, halvings: int) -> Anchor:
        """Return what is known at a point with its slope, by way of points between where it is far from the anchor."""
        allowed = max(MOST_MISSED, MISSED_SHARE * abs(at.value - anchor.exact))
        if halvings == 0 or anchor.misses(at.theta, slope) <= allowed:
            return Anchor(at.theta, anchor.value_at(at.theta, slope), slope, at.value, anchor.deviations)
        between = evaluate(self.arrangement, 0.5 * (anchor.theta + at.theta), reml=self.reml)
        nearer = self._carried(anchor, between, self._slope(between), halvings - 1)
        return self._carried(nearer, at, slope, halvings - 1)

    def _without_rest(self, point: Evaluation) -> Evaluation:
        """Return a point as `evaluate` of the module does."""
        anchor = self.anchor
        if anchor is None or not np.array_equal(anchor.theta, point.theta):
            return evaluate(self.arrangement, point.theta, reml=self.reml)
        state = point.state._replace(logdet=point.state.logdet - anchor.value)
        return point._replace(value=anchor.exact, state=state)

    def _slope(self, at: Evaluation) -> np.ndarray:
        """Return the derivative of ``log |M|``, shape (n_theta,)."""
        return self._slope_draws(at) @ _rest(at).probed().weights

    def _slope_draws(self, at: Evaluation) -> np.ndarray:
        """Return what each probe says of that derivative, before it is weighted: shape (n_theta, probes)."""
        layout = self.arrangement.layout
        matrices = slopes_beyond(self.arrangement.by_factor, at.templates, at.state, _rest(at))
        draws = np.empty((layout.n_theta, matrices[0].shape[2]))
        for matrix, members, place in zip(matrices, layout.members, layout.places, strict=True):
            draws[members] = 2.0 * matrix[place]
        return draws


def _rest(at: Evaluation) -> IterativeRest:
    if not isinstance(at.state.rest, IterativeRest):
        raise TypeError("the crossed factors of this model are not solved by iterations")
    return at.state.rest


def _with_rest(at: Evaluation, beyond: float, deviations: Deviations) -> Evaluation:
    """Return an evaluation whose determinant has its estimated part."""
    state = at.state._replace(logdet=at.state.logdet + beyond)
    return at._replace(value=at.value + beyond, state=state, deviations=deviations)
