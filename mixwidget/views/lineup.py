"""The data hidden among data simulated from the fit, as plain data: small histograms and what to compare."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.inference.lineup import N_SIMULATED, Compared, lineup
from mixwidget.views.view import View

N_PANELS = 10
FEW_BINS, MANY_BINS = 8, 24
MANY_VALUES = 24  # counts and proportions of more values are put together
SAME_DIGITS = 9  # proportions differ by rounding
UNUSUAL = N_SIMULATED - 1  # reached by 2 of 40 data sets if the model is right

ADVICE = (
    f"One panel of each {N_PANELS} holds the data, the others data simulated from the fit with new random effects. "
    "Look for the panel that differs from the others in its peaks, gaps and tails; which one it is stands below them."
)


@dataclass(frozen=True, slots=True)
class LineupBlock(View):
    """One quantity, counted in the same bins for each panel.

    Attributes
    ----------
    title : str
        ``"Reaction"`` or ``"Mean Reaction in each Subject"``.
    edges : tuple of float
        Of the bins.
    counts : tuple of tuple of int
        For each panel how many values are in each bin.
    n_nearer : int
        How many of all simulated data sets are less unusual than the data.
    """

    title: str
    edges: tuple[float, ...]
    counts: tuple[tuple[int, ...], ...]
    n_nearer: int


@dataclass(frozen=True, slots=True)
class LineupView(View):
    """The picture.

    Attributes
    ----------
    title, advice, scale, formula : str
        What was found, what to look for, how the number of the title is to be read, and of which model.
    blocks : tuple of LineupBlock
    answer : int
        The panel with the data, counted from 1, the same in each block.
    """

    title: str
    advice: str
    scale: str
    formula: str
    blocks: tuple[LineupBlock, ...]
    answer: int


def lineup_view(fit: Fit) -> LineupView:
    """Return the data among simulated data sets; which panel has the data follows from the responses.

    Parameters
    ----------
    fit : Fit
    """
    place = crc32(np.ascontiguousarray(fit.rows.y).tobytes()) % N_PANELS
    blocks = tuple(_block(fit, compared, place) for compared in lineup(fit))
    worst, *others = sorted(blocks, key=lambda block: block.n_nearer, reverse=True)
    return LineupView(
        f"{_finding(worst)} data sets simulated from the fit",
        ADVICE,
        _scale(others),
        fit.design.formula.text,
        blocks,
        place + 1,
    )


def _scale(others: list[LineupBlock]) -> str:
    beside = [f"{_finding(block)}. " for block in others]
    chance = (
        f"If the model is right, each number from 0 to {N_SIMULATED} is as likely as any other: "
        f"{UNUSUAL} and more say that it misses something."
    )
    return "".join([*beside, chance])


def _finding(block: LineupBlock) -> str:
    return f"{block.title}: the data are more unusual than {block.n_nearer} of {N_SIMULATED}"


def _block(fit: Fit, compared: Compared, place: int) -> LineupBlock:
    shown = np.roll(compared.columns[:, :N_PANELS], place, axis=1)  # the first column comes to stand at `place`
    edges = _edges(shown)
    counts = tuple(tuple(map(int, np.histogram(column, edges)[0])) for column in shown.T)
    return LineupBlock(_title(fit, compared.group), tuple(map(float, edges)), counts, compared.n_nearer)


def _title(fit: Fit, group: str | None) -> str:
    labels, response = fit.design.response, fit.design.formula.response
    is_share = labels.kind in ("binary", "counts of trials", "proportions")
    if is_share:
        response = f"Proportion of {response if labels.success in (None, '1') else labels.success}"
    if group is None:
        return response
    return f"{response} in each {group}" if is_share else f"Mean {response} in each {group}"


def _edges(shown: np.ndarray) -> np.ndarray:
    """Return the ends of common bins, one for each value where these are few and equally far apart."""
    low, high = float(shown.min()), float(shown.max())
    gaps = np.diff(np.unique(np.round(shown, SAME_DIGITS)))
    step = float(gaps.min()) if len(gaps) else 1.0
    if high - low < MANY_VALUES * step and np.allclose(gaps / step, np.round(gaps / step)):
        return np.arange(low - 0.5 * step, high + step, step)
    n_bins = int(np.clip(2.5 * np.sqrt(len(shown)), FEW_BINS, MANY_BINS))
    return np.linspace(low, high, n_bins + 1)
