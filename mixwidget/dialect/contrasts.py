"""Contrasts of factors: treatment, sum, Helmert, polynomial, or a matrix of one's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.dialect.factorize import level_texts
from mixwidget.dialect.polynomials import make_polynomials
from mixwidget.dialect.values import Coding, Factor
from mixwidget.errors import OptionError, nearest_name

_POLYNOMIAL_NAMES = (".L", ".Q", ".C")
CONTRAST_NAMES = ("treatment", "sum", "helmert", "poly", "SAS")


def coding_of(contrasts: str | Coding | Any, levels: tuple[str, ...], label: str) -> Coding:
    """Return the reduced-rank coding that `contrasts` gives to a factor.

    Parameters
    ----------
    contrasts : str, Coding, matrix or DataFrame
        ``"treatment"``, ``"sum"``, ``"helmert"``, ``"poly"``, ``"SAS"`` (R's ``"contr.sum"`` etc. too), or one
        row per level.
    levels : tuple of str
    label : str
        The factor, for messages.

    Raises
    ------
    OptionError
        If the name is not known or the matrix does not fit the levels.

    Examples
    --------
    >>> coding_of("contr.sum", ("a", "b", "c"), "f").matrix.tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]
    """
    if isinstance(contrasts, str):
        return _named_coding(contrasts.removeprefix("contr."), levels, label)
    if isinstance(contrasts, Coding):
        return _checked(contrasts, levels, label)
    if isinstance(contrasts, pd.Series):
        contrasts = contrasts.to_frame("1" if contrasts.name is None else contrasts.name)
    if isinstance(contrasts, pd.DataFrame):
        return _checked(_coding_of_frame(contrasts, levels, label), levels, label)
    try:
        matrix = np.asarray(contrasts, dtype=np.float64)
    except (TypeError, ValueError):
        raise OptionError(f"contrasts for '{label}' must be a name or a matrix of numbers") from None
    matrix = matrix[:, None] if matrix.ndim == 1 else matrix
    if matrix.ndim != 2:
        raise OptionError(f"contrasts for '{label}' must be a name or a matrix with one row for each level")
    return _checked(Coding(tuple(str(i + 1) for i in range(matrix.shape[-1])), matrix), levels, label)


@lru_cache(maxsize=256)
def dummy_coding(levels: tuple[str, ...]) -> Coding:
    """Return one column for each level: what R uses where a factor spans the intercept."""
    return Coding(levels, None, tuple(range(len(levels))))


@lru_cache(maxsize=256)
def treatment_coding(levels: tuple[str, ...], base: int = 0) -> Coding:
    """Return one column for each level but the base, as ``contr.treatment``."""
    kept = tuple(position for position in range(len(levels)) if position != base)
    return Coding(tuple(levels[position] for position in kept), None, kept)


def own_coding(label: str, factor: Factor) -> Coding:
    """Return the contrasts set on the factor, or R's defaults: polynomial for ordered factors, else treatment."""
    default = "poly" if factor.is_ordered else "treatment"
    return coding_of(default if factor.coding is None else factor.coding, factor.levels, label)


def _named_coding(name: str, levels: tuple[str, ...], label: str) -> Coding:
    if len(levels) < 2:
        raise OptionError(f"contrasts for '{label}': a factor with {len(levels)} level has no contrasts; drop the term")
    if name == "treatment":
        return treatment_coding(levels)
    if name == "SAS":
        return treatment_coding(levels, len(levels) - 1)
    if name not in _CODERS:
        choices = ", ".join(repr(choice) for choice in CONTRAST_NAMES)
        raise OptionError(f"contrasts for '{label}': {name!r} is not known; choose one of {choices} or give a matrix")
    return _CODERS[name](len(levels))


@lru_cache(maxsize=64)
def _sum(n_levels: int) -> Coding:
    return _numbered(np.vstack([np.eye(n_levels - 1), -np.ones(n_levels - 1)]))


@lru_cache(maxsize=64)
def _helmert(n_levels: int) -> Coding:
    """Compare each level with the mean of those before it, in R's scale."""
    rows, columns = np.indices((n_levels, n_levels - 1))
    return _numbered(np.where(rows <= columns, -1.0, np.where(rows == columns + 1, columns + 1.0, 0.0)))


@lru_cache(maxsize=64)
def _polynomial(n_levels: int) -> Coding:
    scores = np.arange(n_levels, dtype=np.float64)
    names = _POLYNOMIAL_NAMES[: n_levels - 1] + tuple(f"^{degree}" for degree in range(4, n_levels))
    return Coding(names, np.asfortranarray(make_polynomials(scores, n_levels - 1).evaluate(scores)))


_CODERS: dict[str, Callable[[int], Coding]] = {"sum": _sum, "helmert": _helmert, "poly": _polynomial}


def _numbered(matrix: np.ndarray) -> Coding:
    return Coding(tuple(str(i + 1) for i in range(matrix.shape[1])), np.asfortranarray(matrix))


def _coding_of_frame(frame: pd.DataFrame, levels: tuple[str, ...], label: str) -> Coding:
    """Return the rows in the order of the levels: by their labels, or as they stand under pandas' default index."""
    labels = level_texts(frame.index)
    foreign = [text for text in labels if text not in levels]
    absent = [level for level in levels if level not in labels]
    is_unlabelled = isinstance(frame.index, pd.RangeIndex) and len(foreign) == len(labels)
    if not is_unlabelled and (absent or len(set(labels)) < len(labels)):
        rows = f"none for {absent[0]!r}" if absent else "two rows of one name"
        near = nearest_name(absent[0], foreign) if absent else None
        hint = "" if near is None else f"is {near!r} meant? "
        message = f"contrasts for '{label}': the index of the frame should hold the levels, but has {rows}; "
        raise OptionError(message + f"{hint}name the rows {', '.join(map(repr, levels[:4]))}, ..., or give .to_numpy()")
    if not is_unlabelled:
        frame = frame.set_axis(list(labels), axis=0).loc[list(levels)]
    try:
        matrix = np.asfortranarray(frame.to_numpy(dtype=np.float64))
    except (TypeError, ValueError):
        raise OptionError(f"contrasts for '{label}' must be a name or a matrix of numbers") from None
    return Coding(tuple(str(name) for name in frame.columns), matrix)


def _checked(coding: Coding, levels: tuple[str, ...], label: str) -> Coding:
    matrix = coding.matrix
    if matrix is None:
        return coding
    if matrix.ndim != 2 or matrix.shape[0] != len(levels):
        shape = " x ".join(str(size) for size in matrix.shape)
        message = f"contrasts for '{label}': the matrix is {shape}, but there are {len(levels)} levels (one row each)"
        raise OptionError(message)
    if not 1 <= matrix.shape[1] < len(levels) or not np.isfinite(matrix).all():
        message = f"contrasts for '{label}': give 1 to {len(levels) - 1} columns of finite numbers"
        raise OptionError(message)
    return coding
