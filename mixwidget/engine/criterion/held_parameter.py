"""The likelihood as a function of absolute standard deviations and correlations, one of them held fixed.

For a profile the covariance matrix of each term is S = A A' with A lower triangular in units of the response, so that
with the right order of columns the standard deviation of the first is A[0, 0], and the correlation of the first two
only turns the second row. Holding a parameter then makes the rest an affine function of free coordinates u: no
constraint is left, and gradient and Hessian in u are exact (chain rule on ENGINE.md 2.2, V linear in S and sigma^2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.criterion import Objective
from mixwidget.engine.criterion.derivatives import Derivatives
from mixwidget.engine.criterion.estimates import lower_triangular
from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.criterion.information import quadratic_products
from mixwidget.engine.criterion.linear import Linear
from mixwidget.engine.criterion.second_order import is_one_factor, second_order, unit_matrices
from mixwidget.engine.criterion.standpoint import Standpoint

DENSE_COLUMNS = 1200  # random effects of several factors up to which the trace part of the Hessian is formed


@dataclass(frozen=True, slots=True)
class Target:
    """The parameter that is held.

    Attributes
    ----------
    kind : {"sd", "cor", "sigma"}
    term : int
    first, second : int
        Columns of the term; `second` of a correlation only.
    """

    kind: str
    term: int = 0
    first: int = 0
    second: int = 0


@dataclass(frozen=True, slots=True)
class ParameterPoint:
    """-2 log-likelihood at free coordinates; named as `mixwidget.engine.search.newton` wants it.

    Attributes
    ----------
    theta : ndarray
        The free coordinates u.
    value : float
    factors : tuple of ndarray
        A of each term.
    sigma : float
        Both in units of the scaled response.
    at : Evaluation
    """

    theta: np.ndarray
    value: float
    factors: tuple[np.ndarray, ...]
    sigma: float
    at: Evaluation


@dataclass(frozen=True, slots=True)
class Slopes:
    """Derivatives in the free coordinates, and towards the held parameter.

    Attributes
    ----------
    gradient, hessian : ndarray
        In u.
    along : float
        Derivative with respect to the held value.
    mixed : ndarray
        Derivative of the gradient with respect to the held value.
    curvature : float
        Second derivative with respect to the held value.
    """

    gradient: np.ndarray
    hessian: np.ndarray
    along: float
    mixed: np.ndarray
    curvature: float


class HeldParameter(Objective[ParameterPoint, Slopes]):
    """A criterion by maximum likelihood with one covariance parameter held at `value`."""

    def __init__(self, criterion: Linear, target: Target, value: float) -> None:
        if criterion.reml:
            raise ValueError("a profile is one of the likelihood: the criterion must be one by maximum likelihood")
        self.criterion, self.arrangement, self.target = criterion, criterion.arrangement, target
        roots = self.arrangement.basis.term_roots
        self.spans = [np.sqrt((root * root).sum(axis=0)) for root in roots]
        self.orders = [_order(target, term, len(root)) for term, root in enumerate(roots)]
        self.maps = [(root / span)[:, order] for root, span, order in zip(roots, self.spans, self.orders, strict=True)]
        self.places = [np.triu_indices(len(root))[::-1] for root in roots]
        self.starts = np.cumsum([0, *(len(rows) for rows, _ in self.places)])
        self.scale = self._unit()
        self.held = value * self.scale

    def _unit(self) -> float:
        """Return what a held value in the user's units is multiplied with."""
        scale = self.arrangement.basis.y_scale
        if self.target.kind == "sigma":
            return 1.0 / scale
        return float(self.spans[self.target.term][self.target.first]) / scale if self.target.kind == "sd" else 1.0

    def start(self, covariances: tuple[np.ndarray, ...], sigma: float) -> np.ndarray:
        """Return the free coordinates of covariance matrices and sigma in the user's units."""
        scale = self.arrangement.basis.y_scale
        parts = []
        for cov, span, order, place in zip(covariances, self.spans, self.orders, self.places, strict=True):
            scaled = (cov * np.outer(span, span))[np.ix_(order, order)] / scale**2
            values, vectors = np.linalg.eigh(scaled)
            parts.append(lower_triangular(vectors * np.sqrt(np.maximum(values, 0.0)))[place])
        return self._free(np.append(np.concatenate(parts), sigma / scale))

    def _free(self, full: np.ndarray) -> np.ndarray:
        first = int(self.starts[self.target.term])
        if self.target.kind == "sigma":
            return full[:-1]
        if self.target.kind == "sd":
            return np.delete(full, first)
        k = len(self.orders[self.target.term])
        radius = float(np.hypot(full[first + 1], full[first + k]))
        kept = np.delete(full, [first + 1, first + k])
        return np.insert(kept, first + 1, radius)

    def _full(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return all coordinates, their derivatives by u (a matrix) and by the held value, and the second one."""
        first, n_full = int(self.starts[self.target.term]), int(self.starts[-1]) + 1
        full, by_held, twice = np.empty(n_full), np.zeros(n_full), np.zeros(n_full)
        if self.target.kind in ("sigma", "sd"):
            held = n_full - 1 if self.target.kind == "sigma" else first
            free = np.delete(np.arange(n_full), held)
            full[free], full[held], by_held[held] = u, self.held, 1.0
            return full, np.eye(n_full)[:, free], by_held, twice
        k, cosine = len(self.orders[self.target.term]), self.held
        sine = float(np.sqrt(max(1.0 - cosine**2, 0.0)))
        pair = [first + 1, first + k]
        others = np.delete(np.arange(n_full), pair)
        place = np.delete(np.arange(len(u)), first + 1)
        full[others], radius = u[place], float(u[first + 1])
        full[pair] = radius * cosine, radius * sine
        by_u = np.zeros((n_full, len(u)))
        by_u[others, place] = 1.0
        by_u[pair, first + 1] = cosine, sine
        if sine > 0.0:
            by_held[pair] = radius, -radius * cosine / sine
            twice[pair[1]] = -radius / sine**3
        return full, by_u, by_held, twice

    def evaluate(self, theta: np.ndarray) -> ParameterPoint:
        """Return -2 log-likelihood at free coordinates, infinite where sigma is not positive."""
        full = self._full(theta)[0]
        sigma, factors = float(full[-1]), []
        for order, place, start in zip(self.orders, self.places, self.starts, strict=False):
            factor = np.zeros((len(order), len(order)))
            factor[place] = full[start : start + len(place[0])]
            factors.append(factor)
        safe = sigma if sigma > 0.0 else 1.0
        templates = [lower_triangular(m @ factor) / safe for m, factor in zip(self.maps, factors, strict=True)]
        at = self.criterion.evaluate(self.arrangement.layout.from_terms(templates))
        value = np.inf
        if sigma > 0.0 and np.isfinite(at.value):
            unit = 2.0 * np.pi * (sigma * self.arrangement.basis.y_scale) ** 2
            value = at.state.logdet + at.df * np.log(unit) + at.r2 / sigma**2 - self.arrangement.cross.log_weights
        return ParameterPoint(theta, float(value), tuple(factors), sigma, at)

    def differentiate(self, point: ParameterPoint) -> Slopes:
        """Return the derivatives at a point."""
        _, by_u, by_held, twice = self._full(point.theta)
        gradient, hessian = self._full_derivatives(point)
        return Slopes(
            gradient=by_u.T @ gradient,
            hessian=by_u.T @ hessian @ by_u,
            along=float(by_held @ gradient) * self.scale,
            mixed=self._mixed(by_u, by_held, gradient, hessian) * self.scale,
            curvature=float(by_held @ hessian @ by_held + twice @ gradient) * self.scale**2,
        )

    def _mixed(self, by_u: np.ndarray, by_held: np.ndarray, gradient: np.ndarray, hessian: np.ndarray) -> np.ndarray:
        mixed = by_u.T @ hessian @ by_held
        sine = np.sqrt(max(1.0 - self.held**2, 0.0)) if self.target.kind == "cor" else 0.0
        if sine > 0.0:  # the direction of u itself turns with the correlation
            first = int(self.starts[self.target.term])
            k = len(self.orders[self.target.term])
            mixed[first + 1] += gradient[first + 1] - self.held / sine * gradient[first + k]
        return mixed

    def _full_derivatives(self, point: ParameterPoint) -> tuple[np.ndarray, np.ndarray]:
        """Return gradient and Hessian in the elements of all A and sigma."""
        layout, at = self.arrangement.layout, point.at
        derivatives = self.criterion.differentiate(at)
        variance, sigma, n = point.sigma**2, point.sigma, at.df
        products = tuple(score @ score.T for score in derivatives.scores)
        slopes = tuple(
            slope + (n / at.r2 - 1.0 / variance) * product
            for slope, product in zip(derivatives.slopes, products, strict=True)
        )
        double = np.where(layout.is_diagonal, 1.0, 2.0)
        g, b = double * layout.gather(slopes), double * layout.gather(products)
        H = self._relative_hessian(at, derivatives, variance)
        G = layout.gather(tuple(template @ template.T for template in at.templates))
        by_v = n / variance - at.r2 / variance**2 - float(g @ G) / variance
        mixed = -g / variance**2 - H @ G / variance**2 + b / variance**3
        by_vv = -n / variance**2 + 2.0 * at.r2 / variance**3 - 2.0 * float(b @ G) / variance**3
        by_vv += (float(G @ H @ G) + 2.0 * float(g @ G)) / variance**2
        J, second = self._tangents(point, slopes)
        gradient = np.append(J.T @ g / variance, 2.0 * sigma * by_v)
        hessian = np.empty((len(gradient), len(gradient)))
        hessian[:-1, :-1] = J.T @ H @ J / variance**2 + second / variance
        hessian[-1, :-1] = hessian[:-1, -1] = 2.0 * sigma * J.T @ mixed
        hessian[-1, -1] = 4.0 * variance * by_vv + 2.0 * by_v
        return gradient, hessian

    def _relative_hessian(self, at: Evaluation, derivatives: Derivatives, variance: float) -> np.ndarray:
        """Return the Hessian in the elements of the relative covariance matrices at fixed sigma."""
        arrangement = self.arrangement
        directions = [
            np.einsum("rab,bj->arj", unit_matrices(arrangement.layout, f), score)
            for f, score in enumerate(derivatives.scores)
        ]
        quadratic = quadratic_products(arrangement, at, directions) / variance
        if not is_one_factor(arrangement) and arrangement.n_random > DENSE_COLUMNS:
            return quadratic
        return 2.0 * quadratic - second_order(Standpoint(arrangement, at, derivatives)).traces

    def _tangents(self, point: ParameterPoint, slopes: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Return the derivative of the elements of S by those of A, and the part of the Hessian from its curvature."""
        layout = self.arrangement.layout
        n_full = int(self.starts[-1])
        J, second = np.zeros((layout.n_theta, n_full)), np.zeros((n_full, n_full))
        for term, (m, factor, place) in enumerate(zip(self.maps, point.factors, self.places, strict=True)):
            f, offset, start = layout.term_factor[term], layout.term_offset[term], int(self.starts[term])
            inside = (layout.factor == f) & (layout.row >= offset) & (layout.row < offset + len(m))
            rows, columns = layout.row[inside] - offset, layout.column[inside] - offset
            product = m @ factor
            bent = 2.0 * m.T @ slopes[f][layout.term_slice(term), layout.term_slice(term)] @ m
            for i, (a, c) in enumerate(zip(*place, strict=True)):
                change = np.outer(m[:, a], product[:, c])
                J[inside, start + i] = (change + change.T)[rows, columns]
                for j, (other, same) in enumerate(zip(*place, strict=True)):
                    if same == c:
                        second[start + i, start + j] = bent[a, other]
        return J, second


def _order(target: Target, term: int, k: int) -> list[int]:
    """Return the columns of a term with the held ones first."""
    if target.kind == "sigma" or target.term != term:
        return list(range(k))
    ahead = [target.first] if target.kind == "sd" else [target.first, target.second]
    return [*ahead, *(i for i in range(k) if i not in ahead)]
