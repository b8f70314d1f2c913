"""The made data sets of `more/generalized.json.gz`, with what lme4's criterion is at some points of each."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mixwidget.engine.model.generalized import GeneralizedArrays
from mixwidget.engine.sums.arrays import FactorArrays, TermArrays
from mixwidget.family.family import Family
from mixwidget.family.read_family import read_family

SHAPE = 2.5  # of the negative binomial, which lme4 was given


class Made(NamedTuple):
    """A data set and lme4's values.

    Attributes
    ----------
    name : str
    arrays : GeneralizedArrays
    family : Family
    points, joint, quadrature : list of dict
        ``par`` (theta, then beta) and ``value``; of nAGQ = 1, 0 (theta alone), and more (``n`` nodes).
    """

    name: str
    arrays: GeneralizedArrays
    family: Family
    points: list[dict[str, Any]]
    joint: list[dict[str, Any]]
    quadrature: list[dict[str, Any]]


@cache
def made() -> tuple[Made, ...]:
    """Return all data sets; treat them as read-only."""
    path = Path(__file__).parent / "more" / "generalized.json.gz"
    read = json.loads(gzip.decompress(path.read_bytes()))
    return tuple(_made(case, read["data"]) for case in read["cases"])


def _made(case: dict[str, Any], data: dict[str, Any]) -> Made:
    x, t = np.array(data["x"]), np.array(data["t"])
    ones = np.ones((len(x), 1))
    X = np.column_stack([ones, x, t == "b", t == "c"]).astype(float)
    factors = [FactorArrays(np.array(data[name]) - 1, levels) for name, levels in (("g", 12), ("h", 8))]
    terms = [TermArrays(0, ones)]
    if case["terms"] == "vector":
        terms = [TermArrays(0, np.column_stack([ones, x])), TermArrays(1, ones)]
    is_nb = case["family"].startswith("Negative")
    name = "negative.binomial" if is_nb else case["family"]
    arrays = GeneralizedArrays(
        y=np.array(case["y"], dtype=float),
        X=X,
        terms=tuple(terms),
        factors=tuple(factors[: len(terms)]),
        weights=np.array(case["w"], dtype=float),
        offset=np.array(case["off"], dtype=float),
    )
    family = read_family(name, case["link"], shape=SHAPE if is_nb else None)
    return Made(f"{case['id']}-{case['terms']}", arrays, family, case["points"], case["agq0"], case["agq"])
