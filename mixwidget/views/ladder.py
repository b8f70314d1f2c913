"""The structures that were visited, with a likelihood-ratio test against the nearest simpler one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Literal

from mixwidget.inference.boundary import boundary_test
from mixwidget.inference.compare import criteria_compare
from mixwidget.views.designed import DesignedModel
from mixwidget.views.formula_text import formula_text
from mixwidget.views.prior import prior_words
from mixwidget.views.view import View

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
    method: Literal["REML", "ML"]
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


def ladder_view(fits: Sequence[DesignedModel], current: int = 0) -> tuple[RungView, ...]:
    """Return the structures from many parameters to few; the key of each is its position in `fits`.

    Parameters
    ----------
    fits : sequence of DesignedModel
    current : int
        The position of the model shown.
    """
    order = sorted(range(len(fits)), key=lambda key: (-fits[key].npar, key))
    return tuple(_rung(key, fits, fits[current]) for key in order)


def _rung(key: int, fits: Sequence[DesignedModel], shown: DesignedModel) -> RungView:
    fit = fits[key]
    lrt, why = _test(key, fits)
    return RungView(
        key,
        formula_text(fit.formula),
        "REML" if fit.reml else "ML",
        int(fit.npar),
        float(fit.criterion),
        float(fit.aic),
        float(fit.bic),
        lrt,
        why,
        bool(fit.is_singular),
        str(fit.verdict.code),
        _patterns(fit),
        prior_words(fit.priors),
        criteria_compare([shown, fit]),
    )


def _test(key: int, fits: Sequence[DesignedModel]) -> tuple[LrtView | None, str]:
    """Return the test against the largest simpler model that is nested in this one, or why there is none."""
    fit = fits[key]
    if fit.priors:
        return None, "no test under a prior: the criterion is not at its minimum"
    smaller = [
        i for i, other in enumerate(fits) if other.npar < fit.npar and other.nobs == fit.nobs and not other.priors
    ]
    nested = [i for i in smaller if _covariances(fits[i]) <= _covariances(fit) and _columns(fits[i]) <= _columns(fit)]
    alike = [i for i in nested if fits[i].reml == fit.reml]
    usable = [i for i in alike if not fit.reml or _columns(fits[i]) == _columns(fit)]
    if not usable:
        if alike:
            return None, "fixed parts differ: compare with ML"
        if nested:
            return None, "REML and ML do not compare"
        if len(fits) == 1:
            return None, "nothing to compare with yet"
        return None, "no simpler one here is nested in it" if smaller else "the simplest so far"
    against = max(usable, key=lambda i: (fits[i].npar, -fits[i].criterion))
    stat = float(fits[against].criterion - fit.criterion)
    if stat < -CRITERION_SLACK:
        return None, f"the simpler model has the lower criterion by {-stat:.2g}: this fit is not at its optimum"
    df = fit.npar - fits[against].npar
    dropped = _covariances(fit) - _covariances(fits[against])
    found = boundary_test(stat, df, sum(first == second for _, first, second in dropped))
    return LrtView(max(stat, 0.0), df, found.p, against, found.note), ""


def _covariances(fit: DesignedModel) -> frozenset[tuple[str, str, str]]:
    """Return group and pair of columns of each (co)variance that is estimated."""
    design = fit.design
    return frozenset(
        (design.factors[block.factor].label, *sorted(pair))
        for block in design.terms
        for pair in combinations_with_replacement(block.columns, 2)
    )


def _columns(fit: DesignedModel) -> frozenset[str]:
    return frozenset(fit.design.x_names)


def _patterns(fit: DesignedModel) -> tuple[PatternView, ...]:
    design, free = fit.design, _covariances(fit)
    found: list[PatternView] = []
    for position, factor in enumerate(design.factors):
        names = tuple(name for block in design.terms if block.factor == position for name in block.columns)
        cells = tuple(
            tuple(int((factor.label, *sorted((first, second))) in free) for second in names) for first in names
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
