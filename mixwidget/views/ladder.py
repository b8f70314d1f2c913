"""The structures that were visited, with a likelihood-ratio test against the nearest simpler one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations_with_replacement

from mixwidget.fit.fit import Fit
from mixwidget.fit.likelihood import likelihood
from mixwidget.inference.boundary import boundary_test
from mixwidget.inference.compare import criteria_compare
from mixwidget.inference.criterion_errors import BY_CHANCE, difference_error, too_wide
from mixwidget.inference.singularity import is_singular
from mixwidget.inference.verdict import verdict
from mixwidget.views.formula_text import formula_text
from mixwidget.views.link_words import method_word
from mixwidget.views.prior import prior_words
from mixwidget.views.view import View

UNDER_PRIOR = "no test under a prior: the criterion is not at its minimum"
ALONE, SIMPLEST = "nothing to compare with yet", "the simplest so far"


class Relation(IntEnum):
    """How a fit stands to a simpler one; the smaller, the better a test."""

    TESTED, FIXED_DIFFER, NESTED, APART = range(4)


NO_TEST = {
    Relation.FIXED_DIFFER: "fixed parts differ: compare with ML",
    Relation.NESTED: "REML and ML do not compare",
    Relation.APART: "no simpler one here is nested in it",
}
CRITERION_SLACK = 1e-4  # two optima of nested models may be out of order by this much (units of -2 log-likelihood)


@dataclass(frozen=True, slots=True)
class PatternView(View):
    """Which (co)variances of a grouping factor the model estimates.

    Attributes
    ----------
    text : str
        In words.
    cells : tuple of tuple of int
        1 or 0, row by row.
    """

    text: str
    cells: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class LrtView(View):
    """A likelihood-ratio test; `against` is the key of the simpler model."""

    stat: float
    df: int
    p: float
    against: int
    note: str


@dataclass(frozen=True, slots=True)
class ComparedView(View):
    """How a structure stands to a simpler one.

    Attributes
    ----------
    against : int
        The key of the simpler one.
    why : str
        Why there is no test, if `lrt` is None.
    """

    against: int
    lrt: LrtView | None
    why: str


@dataclass(frozen=True, slots=True)
class RungView(View):
    """One structure.

    Attributes
    ----------
    why : str
        Why there is no test, if `lrt` is None.
    verdict : str
        In a word or two.
    prior : str
        The prior on the covariance matrices as it is written, empty without one.
    compares : bool
        Whether its criterion, AIC and BIC compare with those of the model shown; if not, fits by ML would.
    """

    key: int
    formula: str
    method: str
    npar: int
    criterion: float
    aic: float
    bic: float
    lrt: LrtView | None
    why: str
    is_singular: bool
    verdict: str
    patterns: tuple[PatternView, ...]
    prior: str
    compares: bool


def ladder_view(fits: Sequence[Fit], current: int = 0) -> tuple[RungView, ...]:
    """Return the structures from many parameters to few; the key of each is its position in `fits`.

    Parameters
    ----------
    fits : sequence of Fit
    current : int
        The position of the model shown.
    """
    order = sorted(range(len(fits)), key=lambda key: (-likelihood(fits[key]).npar, key))
    return tuple(_rung(key, fits, fits[current]) for key in order)


def _rung(key: int, fits: Sequence[Fit], shown: Fit) -> RungView:
    fit = fits[key]
    lrt, why = _test(key, fits)
    found = likelihood(fit)
    return RungView(
        key,
        formula_text(fit.design.formula.text),
        method_word(fit),
        found.npar,
        found.criterion,
        found.aic,
        found.bic,
        lrt,
        why,
        is_singular(fit),
        verdict(fit, thorough=True).code,
        _patterns(fit),
        prior_words(fit.priors),
        criteria_compare([shown, fit]),
    )


def compared(key: int, fits: Sequence[Fit]) -> tuple[ComparedView, ...]:
    """Return how a fit stands to each simpler one; the first of those that were visited makes the test of its rung."""
    if fits[key].priors:
        return ()
    return tuple(ComparedView(place[1], *_against(fits[key], fits, *place)) for place in _simpler(key, fits))


def _test(key: int, fits: Sequence[Fit]) -> tuple[LrtView | None, str]:
    """Return the test against the largest simpler model that is nested in this one, or why there is none."""
    if fits[key].priors:
        return None, UNDER_PRIOR
    found = _simpler(key, fits)
    if not found:
        return None, ALONE if len(fits) == 1 else SIMPLEST
    return _against(fits[key], fits, *found[0])


def _simpler(key: int, fits: Sequence[Fit]) -> list[tuple[Relation, int]]:
    """Return the fits with fewer parameters, first what can be tested against, then what nearly can."""
    fit = fits[key]
    own, found = likelihood(fit), [likelihood(other) for other in fits]
    smaller = [i for i, at in enumerate(found) if at.npar < own.npar and at.nobs == own.nobs and not fits[i].priors]
    placed = [(_relation(fit, fits[i]), i) for i in smaller]
    return sorted(placed, key=lambda pair: (pair[0], -found[pair[1]].npar, found[pair[1]].criterion, pair[1]))


def _relation(fit: Fit, simpler: Fit) -> Relation:
    if not (_covariances(simpler) <= _covariances(fit) and _columns(simpler) <= _columns(fit)):
        return Relation.APART
    if simpler.reml != fit.reml:
        return Relation.NESTED
    return Relation.TESTED if not fit.reml or _columns(simpler) == _columns(fit) else Relation.FIXED_DIFFER


def _against(fit: Fit, fits: Sequence[Fit], relation: Relation, against: int) -> tuple[LrtView | None, str]:
    if relation is not Relation.TESTED:
        return None, NO_TEST[relation]
    own, other = likelihood(fit), likelihood(fits[against])
    stat = other.criterion - own.criterion
    error = difference_error(fit.criterion_deviations, fits[against].criterion_deviations)
    reason = too_wide(error)
    if reason:
        return None, reason
    if stat < -max(CRITERION_SLACK, BY_CHANCE * error):
        return None, f"the simpler model has the lower criterion by {-stat:.2g}: this fit is not at its optimum"
    df = own.npar - other.npar
    dropped = _covariances(fit) - _covariances(fits[against])
    test = boundary_test(stat, df, sum(first == second for _, first, second in dropped))
    known = f"; the statistic is known to within {error:.2g} (one standard error)" if error > 0.0 else ""
    return LrtView(max(stat, 0.0), df, test.p, against, f"{test.note}{known}"), ""


def _covariances(fit: Fit) -> frozenset[tuple[str, str, str]]:
    """Return group and pair of columns of each (co)variance that is estimated."""
    design = fit.design
    return frozenset(
        (design.factors[block.factor].label, min(pair), max(pair))
        for block in design.terms
        for pair in combinations_with_replacement(block.columns, 2)
    )


def _columns(fit: Fit) -> frozenset[str]:
    return frozenset(fit.design.x_names)


def _patterns(fit: Fit) -> tuple[PatternView, ...]:
    design, free = fit.design, _covariances(fit)
    found: list[PatternView] = []
    for position, factor in enumerate(design.factors):
        names = tuple(name for block in design.terms if block.factor == position for name in block.columns)
        cells = tuple(
            tuple(int((factor.label, min(first, second), max(first, second)) in free) for second in names)
            for first in names
        )
        found.append(PatternView(_pattern_text(factor.label, names, cells), cells))
    return tuple(found)


def _pattern_text(group: str, names: Sequence[str], cells: Sequence[Sequence[int]]) -> str:
    """Return a pattern in words.

    Examples
    --------
    >>> _pattern_text("Subject", ["(Intercept)", "Days"], [[1, 0], [0, 1]])
    'Subject: variances of (Intercept), Days, correlations fixed at zero'
    """
    pairs = len(names) * (len(names) - 1) // 2
    free = sum(cells[i][j] for i in range(len(names)) for j in range(i))
    text = f"{group}: {'variance' if len(names) == 1 else 'variances'} of {', '.join(names)}"
    if pairs == 0:
        return text
    if free == pairs:
        return f"{text}, all correlations estimated"
    return f"{text}, {f'{free} of {pairs} correlations estimated' if free else 'correlations fixed at zero'}"
