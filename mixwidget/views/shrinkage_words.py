"""What the picture of shrinkage says: its axes, a sentence for each stop of the slider, and how it is to be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mixwidget.errors import listed
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.pooling_plane import PoolingPlane
from mixwidget.inference.pooling_stop import terms_of
from mixwidget.inference.singularity import null_directions
from mixwidget.views.labels import labels_of
from mixwidget.views.link_words import method_word, unit_word
from mixwidget.views.view import View

INTERCEPT = "(Intercept)"
SHOWN = 3  # levels in a sentence
APART = 0.03  # share of an axis by which two marks do not touch


@dataclass(frozen=True, slots=True)
class EffectWords(View):
    """The words of one axis.

    Attributes
    ----------
    name, title : str
        The effect, and what stands at its axis.
    unit : str
        Empty where none is known.
    """

    name: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class PoolingWords(View):
    """The texts of the picture.

    Attributes
    ----------
    stops : tuple of str
        A sentence for each stop of the slider.
    lowest : str
        What the estimate is, above the curve.
    complete, none : str
        What the two ends of the slider are.
    notes : tuple of str
        How to read the picture, and what is special in this fit.
    """

    stops: tuple[str, ...]
    lowest: str
    complete: str
    none: str
    notes: tuple[str, ...]


def effect_words(fit: Fit, plane: PoolingPlane) -> tuple[EffectWords, ...]:
    """Return the words of the axes of a plane."""
    labels, response = labels_of(fit), fit.design.formula.response
    link = unit_word(fit)
    words = []
    for name in plane.names:
        if name == INTERCEPT:
            unit, others = link or labels.unit(response), [other for other in plane.names if other != INTERCEPT]
            what = f"{name}: {_modelled(fit)}{f' at {others[0]} = 0' if others else ''}"
        else:
            per = f" per {labels.unit(name)}" if labels.unit(name) else ""
            unit = f"{link}{per}" if link else labels.slope(response, name)
            what = f"{name} slope"
        words.append(EffectWords(name, f"{what} ({unit})" if unit else what, unit))
    return tuple(words)


def pooling_words(fit: Fit, plane: PoolingPlane, ranges: tuple[tuple[float, float], ...]) -> PoolingWords:
    """Return the texts of a plane whose axes have some ranges."""
    path, word, lowest = plane.path, _word(fit, plane), _lowest(fit)
    rise = path.criterion - path.criterion[path.middle]
    first = f" ({lowest} +{_short(rise[0])})" if np.isfinite(rise[0]) else ""
    last = f" ({lowest} grows without end)" if np.isinf(rise[-1]) else ""
    alike = "one line for all" if len(plane.shown) == 2 else "one value for all"
    return PoolingWords(
        stops=tuple(_stop(fit, plane, i, float(rise[i])) for i in range(len(rise))),
        lowest=f"the estimate: {lowest} is lowest here",
        complete=f"complete pooling: {alike}{first}",
        none=f"no pooling: each {word} alone{last}",
        notes=tuple(_notes(fit, plane, ranges)),
    )


def _stop(fit: Fit, plane: PoolingPlane, i: int, rise: float) -> str:
    lowest, last = _lowest(fit), len(plane.path.place) - 1
    if i == plane.path.middle:
        return f"{_spread(fit, plane, i)}: the estimate. {lowest} is lowest here."
    if i == last and np.isfinite(rise):
        return f"{_spread(fit, plane, i)}: nothing is left to pool apart."
    if i == last:
        return f"No pooling: the spread has no limit, each {_word(fit, plane)} stands alone."
    above = f"{lowest} is {_short(rise)} above its lowest" if np.isfinite(rise) else f"{lowest} has no end here"
    if i == 0:
        return f"Complete pooling: no spread, all levels of {_group(fit, plane)} are alike. {above}."
    return f"{_spread(fit, plane, i)}. {above}."


def _spread(fit: Fit, plane: PoolingPlane, i: int) -> str:
    sds = np.sqrt(np.diagonal(plane.covariance[i])).tolist()
    parts = [
        f"{_short(sd)}{f' {words.unit}' if words.unit else ''} for {words.name}"
        for sd, words in zip(sds, effect_words(fit, plane), strict=True)
    ]
    return f"Standard deviation{'s' if len(parts) > 1 else ''} {' and '.join(parts)}"


def _notes(fit: Fit, plane: PoolingPlane, ranges: tuple[tuple[float, float], ...]) -> Iterator[str]:
    word, group = _word(fit, plane), _group(fit, plane)
    hill, mark, average = ("hill", "dot", "Diamond") if len(plane.shown) == 2 else ("band", "row", "Dotted line")
    yield (
        f"Each {mark} is one {word}. Arrow: from its own rows alone to the mixed model. Bigger dot: more rows. "
        f"{average}: the average. The {hill} holds 50, 80 and 95 % of the levels of {group}, says the model; the "
        "narrower it is, the stronger the pull to the top."
    )
    if len(plane.shown) == 2 and _moves(plane, ranges):
        yield "Orange: the average under complete pooling."
    others = [factor.label for i, factor in enumerate(fit.design.factors) if i != plane.path.factor]
    if others:
        yield f"The slider moves the spread of {group}; that of {listed(others)} stays as it was estimated."
    if isinstance(fit, GeneralizedFit):
        how = "are joint modes" if fit.n_agq == 0 else f"are estimated again by the {method_word(fit)} criterion"
        yield f"At each stop the fixed effects {how}."
    yield from _singular(fit, plane)
    yield from _without_own(fit, plane)
    outside = _outside(plane, ranges)
    if outside:
        named = listed([fit.design.factors[plane.path.factor].levels[i] for i in outside], SHOWN)
        yield f"Own estimates outside the picture: {named}."


def _singular(fit: Fit, plane: PoolingPlane) -> Iterator[str]:
    mine = terms_of(fit, plane.path.factor)
    if not any(fit.estimates.covariances[i].any() for i in mine):
        yield f"The spread of {_group(fit, plane)} is estimated as zero: all stops of the slider are the same."
        return
    said = [direction.sentence for direction in null_directions(fit) if direction.group == _group(fit, plane)]
    if said:
        yield f"Singular fit: {'; '.join(dict.fromkeys(said))}. The slider keeps that, up to the own estimates."


def _without_own(fit: Fit, plane: PoolingPlane) -> Iterator[str]:
    levels = fit.design.factors[plane.path.factor].levels
    lost = np.isnan(plane.own).any(axis=0)
    is_infinite = lost & np.isnan(plane.coef[-1]).any(axis=0)
    is_open = lost & ~is_infinite
    if is_infinite.all():
        yield (
            f"No {_word(fit, plane)} has finite estimates of its own here: some have one outcome only, and take the "
            "fixed effects along."
        )
    elif is_infinite.any():
        yield f"Own estimates are infinite (one outcome only) for {_named(levels, is_infinite)}."
    if is_open.any():
        yield f"Too few rows for estimates of their own: {_named(levels, is_open)}."


def _named(levels: tuple[str, ...], which: np.ndarray) -> str:
    return listed([levels[i] for i in np.flatnonzero(which).tolist()], SHOWN)


def _outside(plane: PoolingPlane, ranges: tuple[tuple[float, float], ...]) -> list[int]:
    ends = np.array(ranges)
    with np.errstate(invalid="ignore"):
        is_out = (plane.own < ends[:, :1]) | (plane.own > ends[:, 1:])
    return np.flatnonzero(is_out.any(axis=0)).tolist()


def _moves(plane: PoolingPlane, ranges: tuple[tuple[float, float], ...]) -> bool:
    """Whether the average of complete pooling is seen apart from that of the estimate."""
    moves = plane.centre[0] - plane.centre[plane.path.middle]
    return bool((np.abs(moves) / np.ptp(np.array(ranges), axis=1)).max() > APART)


def _lowest(fit: Fit) -> str:
    """Say what is lowest at the estimate."""
    word = f"{method_word(fit)} criterion" if isinstance(fit, GeneralizedFit) else method_word(fit)
    return word if fit.optimum.evaluation.penalty == 0.0 else f"{word} with the prior"


def _modelled(fit: Fit) -> str:
    if isinstance(fit, GeneralizedFit) and fit.family.link.name != "identity":
        return "linear predictor"
    return labels_of(fit).word(fit.design.formula.response)


def _group(fit: Fit, plane: PoolingPlane) -> str:
    return fit.design.factors[plane.path.factor].label


def _word(fit: Fit, plane: PoolingPlane) -> str:
    return labels_of(fit).word(_group(fit, plane))


def _short(value: float) -> str:
    """Return a number with three digits, or as an integer above 100."""
    return f"{value:,.0f}" if abs(value) >= 100.0 else f"{value:.3g}"
