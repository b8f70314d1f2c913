"""Whether a covariance matrix is singular, in which directions, and what that means in words.

Decided in the standardised basis, so that units and origins of the predictors do not matter; said in the user's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.engine.model.theta import SINGULAR_SD
from mixwidget.fit.fit import Fit
from mixwidget.fit.row_summaries import random_moments
from mixwidget.inference.free_variances import free_names

NEGLIGIBLE_LOADING = 1e-3  # share of the largest loading below which a column takes no part in a direction
SHAPES = {1: "on one line", 2: "in one plane"}


@dataclass(frozen=True, slots=True)
class NullDirection:
    """A combination of random effects that does not vary between the levels of a factor.

    Attributes
    ----------
    group : str
    columns : tuple of str
        The columns of the term.
    weights : ndarray, shape (k,)
        ``weights @ b = 0`` for every level, b in the user's units; scaled so that the largest part is 1.
    sentence : str
    """

    group: str
    columns: tuple[str, ...]
    weights: np.ndarray
    sentence: str


def is_singular(fit: Fit) -> bool:
    """Whether some random-effects covariance matrix has a direction without variance."""
    return fit.optimum.certificate.is_singular


def singular_terms(fit: Fit) -> list[int]:
    """Return the positions of the terms whose covariance matrix is singular."""
    return fit.optimum.certificate.singular_terms


def singular_sentences(fit: Fit) -> list[str]:
    """Return one clause for each way in which the fit is singular, without a full stop."""
    return list(dict.fromkeys(direction.sentence for direction in null_directions(fit)))


def null_directions(fit: Fit) -> list[NullDirection]:
    """Return the directions without variance of all terms, in words and in the user's units."""
    found = [direction for term in singular_terms(fit) for direction in _of_term(fit, term)]
    estimated = [direction for direction in found if not _is_set_to_zero(fit, direction)]
    return estimated or found


def _is_set_to_zero(fit: Fit, direction: NullDirection) -> bool:
    """Whether a column does not vary because its variance is free and shown as zero."""
    free = free_names(fit)
    varying = [name for name, weight in zip(direction.columns, direction.weights, strict=True) if weight]
    return len(varying) == 1 and f"sd_{varying[0]}|{direction.group}" in free


def repca(fit: Fit) -> dict[str, pd.DataFrame]:
    """Return the principal components of each factor's relative covariance matrix, as ``lme4::rePCA``.

    Columns: ``sd`` (relative to sigma) and ``share`` of the variance, falling.
    """
    result = {}
    for position, factor in enumerate(fit.design.factors):
        sds = [
            np.linalg.svd(template, compute_uv=False)
            for term, template in zip(fit.design.terms, fit.estimates.templates, strict=True)
            if term.factor == position
        ]
        sd = np.sort(np.concatenate(sds))[::-1]
        total = float(sd @ sd)
        share = sd**2 / total if total > 0 else np.zeros_like(sd)
        index = pd.Index([f"PC{i}" for i in range(1, len(sd) + 1)], dtype=object)
        result[factor.label] = pd.DataFrame({"sd": sd, "share": share}, index=index)
    return result


def _of_term(fit: Fit, position: int) -> list[NullDirection]:
    term = fit.design.terms[position]
    group = fit.design.factors[term.factor].label
    axes, sds, _ = np.linalg.svd(fit.layout.term_template(fit.optimum.evaluation.templates, position))
    null = fit.roots[position].T @ axes[:, sds < SINGULAR_SD]  # on raw effects
    sizes = np.sqrt(np.diagonal(fit.estimates.covariances[position]))
    spread = sizes * np.sqrt(np.diagonal(random_moments(fit)[position])) / fit.estimates.sigma
    flat = np.flatnonzero(spread < SINGULAR_SD)
    found = [_flat_column(group, term.columns, int(i)) for i in flat]
    varying = np.flatnonzero(spread >= SINGULAR_SD)
    n_left = null.shape[1] - len(flat)
    if n_left <= 0 or len(varying) < 2:
        return found
    directions = _null_space(null[varying] * sizes[varying, None], n_left)
    sentence = _dependence(fit, position, group, varying, directions)
    for direction in directions.T:
        weights = np.zeros(len(term.columns))
        weights[varying] = direction / sizes[varying]
        found.append(NullDirection(group, term.columns, weights / np.abs(weights).max(), sentence))
    return found


def _null_space(loadings: np.ndarray, n: int) -> np.ndarray:
    """Return n orthonormal directions that span the loadings, shape (k, n)."""
    return np.linalg.svd(loadings)[0][:, :n]


def _flat_column(group: str, columns: tuple[str, ...], i: int) -> NullDirection:
    weights = np.zeros(len(columns))
    weights[i] = 1.0
    sentence = f"the variance of {effects_named(columns[i])} between the levels of '{group}' is estimated as zero"
    return NullDirection(group, columns, weights, sentence)


def _dependence(fit: Fit, position: int, group: str, varying: np.ndarray, directions: np.ndarray) -> str:
    """Say which effects move together, and how."""
    columns = fit.design.terms[position].columns
    size = np.abs(directions).max(axis=1)
    taking_part = varying[size > NEGLIGIBLE_LOADING * size.max()]
    rank = len(taking_part) - directions.shape[1]
    named = listed([effects_named(columns[i]) for i in taking_part])
    shape = SHAPES.get(rank, f"in {rank} dimensions instead of {len(taking_part)}")
    sentence = f"{named} of '{group}' lie {shape}"
    if len(taking_part) == 2:
        i, j = taking_part
        covariance = fit.estimates.covariances[position]
        correlation = "1" if covariance[i, j] > 0 else "-1"
        slope = covariance[i, j] / covariance[i, i]
        first, second = _one_effect(columns[i]), _one_effect(columns[j])
        return f"{sentence} (correlation {correlation}: the {second} of a level is {slope:.3g} times its {first})"
    return sentence


def effects_named(name: str) -> str:
    """Return what a random-effects column is called in a sentence."""
    return "the intercepts" if name == "(Intercept)" else f"the '{name}' slopes"


def _one_effect(name: str) -> str:
    return "intercept" if name == "(Intercept)" else f"'{name}' slope"


def listed(names: list[str]) -> str:
    """Return names joined by commas and a final 'and'."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
