"""Generated models of every structure that the engine tells apart, as arrays and as data frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.engine.sums.arrays import FactorArrays, ModelArrays, TermArrays

# terms as (factor, columns); fine lies in mid lies in top, cr and cr2 cross all of them
STRUCTURES = {
    "one factor": [("fine", "1x")],
    "one factor, three columns": [("fine", "1xz")],
    "several terms": [("fine", "1"), ("fine", "x"), ("fine", "z")],
    "block and a term": [("fine", "1x"), ("fine", "z")],
    "nested": [("fine", "1x"), ("mid", "1")],
    "chain of three": [("fine", "1x"), ("mid", "1"), ("top", "xz")],
    "crossed intercepts": [("cr", "1"), ("cr2", "1")],
    "crossed": [("fine", "1x"), ("cr", "1xz")],
    "three crossed": [("fine", "1"), ("cr", "x"), ("cr", "1"), ("cr2", "1x")],
    "chain and crossed": [("fine", "1x"), ("mid", "1x"), ("cr", "z"), ("cr2", "1")],
    "chain of three and crossed": [("fine", "1"), ("mid", "1x"), ("top", "1"), ("cr", "1x")],
}


@dataclass(frozen=True)
class World:
    """A generated model.

    Attributes
    ----------
    arrays : ModelArrays
    covariances : list of ndarray, shape (k, k)
        Relative covariance matrix of each term that drew the response.
    frame : DataFrame
        The same with names: y, x, z, w, off and the factors.
    formula : str
    """

    arrays: ModelArrays
    covariances: list[np.ndarray]
    frame: pd.DataFrame
    formula: str


def world(name, seed=0, *, n=150, weighted=False, fixed="1xz"):
    """Draw data of one structure.

    The predictors are not centred, the factors are unbalanced, and codes come in no order.
    """
    rng = np.random.default_rng(seed)
    columns = {"1": np.ones(n), "x": rng.normal(size=n) + 3.0, "z": 2.0 * rng.normal(size=n) - 1.0}
    codes = _factors(rng, n)
    names = list(dict.fromkeys(factor for factor, _ in STRUCTURES[name]))
    X = np.column_stack([columns[c] for c in fixed]) if fixed else np.zeros((n, 0))
    weights = rng.uniform(0.5, 2.0, n) if weighted else None
    y = X @ rng.normal(size=X.shape[1])
    terms, covariances = [], []
    for factor, written in STRUCTURES[name]:
        z = np.column_stack([columns[c] for c in written])
        root = np.tril(rng.normal(size=(len(written),) * 2)) * 0.7
        covariances.append(root @ root.T)
        levels = codes[factor].max() + 1
        y = y + 1.5 * (z * (rng.normal(size=(levels, len(written))) @ root.T)[codes[factor]]).sum(axis=1)
        terms.append(TermArrays(names.index(factor), z))
    y = y + 1.5 * rng.normal(size=n) / (1.0 if weights is None else np.sqrt(weights))
    factors = tuple(FactorArrays(codes[f].astype(np.int32), int(codes[f].max()) + 1) for f in names)
    frame = pd.DataFrame({"y": y, "x": columns["x"], "z": columns["z"], "off": rng.normal(size=n)})
    frame["w"] = 1.0 if weights is None else weights
    for factor, code in codes.items():
        frame[factor] = pd.Categorical.from_codes(code, [f"{factor}{i:02d}" for i in range(code.max() + 1)])
    return World(ModelArrays(y, X, tuple(terms), factors, weights), covariances, frame, formula_of(name, fixed))


def formula_of(name, fixed="1xz"):
    """Write a structure as a formula."""
    bars = [f"({_side(columns)} | {factor})" for factor, columns in STRUCTURES[name]]
    return f"y ~ {_side(fixed)} + {' + '.join(bars)}"


def _side(columns):
    return " + ".join([*([] if "1" in columns else ["0"]), *columns])


def _factors(rng, n):
    """Draw the codes of all factors; every level occurs."""
    fine = _codes(rng, n, 24)
    mid_of = rng.permutation(np.arange(24) % 7)
    top_of = rng.permutation(np.arange(7) % 3)
    return {
        "fine": fine,
        "mid": mid_of[fine],
        "top": top_of[mid_of[fine]],
        "cr": _codes(rng, n, 11),
        "cr2": _codes(rng, n, 5),
    }


def _codes(rng, n, levels):
    return rng.permutation(np.concatenate([np.arange(levels), rng.integers(0, levels, n - levels)]))
