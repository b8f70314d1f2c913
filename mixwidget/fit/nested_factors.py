"""Which factors of the fixed effects are nested in others, so that only some combinations of levels mean something.

As emmeans finds them (Lenth, vignette "messy-data", section on nested fixed effects): from the data, where each level
of a factor occurs with one level of another alone; and from the formula, where a factor has no main effect and stands
in interactions alone, ``geno + geno:strain``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mixwidget.linalg.pairs import parents

Nesting = Mapping[str, tuple[str, ...]]  # each nested factor with those that it is nested in


def nested_factors(codes: Mapping[str, np.ndarray], terms: list[frozenset[str]]) -> Nesting:
    """Return which factors are nested, with all that they are nested in.

    Parameters
    ----------
    codes : mapping of str to ndarray, shape (n,)
        The level of each factor in each row, in the order of the formula.
    terms : list of frozenset of str
        The factors of each fixed term.

    Examples
    --------
    >>> strain, geno = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 0, 0, 1, 1])
    >>> nested_factors({"geno": geno, "strain": strain}, [frozenset({"geno"}), frozenset({"strain"})])
    {'strain': ('geno',)}
    """
    above = {name: set(found) for name, found in _by_terms(list(codes), terms).items()}
    for name in codes:
        for other in codes:
            if other != name and name not in above.get(other, ()) and _lies_in(codes[name], codes[other]):
                above.setdefault(name, set()).add(other)
    for _ in above:  # what a parent is nested in, the child is nested in too
        for name, own in above.items():
            own.update({further for parent in own for further in above.get(parent, ())} - {name})
    return {name: tuple(other for other in codes if other in above[name]) for name in codes if above.get(name)}


def _lies_in(inner: np.ndarray, outer: np.ndarray) -> bool:
    """Whether each level of one factor occurs with one level of the other, which has several."""
    if len(np.unique(outer)) < 2:
        return False
    levels, places = np.unique(inner, return_inverse=True)
    return parents(places, outer, len(levels)) is not None


def _by_terms(names: list[str], terms: list[frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return for each factor what stands beside it in all its terms, apart from terms that are nested in it."""
    found: dict[str, frozenset[str]] = {}
    for _ in names:
        beside = {
            name: [
                term - {name}
                for term in terms
                if name in term and not any(name in found.get(other, ()) for other in term)
            ]
            for name in names
        }
        common = {name: frozenset.intersection(*others) for name, others in beside.items() if others}
        found = {
            name: others
            for name, others in common.items()
            if others and not any(name in common.get(other, ()) for other in others)  # neither is in the other
        }
    return found
