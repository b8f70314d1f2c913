"""The dial for a weak prior: its stops, the least prior that is enough, what the prior moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.fit.penalties import WISHART_STRENGTH
from mixwidget.fit.prior import Prior, Priors
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
class LeastView(View):
    """The least Wishart prior that makes the structure regular; `stop` is its position among the stops."""

    strength: float
    stop: int
    is_enough: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class MoveView(View):
    """One estimate without and with the prior.

    Attributes
    ----------
    kind : {"fixed", "sd", "cor", "sigma"}
    change_in_se : float or None
        Of a fixed effect.
    low, high : float
        Ends of the scale on which both are drawn.
    """

    name: str
    kind: str
    without: float | None
    under: float | None
    change_in_se: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PriorView(View):
    """What the dial shows.

    Attributes
    ----------
    families : tuple of PriorFamily
    stops : tuple of PriorStop
        From no prior to blme's default.
    least : LeastView or None
        None where it is not known, or where the structure is regular as it is.
    moves : tuple of MoveView
        Empty without a prior.
    sentence : str
        What the prior of the fit that is shown does.
    """

    families: tuple[PriorFamily, ...]
    stops: tuple[PriorStop, ...]
    least: LeastView | None
    moves: tuple[MoveView, ...]
    sentence: str


def prior_view(
    *, is_given: bool, least: tuple[float, bool, str] | None, moves: pd.DataFrame | None, sentence: str
) -> PriorView:
    """Return what the dial shows.

    Parameters
    ----------
    is_given : bool
        Whether the first fit came with a prior that is none of the dial's own.
    least : (strength, is_enough, sentence), optional
    moves : DataFrame, optional
        As `mixwidget.inference.prior_moves` returns it.
    sentence : str
    """
    families = tuple(PriorFamily(*family) for family in (*FAMILIES, *((GIVEN,) if is_given else ())))
    strengths = dial_strengths(least[0] if least is not None and least[1] else None)
    mark = None
    if least is not None:
        stop = strengths.index(least[0]) if least[0] in strengths else len(strengths) - 1
        mark = LeastView(least[0], stop, least[1], least[2])
    rows = () if moves is None else tuple(_move(str(name), row) for name, row in moves.iterrows())
    return PriorView(families, _stops(strengths), mark, rows, sentence)


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


def _stops(strengths: list[float]) -> tuple[PriorStop, ...]:
    words = ["none", *(f"{strength:.3g}, {share_of_default(strength)}" for strength in strengths[1:])]
    return tuple(map(PriorStop, strengths, words))


def _move(name: str, row: Any) -> MoveView:
    """Return one estimate with a scale on which its move is seen: a fixed effect's is two standard errors wide."""
    without, under = number(row["without"]), number(row["with"])
    in_se = number(row["change in se"])
    kind = "fixed" if in_se is not None else name.split(" ")[0]
    values = [value for value in (without, under) if value is not None]
    if kind == "cor":
        low, high = -1.0, 1.0
    elif kind != "fixed":
        low, high = 0.0, 1.15 * max(values, default=1.0) or 1.0
    else:
        centre = values[0]
        reach = max(float(row["se"]), 1.1 * abs(values[-1] - centre)) or 1.0
        low, high = centre - reach, centre + reach
    return MoveView(name, kind, without, under, in_se, float(low), float(high))
