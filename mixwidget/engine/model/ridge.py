"""Flat ridges of the criterion: how a descent is kept from walking along them.

Along the directions of `free_directions` the criterion is constant at every theta. Rounding would give them slopes and
curvatures of either sign, and Newton's method would follow them for ever; so both are set to what algebra says. A
descent then moves across a ridge only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.engine.model.free_directions import FreeDirections, move_elements
from mixwidget.engine.model.theta import ThetaLayout, tangents

TANGENT_RTOL = 1e-7  # singular values below this share of the largest: at a singular template G moves fewer ways


@dataclass(frozen=True, slots=True)
class Ridge:
    """The directions in which the criterion is constant.

    Attributes
    ----------
    free : FreeDirections
        In the user's columns.
    standard : ndarray, shape (r, 1 + n_theta)
        The same in the standardised basis.
    """

    free: FreeDirections
    standard: np.ndarray

    def cleaned(
        self, layout: ThetaLayout, templates: tuple[np.ndarray, ...], slopes: tuple[np.ndarray, ...]
    ) -> tuple[np.ndarray, ...]:
        """Return D of each factor without its slope along the ridge, which is rounding."""
        double = np.where(layout.is_diagonal, 1.0, 2.0)
        axes = np.linalg.qr(self._relative(layout, templates).T)[0]
        slope = double * layout.gather(slopes)
        values = (slope - axes @ (axes.T @ slope)) / double
        cleaned = tuple(matrix.copy() for matrix in slopes)
        for f, a, b, value in zip(layout.factor, layout.row, layout.column, values.tolist(), strict=True):
            cleaned[f][a, b] = cleaned[f][b, a] = value
        return cleaned

    def flattened(
        self, layout: ThetaLayout, templates: tuple[np.ndarray, ...], gradient: np.ndarray, hessian: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return gradient and Hessian with no slope and a plain positive curvature along the ridge."""
        axes = self.axes(layout, templates)
        across = np.eye(len(gradient)) - axes @ axes.T
        stiffness = float(np.abs(np.diagonal(hessian)).max()) or 1.0
        return across @ gradient, across @ hessian @ across + stiffness * (axes @ axes.T)

    def axes(self, layout: ThetaLayout, templates: tuple[np.ndarray, ...]) -> np.ndarray:
        """Return orthonormal directions of theta along the ridge, shape (n_theta, at most r)."""
        wanted = self._relative(layout, templates).T
        turns = tangents(layout, templates).T
        steps = np.linalg.lstsq(turns, wanted, rcond=TANGENT_RTOL)[0]
        _, left, combinations = np.linalg.svd(turns @ steps - wanted)
        left = np.append(left, np.zeros(len(combinations) - len(left)))
        reached = steps @ combinations[left <= TANGENT_RTOL * float(np.abs(wanted).max())].T
        axes, sizes, _ = np.linalg.svd(reached, full_matrices=False)
        return axes[:, sizes > TANGENT_RTOL * sizes.max(initial=0.0)]

    def held(
        self, layout: ThetaLayout, templates: tuple[np.ndarray, ...], term_roots: tuple[np.ndarray, ...]
    ) -> np.ndarray:
        """Return orthonormal changes of the parameters that leave the pivot elements as they are.

        They span what the data determine, with the free parameters held at their values.

        Returns
        -------
        ndarray, shape (1 + n_theta, 1 + n_theta - r)
            The parameters are sigma^2, relative, and the elements of the relative covariance matrices.
        """
        n = 1 + layout.n_theta
        G = layout.gather(tuple(template @ template.T for template in templates))
        absolute = np.eye(n)
        absolute[0, 1:] = G  # a change of sigma^2 takes the absolute covariance matrices along
        raw = move_elements(absolute, tuple(np.linalg.inv(root) for root in term_roots)) * self.free.units
        _, _, axes = np.linalg.svd(raw[:, self.free.pivots].T)
        return axes[len(self.free.pivots) :].T

    def _relative(self, layout: ThetaLayout, templates: tuple[np.ndarray, ...]) -> np.ndarray:
        """Return the directions of the covariance matrices relative to sigma^2, shape (r, n_theta)."""
        G = layout.gather(tuple(template @ template.T for template in templates))
        return self.standard[:, 1:] - self.standard[:, :1] * G


def ridge(free: FreeDirections, term_roots: tuple[np.ndarray, ...]) -> Ridge | None:
    """Turn free directions into the standardised basis; None if there are none.

    Parameters
    ----------
    free : FreeDirections
    term_roots : tuple of ndarray, shape (k, k)
        R of each term: raw columns = standardised columns @ R, so that ``G = R G_raw R'``.
    """
    if not len(free.rows):
        return None
    moved = move_elements(free.rows / free.units, term_roots)
    return Ridge(free, moved / np.linalg.norm(moved, axis=1, keepdims=True))
