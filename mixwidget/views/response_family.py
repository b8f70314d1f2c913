"""The families that a response can have, and the one that its values propose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.design.column_facts import ColumnFacts
from mixwidget.views.formula_sum import backticked
from mixwidget.views.view import View

LINEAR = "gaussian"  # the family of mw.lmer
MAX_COUNTED = 12  # without a zero, whole numbers that begin later are scores or ages rather than counts
SKEWED = 1.0  # skewness of exponential waiting times is 2, of moderately skewed measurements about 1
WHOLE_RTOL = 1e-6  # a proportion times its number of trials is whole up to the digits that were typed


@dataclass(frozen=True, slots=True)
class FamilyOption(View):
    """A family.

    Attributes
    ----------
    name : str
        R's name.
    label : str
        In words.
    link : str
        The link that is proposed with it.
    reason : str
        Why it is proposed, or why the response cannot have it.
    """

    name: str
    label: str
    link: str
    allowed: bool
    is_proposed: bool
    reason: str


_FAMILIES = {
    LINEAR: ("linear", "identity"),
    "binomial": ("yes or no, or proportions", "logit"),
    "poisson": ("counts", "log"),
    "negative.binomial": ("counts, overdispersed", "log"),
    "Gamma": ("positive, skewed", "log"),
}


def family_options(facts: ColumnFacts | None, expression: str) -> tuple[FamilyOption, ...]:
    """Return the families for a response.

    Parameters
    ----------
    facts : ColumnFacts or None
        Of the column that is the response; None where it is an expression.
    expression : str
        The response as the formula has it.

    Examples
    --------
    >>> [option.name for option in family_options(None, "cbind(hits, size - hits)") if option.is_proposed]
    ['binomial']
    """
    refusals, (proposed, reason) = _judged(facts, expression)
    return tuple(
        FamilyOption(name, label, link, name not in refusals, name == proposed, refusals.get(name, ""))
        if name != proposed
        else FamilyOption(name, label, link, True, True, reason)
        for name, (label, link) in _FAMILIES.items()
    )


def trials_of(facts: ColumnFacts, others: Sequence[ColumnFacts]) -> str:
    """Return the column that counts the trials of proportions: times it, they are whole; empty without one.

    Examples
    --------
    >>> import pandas as pd
    >>> from mixwidget.design.column_facts import column_facts
    >>> from mixwidget.design.table import read_table
    >>> table = read_table(pd.DataFrame({"p": [0.5, 0.25, 1.0], "n": [2, 4, 3]}))
    >>> trials_of(column_facts(table, "p"), [column_facts(table, "n")])
    'n'
    """
    for other in others:
        if other is not facts and other.kind == "whole" and np.nanmin(other.values) >= 0:
            hits = facts.values * other.values
            if np.allclose(hits, np.round(hits), atol=1e-3, rtol=WHOLE_RTOL, equal_nan=True):
                return backticked(other.name)
    return ""


def successes_among(facts: Sequence[ColumnFacts]) -> tuple[str, ...]:
    """Return responses of successes and failures, ``cbind(hits, size - hits)``: counts, the first never the larger one.

    Only a pair with a telling name or a column of its proportions is certain; others are left to who knows the data.
    """
    counts = [one for one in facts if one.kind == "whole" and one.n_levels > 2 and one.n_missing == 0]
    shares = [one for one in facts if is_share(one) and one.n_levels > 2 and one.n_missing == 0]
    return tuple(
        f"cbind({backticked(hits.name)}, {backticked(total.name)} - {backticked(hits.name)})"
        for hits in counts
        for total in counts
        if hits is not total and np.all((hits.values >= 0) & (hits.values <= total.values) & (total.values > 0))
        if any(np.allclose(share.values * total.values, hits.values, atol=1e-3) for share in shares)
        or any(word in total.name.lower() for word in ("size", "total", "trials"))
    )


def is_share(facts: ColumnFacts) -> bool:
    """Return whether all values lie between 0 and 1 and some are neither."""
    if facts.kind != "number":
        return False
    known = facts.values[~np.isnan(facts.values)]  # a column of numbers has some
    return bool(known.min() >= 0 and known.max() <= 1)


def _judged(facts: ColumnFacts | None, expression: str) -> tuple[dict[str, str], tuple[str, str]]:
    """Return why families cannot be, and the one that is proposed with its reason."""
    if expression.startswith("cbind("):
        why = "successes and failures"
        return dict.fromkeys((LINEAR, "poisson", "negative.binomial", "Gamma"), why), ("binomial", why)
    if facts is None or facts.kind == "moment" or facts.n_levels < 2 or (facts.is_factor and facts.n_levels > 2):
        return {}, (LINEAR, "")  # the check of the design says what stands in the way, if something does
    if facts.is_factor or _is_binary(facts):
        return _of_two(facts)
    return _of_numbers(facts)


def _of_two(facts: ColumnFacts) -> tuple[dict[str, str], tuple[str, str]]:
    why = "two values" if not facts.is_factor else "no numbers"
    refused = ("poisson", "negative.binomial", "Gamma") if not facts.is_factor else tuple(set(_FAMILIES) - {"binomial"})
    if facts.kind == "logical":
        reason = "the values yes and no"
    elif facts.is_factor:
        reason = f"two levels, of which {facts.levels[-1]} is success"
    else:
        reason = "the values 0 and 1"
    return dict.fromkeys(refused, why), ("binomial", reason)


def _of_numbers(facts: ColumnFacts) -> tuple[dict[str, str], tuple[str, str]]:
    known = facts.values[np.isfinite(facts.values)]
    refusals: dict[str, str] = {}
    if not is_share(facts):
        refusals["binomial"] = "neither 0 and 1 nor proportions"
    if facts.kind != "whole" or known.min() < 0:
        refusals |= dict.fromkeys(("poisson", "negative.binomial"), "no whole numbers from 0 on")
    if known.min() <= 0:
        refusals["Gamma"] = "not all positive"
    return refusals, _proposed(facts, known, refusals)


def _proposed(facts: ColumnFacts, known: np.ndarray, refusals: dict[str, str]) -> tuple[str, str]:
    if "binomial" not in refusals:
        return "binomial", "proportions between 0 and 1; their numbers of trials are the weights"
    if "poisson" not in refusals and known.min() == 0 and facts.n_levels > 2:
        return "poisson", f"counts from 0 to {known.max():,.0f}"
    if "poisson" not in refusals and known.min() == 1 and facts.n_levels > MAX_COUNTED and _skewness(known) > SKEWED:
        return "poisson", f"counts from 1 to {known.max():,.0f}"
    if "Gamma" not in refusals and facts.kind == "number" and _skewness(known) > SKEWED:
        return (
            "Gamma",
            f"positive and skewed (skewness {_skewness(known):.1f}); a linear model of the log is another way",
        )
    return LINEAR, ""


def _is_binary(facts: ColumnFacts) -> bool:
    return facts.kind == "whole" and set(np.unique(facts.values[~np.isnan(facts.values)])) == {0.0, 1.0}


def _skewness(values: np.ndarray) -> float:
    spread = values.std()
    return float(np.mean(((values - values.mean()) / spread) ** 3)) if spread > 0 else 0.0
