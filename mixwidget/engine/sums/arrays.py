"""What the engine is given: arrays without names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class FactorArrays:
    """A grouping factor: the level of each row.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        0 ... n_levels - 1; every level occurs.
    n_levels : int
    """

    codes: np.ndarray
    n_levels: int


@dataclass(frozen=True, slots=True)
class TermArrays:
    """A random-effects term: k columns that share one unrestricted covariance matrix.

    Attributes
    ----------
    factor : int
        Position of the grouping factor.
    z : ndarray, shape (n, k)
    """

    factor: int
    z: np.ndarray


@dataclass(frozen=True, slots=True)
class ModelArrays:
    """A linear mixed model as arrays.

    Attributes
    ----------
    y : ndarray, shape (n,)
        Response with the offset subtracted.
    X : ndarray, shape (n, p)
        Fixed-effects columns of full rank.
    terms : tuple of TermArrays
    factors : tuple of FactorArrays
    weights : ndarray, shape (n,), or None
        Positive prior weights.
    """

    y: np.ndarray
    X: np.ndarray
    terms: tuple[TermArrays, ...]
    factors: tuple[FactorArrays, ...]
    weights: np.ndarray | None = None
