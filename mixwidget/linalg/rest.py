"""The remaining factors: crossed with the eliminated ones, their Schur complement is dense."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg.blas import dtrsm
from scipy.linalg.lapack import dpotrf, dpotri

from mixwidget.linalg.levelwise import left_multiply
from mixwidget.linalg.symmetric import mirror_lower


@dataclass(frozen=True, slots=True)
class RestFactor:
    """Place of one factor among the m remaining columns: component-major, level running fastest."""

    k: int
    n_levels: int
    offset: int

    @property
    def columns(self) -> slice:
        return slice(self.offset, self.offset + self.k * self.n_levels)

    def by_level(self, rows: np.ndarray) -> np.ndarray:
        """Return the factor's part of rows (m, c) of all remaining columns, shape (k, c, J)."""
        return rows[self.columns].reshape(self.k, self.n_levels, rows.shape[1]).transpose(0, 2, 1)

    def diagonal(self, matrix: np.ndarray) -> np.ndarray:
        """Return the factor's diagonal blocks of a matrix (m, m), one for each level, shape (k, k, J)."""
        own = matrix[self.columns, self.columns].reshape(self.k, self.n_levels, self.k, self.n_levels)
        return np.ascontiguousarray(np.diagonal(own, axis1=1, axis2=3))


@dataclass(frozen=True, slots=True)
class Rest:
    """Cross products of the remaining factors.

    Attributes
    ----------
    factors : tuple of RestFactor
    own : ndarray, shape (m, m)
    right : ndarray, shape (m, c)
        Cross products with the fixed-effects columns and the response.
    """

    factors: tuple[RestFactor, ...]
    own: np.ndarray
    right: np.ndarray

    def diagonal(self, factor: RestFactor) -> np.ndarray:
        """Return the cross products of a factor within its levels, shape (k, k, J)."""
        return factor.diagonal(self.own)

    def times(self, factor: RestFactor, columns: np.ndarray) -> np.ndarray:
        """Return the cross products with further columns, made of those of one factor: (k J, v) gives (m, v)."""
        return self.own[:, factor.columns] @ columns


def scale_rows(factors: tuple[RestFactor, ...], templates: tuple[np.ndarray, ...], matrix: np.ndarray) -> np.ndarray:
    """Return ``Lambda @ matrix`` for the block-diagonal Lambda with the given k x k templates; matrix (m, c)."""
    scaled = np.empty_like(matrix)
    for factor, template in zip(factors, templates, strict=True):
        block = matrix[factor.columns]
        if factor.k == 1:
            np.multiply(block, template[0, 0], out=scaled[factor.columns])
        else:
            stack = block.reshape(factor.k, factor.n_levels, -1)
            scaled[factor.columns] = left_multiply(template, stack).reshape(block.shape)
    return scaled


def scale_columns(factors: tuple[RestFactor, ...], templates: tuple[np.ndarray, ...], matrix: np.ndarray) -> np.ndarray:
    """Return ``matrix @ Lambda`` for the block-diagonal Lambda with the given k x k templates; matrix (c, m)."""
    scaled = np.empty_like(matrix)
    for factor, template in zip(factors, templates, strict=True):
        columns = factor.columns
        if factor.k == 1:
            np.multiply(matrix[:, columns], template[0, 0], out=scaled[:, columns])
        else:
            block = matrix[:, columns].reshape(len(matrix), factor.k, factor.n_levels)
            scaled[:, columns] = np.einsum("cal,ab->cbl", block, template).reshape(len(matrix), -1)
    return scaled


def level_block_sum(left: np.ndarray, right: np.ndarray, factor: RestFactor) -> np.ndarray:
    """Sum over the levels of a factor of the k x k diagonal blocks of ``left @ right.T``; left, right (k * J, x)."""
    k, n_levels = factor.k, factor.n_levels
    return left.reshape(k, n_levels * left.shape[1]) @ right.reshape(k, n_levels * right.shape[1]).T


@dataclass(slots=True)
class EliminatedRest:
    """Cholesky factor of ``S = Lambda' E Lambda + I`` of the remaining factors.

    Attributes
    ----------
    factors : tuple of RestFactor
    templates : tuple of ndarray, shape (k, k)
        The blocks of Lambda.
    own : ndarray, shape (m, m)
        E, the cross products after elimination of the chain.
    right : ndarray, shape (m, c)
        The same for the right sides.
    cholesky : ndarray, shape (m, m)
    logdet : float
    sds : ndarray, shape (m,), or None
        The diagonal of Lambda where every factor has one column, which then is all of it.
    """

    factors: tuple[RestFactor, ...]
    templates: tuple[np.ndarray, ...]
    own: np.ndarray
    right: np.ndarray
    cholesky: np.ndarray
    logdet: float
    sds: np.ndarray | None
    _inverse: np.ndarray | None = field(default=None, repr=False)
    _covariance: np.ndarray | None = field(default=None, repr=False)

    def half(self, matrix: np.ndarray) -> np.ndarray:
        """Return ``L^-1 Lambda' matrix`` for a matrix (m, c)."""
        if self.sds is not None:
            return dtrsm(1.0, self.cholesky, np.asfortranarray(matrix * self.sds[:, None]), lower=1, overwrite_b=1)
        transposed = tuple(template.T for template in self.templates)
        if matrix.flags.f_contiguous and not matrix.flags.c_contiguous:
            scaled = scale_columns(self.factors, self.templates, matrix.T).T
        else:
            scaled = np.asfortranarray(scale_rows(self.factors, transposed, matrix))
        return dtrsm(1.0, self.cholesky, scaled, lower=1, overwrite_b=1)

    def back(self, half: np.ndarray) -> np.ndarray:
        """Return ``Lambda L^-T half``: the conditional modes for right sides whose `half` is given."""
        solved = dtrsm(1.0, self.cholesky, np.asfortranarray(half), lower=1, trans_a=1)
        if self.sds is not None:
            return solved * self.sds[:, None]
        return scale_rows(self.factors, self.templates, np.ascontiguousarray(solved))

    def product(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return ``x'Ny`` of matrices x and y whose `half` is given."""
        return left.T @ right

    def scaled_inverse(self) -> np.ndarray:
        """Return ``S^-1 Lambda'``, shape (m, m)."""
        if self._inverse is not None:
            return self._inverse
        inverse = mirror_lower(dpotri(self.cholesky, lower=1)[0]).T  # in C order
        if self.sds is None:
            inverse = scale_columns(self.factors, tuple(template.T for template in self.templates), inverse)
        else:
            inverse *= self.sds
        self._inverse = inverse
        return inverse

    def covariance(self) -> np.ndarray:
        """Return ``N = Lambda S^-1 Lambda'``, the conditional covariance of the modes over sigma squared."""
        if self._covariance is None:
            self._covariance = scale_rows(self.factors, self.templates, self.scaled_inverse())
        return self._covariance


def eliminate_rest(
    factors: tuple[RestFactor, ...], templates: tuple[np.ndarray, ...], own: np.ndarray, right: np.ndarray
) -> EliminatedRest:
    """Factor ``Lambda' E Lambda + I``; `own` (m, m) is E, `right` (m, c) its right sides.

    ``logdet`` is NaN where rounding of very large templates has left it indefinite.
    """
    sds = None
    if all(factor.k == 1 for factor in factors):
        sds = np.repeat([template[0, 0] for template in templates], [factor.n_levels for factor in factors])
        system = own * sds
        system *= sds[:, None]
    else:
        transposed = tuple(template.T for template in templates)
        system = scale_columns(factors, templates, scale_rows(factors, transposed, own))
    system.flat[:: len(system) + 1] += 1.0
    cholesky, failed = dpotrf(system.T, lower=1, overwrite_a=1)
    logdet = np.nan if failed else 2.0 * float(np.log(np.diagonal(cholesky)).sum())
    return EliminatedRest(factors, templates, own, right, cholesky, logdet, sds)
