"""The dial for a weak prior: its stops, the least prior that is enough, what the prior moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.fit.penalties import WISHART_STRENGTH
from mixwidget.fit.prior import Prior, Priors
from mixwidget.inference.minimum_prior import MinimumPrior
from mixwidget.inference.prior_moves import cost_sentence
from mixwidget.views.view import View, number

WEAKEST_STOP = 1e-4
N_STOPS = 40
FAMILIES = (
    ("none", "none", "No prior on the covariance matrices: the likelihood alone"),
    ("wishart", "Wishart", "Keeps every variance off zero and every correlation off one; its strength is on the dial"),
    ("invwishart", "inverse Wishart", "At blme's default: pulls the covariance matrices towards a small scale"),
)
GIVEN = ("given", "as given", "The prior that the model was fitted with")


@dataclass(frozen=True, slots=True)
class PriorFamily(View):
    """A prior on the covariance matrices that the dial offers."""

    name: str
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class PriorStop(View):
    """A strength that the dial can stand at; the stops are evenly spread."""

    strength: float
    label: str


@dataclass(frozen=True, slots=True)
class MoveView(View):
    """One estimate without and with the prior.

    Attributes
    ----------
    texts : tuple of str
        Without, with, change: that of a fixed effect in standard errors.
    without, under : float or None
        Places of the two values on a scale from 0 to 1; None where there is no value.
    """

    name: str
    texts: tuple[str, str, str]
    without: float | None
    under: float | None


@dataclass(frozen=True, slots=True)
class PriorView(View):
    """What the dial shows.

    Attributes
    ----------
    families : tuple of PriorFamily
    stops : tuple of PriorStop
        From no prior to blme's default.
    least : int or None
        The stop of the least Wishart prior that is enough; None where none is, or none is needed or known.
    has_least : bool
        Whether it can be asked for.
    is_needed : bool
        Whether the structure is singular without a prior, as far as is known.
    note : str
        What is known of it.
    moves : tuple of MoveView
        Empty without a prior.
    sentence : str
        What the prior of the fit that is shown costs and moves.
    """

    families: tuple[PriorFamily, ...]
    stops: tuple[PriorStop, ...]
    least: int | None
    has_least: bool
    is_needed: bool
    note: str
    moves: tuple[MoveView, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Least:
    """What is known of the least prior of a structure; `strength` is None where even the strongest is not enough."""

    strength: float | None
    sentence: str


def prior_view(
    *, is_given: bool, needs_prior: bool, least: Least | None, moves: pd.DataFrame | None, sentence: str
) -> PriorView:
    """Return what the dial shows.

    Parameters
    ----------
    is_given : bool
        Whether the first fit came with a prior that is none of the dial's own.
    needs_prior : bool
        Whether the structure is singular without a prior, as far as is known.
    least : Least, optional
        Where it was looked for.
    moves : DataFrame, optional
        As `mixwidget.inference.prior_moves` returns it.
    sentence : str
    """
    families = tuple(PriorFamily(*family) for family in (*FAMILIES, *((GIVEN,) if is_given else ())))
    strengths = dial_strengths(least.strength if least is not None else None)
    words = ["no prior", *(f"strength {strength:.3g}, {share_of_default(strength)}" for strength in strengths[1:])]
    note = "" if needs_prior else "No covariance matrix is singular: this fit needs no prior."
    return PriorView(
        families,
        tuple(map(PriorStop, strengths, words)),
        strengths.index(least.strength) if least is not None and least.strength is not None else None,
        needs_prior and (least is None or least.strength is not None),
        needs_prior,
        note if least is None else least.sentence,
        () if moves is None else tuple(_move(str(name), row) for name, row in moves.iterrows()),
        sentence,
    )


def prior_on_dial(priors: Priors) -> tuple[str, float]:
    """Return family and strength of the priors on the covariance matrices, as the dial names them.

    Examples
    --------
    >>> prior_on_dial(Priors(Prior("wishart"))), prior_on_dial(Priors(Prior("wishart", df=5)))
    (('wishart', 0.75), ('given', 0.0))
    """
    prior = priors.covariance
    if prior is None:
        return "none", 0.0
    if isinstance(prior, Prior) and prior.family == "wishart" and set(prior.parameters) <= {"strength"}:
        return "wishart", float(prior.parameters.get("strength", WISHART_STRENGTH))
    if isinstance(prior, Prior) and prior.family == "invwishart" and not prior.parameters:
        return "invwishart", 0.0
    return "given", 0.0


def dial_strengths(least: float | None = None) -> list[float]:
    """Return the strengths of the stops: none, then evenly on a logarithmic scale up to blme's default.

    Examples
    --------
    >>> dial_strengths()[:3], dial_strengths()[-1], 0.0123 in dial_strengths(0.0123)
    ([0.0, 0.0001, 0.000126], 0.75, True)
    """
    spread = np.geomspace(WEAKEST_STOP, WISHART_STRENGTH, N_STOPS)
    stops = {0.0, *(float(f"{strength:.3g}") for strength in spread)}
    return sorted(stops | ({least} if least is not None else set[float]()))


def share_of_default(strength: float) -> str:
    """Return a strength relative to blme's default, in words.

    Examples
    --------
    >>> share_of_default(0.75), share_of_default(0.0072), share_of_default(3.0)
    ("blme's default", "0.96% of blme's default", "4 times blme's default")
    """
    share = strength / WISHART_STRENGTH
    if abs(share - 1.0) < 1e-9:
        return "blme's default"
    return f"{100.0 * share:.2g}% of blme's default" if share < 1.0 else f"{share:.2g} times blme's default"


def prior_words(priors: Priors) -> str:
    """Return the priors on covariance matrices as they are written, empty if there is none.

    Examples
    --------
    >>> prior_words(Priors(Prior("wishart", strength=0.1)))
    'wishart(strength=0.1)'
    """
    covariance = priors.covariance
    if isinstance(covariance, Mapping):
        return ", ".join(f"{group}: {prior}" for group, prior in covariance.items())
    return "" if covariance is None else str(covariance)


def _move(name: str, row: Any) -> MoveView:
    """Return one estimate, its scale such that a move is seen: a fixed effect's is at least two standard errors wide.

    That of a standard deviation begins at zero, that of a correlation goes from -1 to 1.
    """
    without, under, se = (number(row[column]) for column in ("without", "with", "se"))
    known = [value for value in (without, under) if value is not None]
    low, high = (-1.0, 1.0) if name.startswith("cor ") else (0.0, 1.15 * max(known, default=0.0) or 1.0)
    change = f"{row['change']:+.2g}" if len(known) == 2 else ""
    if se is not None:
        centre, reach = float(row["without"]), max(se, 1.1 * abs(float(row["change"]))) or 1.0
        low, high = centre - reach, centre + reach
        moved = round(float(row["change in se"]), 3)
        change = f"{moved:+.3f} SE" if moved else "0 SE"
    places = [None if value is None else (value - low) / (high - low) for value in (without, under)]
    texts = (_text(without), _text(under), change.replace("-", "\u2212"))
    return MoveView(name, texts, places[0], places[1])


def _text(value: float | None) -> str:
    return "\u2013" if value is None else f"{value:#.4g}".rstrip(".").replace("-", "\u2212")


def least_sentence(found: MinimumPrior) -> str:
    """Say which prior is the least that is enough, and what it costs."""
    if not found.priors:
        return "No prior is needed: no covariance matrix is singular."
    on = " and ".join(f"'{group}'" for group in found.priors)
    named = f"Wishart(strength = {found.strength:.3g}) on {on}"
    if not found.is_enough:
        return (
            f"Even {named} leaves the fit nearly singular; a simpler random part is the better way: mw.simplify(fit)."
        )
    return f"{named}, {share_of_default(found.strength)}, is enough: {cost_sentence(found.before, found.after)}."
