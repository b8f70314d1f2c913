"""The conditional modes of the random effects, to rounding: penalised iteratively reweighted least squares.

Fisher steps first, then Newton steps with the observed weights: for links that are not canonical Fisher scoring alone
converges at a linear rate. The modes are iterated until nothing moves, so that a criterion built on them is a function
of its arguments alone, wherever the iteration started.

Bates & DebRoy (2004), J. Multivariate Anal. 91, for the linear algebra of a step.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs

from mixwidget.engine.criterion.direction import Direction, Stacks, System
from mixwidget.engine.criterion.row_weights import Weights, expected_weights, largest, observed_weights, regression_sums
from mixwidget.engine.model.family import Local
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.local_on_disk import local_at
from mixwidget.engine.model.walk import Piece, RowValues, added, formed, longest
from mixwidget.engine.model.weighted import WeightedSums
from mixwidget.linalg.backward import Solution, back_substitute
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.elimination import Elimination, eliminate
from mixwidget.linalg.further_columns import solve_columns

FISHER_STEPS = 4  # before Newton steps: observed weights far from the mode make indefinite matrices
MAX_STEPS = 80
NEAR_STEPS = 12  # from modes of another place; where they do not suffice, the iteration starts anew from zero
REGULAR = 1e-4  # smallest diagonal element of a template that can be divided by, as a share of the largest one
LAST_STEP = 3e-5  # of a Newton step, in units of eta and u, after which the error is about its square
SHORT = 1e-3  # Newton step after which the matrix of the step is good for one more: the error shrinks by this share
SHORTEST = 1e-9  # share of a step below which halving ends
ROUNDING = 1e-13  # relative rounding of the penalised deviance
ENDLESS_GAIN = 1e-8  # of the deviance, by a step of free fixed effects that are known to have no end


class Mode(NamedTuple):
    """The modes at given covariance templates and fixed effects.

    Attributes
    ----------
    beta : ndarray, shape (p,)
        Fixed effects on the standardised columns.
    u, b : tuple of ndarray, shape (K, J)
        Spherical and standardised effects of each factor; b = T u.
    local : Local
        The deviance expanded at the modes.
    penalised : float
        Deviance plus squared length of u.
    n_steps : int
    """

    beta: np.ndarray
    u: Stacks
    b: Stacks
    local: Local
    penalised: float
    n_steps: int

    @property
    def squared_length(self) -> float:
        return self.penalised - self.local.deviance


def find_mode(
    model: Generalized,
    templates: Stacks,
    beta: np.ndarray,
    start: Stacks | None,
    *,
    free_beta: bool = False,
    last_step: float = LAST_STEP,
    least_gain: float = 0.0,
) -> Mode | None:
    """Minimise the penalised deviance over u, or over u and beta.

    Parameters
    ----------
    model : Generalized
    templates : tuple of ndarray, shape (K, K)
        T of each factor.
    beta : ndarray, shape (p,)
        The fixed effects, or where they start.
    start : tuple of ndarray, shape (K, J), or None
        Where u starts; zero if None, or if there the mean is out of range.
    free_beta : bool
    last_step : float
        Length of the step after which the iteration ends.
    least_gain : float
        Decrease of the penalised deviance by a step below which the iteration ends too: where the fixed effects
        separate the responses it never gets to short steps.

    Returns
    -------
    Mode or None
        None where the mean is out of range at the start, or the iteration finds no mode.
    """
    search = _Search(model, templates, last_step, least_gain, free_beta=free_beta)
    with np.errstate(all="ignore"):  # weights that are no numbers show in the step
        near = None if start is None else search.at(beta, start)
        if near is not None and (mode := search.run(near, n_fisher=0, n_steps=NEAR_STEPS)) is not None:
            return mode
        zero = search.at(beta, tuple(np.zeros((len(T), n)) for T, n in zip(templates, search.n_levels, strict=True)))
        return None if zero is None else search.run(zero, n_fisher=FISHER_STEPS, n_steps=MAX_STEPS)


def mode_at(model: Generalized, templates: Stacks, beta: np.ndarray, u: Stacks) -> Mode | None:
    """Return the place with given effects as if these were the modes there; None where a mean is out of range."""
    with np.errstate(all="ignore"):
        return _Search(model, templates, LAST_STEP, 0.0, free_beta=False).at(beta, u)


class _Search:
    """Steps at given templates."""

    def __init__(
        self, model: Generalized, templates: Stacks, last_step: float, least_gain: float, *, free_beta: bool
    ) -> None:
        self.model, self.templates, self.last_step = model, templates, last_step
        self.least_gain = max(least_gain, ENDLESS_GAIN if free_beta and model.reach < np.inf else 0.0)
        self.n_levels = model.frame.pattern.n_levels
        self.X = model.X.rows if free_beta else model.X.rows[:0]
        self.is_flat = not any(T.any() for T in templates)
        self._fixed_part: RowValues | None = None

    def fixed(self, beta: np.ndarray) -> RowValues:
        """Return the linear predictor without random effects; kept where beta stays as it is."""
        if len(self.X) or self._fixed_part is None:
            self._fixed_part = formed(self.model, lambda piece: piece.offset + beta @ piece.X)
        return self._fixed_part

    def run(self, at: Mode, *, n_fisher: int, n_steps: int) -> Mode | None:
        """Go from a place to the modes; None if they are not reached in so many steps."""
        for step in range(n_steps):
            is_newton = self.model.family.is_canonical or step >= n_fisher
            direction, is_newton = self.direction(at, is_newton=is_newton)
            moved = None if direction is None else self.move(at, direction)
            if moved is None or direction is None:
                return None
            gain, at = at.penalised - moved.penalised, moved
            if (is_newton and direction.length < self.last_step) or gain < self.least_gain:
                return at._replace(n_steps=step + 1)
            if is_newton and direction.length < SHORT and direction.system is not None:
                again = self.again(at, direction.system)
                at = self.move(at, again) or at
                if again.length * direction.length < LAST_STEP**2:
                    return at._replace(n_steps=step + 2)
        return None

    def at(self, beta: np.ndarray, u: Stacks) -> Mode | None:
        """Return the place with given effects, None where a mean is out of range there."""
        fixed = self.fixed(beta)
        if self.model.reach < np.inf and longest(self.model, fixed) > self.model.reach:
            return None
        b = tuple(T @ v for T, v in zip(self.templates, u, strict=True))
        eta = formed(self.model, lambda piece: piece.take(fixed) + piece.frame.effects(b))
        place = self._place(beta, u, b, eta)
        return place if np.isfinite(place.penalised) else None

    def _place(self, beta: np.ndarray, u: Stacks, b: Stacks, eta: RowValues) -> Mode:
        local = local_at(self.model, eta, beta, b)
        return Mode(beta, u, b, local, local.deviance + sum(float(v.ravel() @ v.ravel()) for v in u), 0)

    def direction(self, at: Mode, *, is_newton: bool) -> tuple[Direction | None, bool]:
        """Return the step with observed weights, or with expected ones where those are not positive definite."""
        if is_newton:
            step = self._solve(at, observed_weights)
            if step is not None or self.model.family.is_canonical:
                return step, True
        return self._solve(at, expected_weights), False

    def _solve(self, at: Mode, weights: Weights) -> Direction | None:
        """Solve the weighted least-squares problem of a step; None where its matrix is not positive definite."""
        frame, k = self.model.frame, len(self.X)
        if self.is_flat:
            return self._regression_step(at, weights)
        fixed = self.fixed(at.beta)

        def sums(piece: Piece) -> WeightedSums:
            local, X = piece.of(at.local), piece.X[:k]
            here = weights(local)
            right = np.empty((k + 1, len(here)))
            np.multiply(X, here, out=right[:k])
            working = np.subtract(local.eta, piece.take(fixed), out=right[k])
            working *= here
            working += local.score
            corner = np.zeros((k + 1, k + 1))
            corner[:k] = X @ right.T
            return piece.frame.sums(here, right, corner)

        by_factor = frame.blocks(added(self.model, sums))
        state = eliminate(by_factor.blocks, *by_factor.split(self.templates))
        if not np.isfinite(state.logdet):
            return None
        beta_step, mix = self._fixed(state)
        if mix is None:
            return None
        new = tuple(mix @ stack for stack in self._spherical(by_factor, back_substitute(state)))
        if not all(np.isfinite(v).all() for v in new):
            return None
        return self._towards(at, beta_step, new, None if k else System(at.local, weights, by_factor, state))

    def again(self, at: Mode, system: System) -> Direction:
        """Return the step of u with the matrix of a place nearby: it costs right sides only."""
        fixed = self.fixed(at.beta)

        def scores(piece: Piece) -> Stacks:
            local = piece.of(at.local)
            working = local.eta - piece.take(fixed)
            working *= system.weights(piece.of(system.local))
            working += local.score
            return piece.frame.by_level(working)

        stacks = [column[:, None] for column in added(self.model, scores)]
        solved = solve_columns(system.state, *system.by_factor.scattered(stacks))
        new = tuple(stack[:, 0] for stack in self._spherical(system.by_factor, solved))
        return self._towards(at, np.zeros(self.model.p), new, system)

    def _spherical(self, by_factor: ByFactor, solution: Solution) -> list[np.ndarray]:
        """Return u of each factor for each right side, shape (K, c, J).

        From b, where T can be divided by: what is left of the right sides is a small difference where data tell much
        more than a template of large variances does.
        """
        modes = by_factor.gathered(solution.modes, solution.rest_modes)
        projected = by_factor.gathered(solution.projected, solution.rest_projected)
        return [
            np.linalg.solve(T, b.reshape(len(T), -1)).reshape(b.shape) if is_regular(T) else np.tensordot(T.T, left, 1)
            for T, b, left in zip(self.templates, modes, projected, strict=True)
        ]

    def _towards(self, at: Mode, beta_step: np.ndarray, new: Stacks, system: System | None) -> Direction:
        """Return the step to other effects."""
        step = tuple(v - old for v, old in zip(new, at.u, strict=True))
        effects = tuple(T @ v for T, v in zip(self.templates, step, strict=True))

        def moves(piece: Piece) -> np.ndarray:
            found = piece.frame.effects(effects)
            if len(self.X):
                found += beta_step @ piece.X
            return found

        moved = formed(self.model, moves)
        length = max(longest(self.model, moved), *map(largest, step))
        return Direction(beta_step, step, moved, length, system)

    def _regression_step(self, at: Mode, weights: Weights) -> Direction | None:
        """Solve where the templates are zero: the modes of u are zero, and only the fixed effects matter."""
        to_zero = tuple(-u for u in at.u)
        distance = max(map(largest, at.u))
        if not len(self.X):
            nothing = formed(self.model, lambda piece: np.zeros(len(piece.response.y)))
            return Direction(np.zeros(self.model.p), to_zero, nothing, distance, None)
        products, scores = added(self.model, lambda piece: regression_sums(piece, at.local, weights))
        factor, failed = dpotrf(products, lower=1)
        if failed:
            return None
        step, _ = dpotrs(factor, scores, lower=1)
        moved = formed(self.model, lambda piece: step @ piece.X)
        return Direction(step, to_zero, moved, max(distance, longest(self.model, moved)), None)

    def _fixed(self, state: Elimination) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the change of beta, and how the right sides combine to the working response less X beta."""
        k = len(self.X)
        if not k:
            return np.zeros(self.model.p), np.ones(1)
        factor, failed = dpotrf(state.right[:k, :k], lower=1)
        if failed:
            return np.zeros(k), None
        step, _ = dpotrs(factor, state.right[:k, k], lower=1)
        return step, np.append(-step, 1.0)

    def move(self, at: Mode, step: Direction) -> Mode | None:
        """Go the step, or the largest half of a half of it that does not raise the penalised deviance."""
        share, limit = 1.0, at.penalised + ROUNDING * (1.0 + abs(at.penalised))
        while share > SHORTEST:
            u = tuple(old + share * v for old, v in zip(at.u, step.u, strict=True))
            b = tuple(T @ v for T, v in zip(self.templates, u, strict=True))
            eta = formed(self.model, lambda piece, share=share: at.local.eta + share * piece.take(step.eta))
            place = self._place(at.beta + share * step.beta, u, b, eta)
            if place.penalised <= limit:
                return place
            share *= 0.5
        return at if step.length < np.sqrt(LAST_STEP) else None


def is_regular(template: np.ndarray) -> bool:
    """Whether a template can be divided by."""
    return float(np.abs(np.diagonal(template)).min()) > REGULAR * float(np.abs(template).max())
