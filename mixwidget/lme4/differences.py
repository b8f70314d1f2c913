"""The numbers of a fit beside those that R found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.fit.fit import Fit
from mixwidget.fit.fixef import fixef, stderr
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.ranef import ranef
from mixwidget.fit.varcorr import varcorr
from mixwidget.lme4.rscript import Found

_QUANTITIES = {
    "criterion": "criterion",
    "fixef": "fixed effect",
    "se": "standard error",
    "sd": "standard deviation",
    "cor": "correlation",
    "sigma": "residual standard deviation",
    "shape": "shape",
}


@dataclass(frozen=True, slots=True)
class Differences:
    """A fit beside that of lme4.

    Attributes
    ----------
    frame : DataFrame
        Indexed by what a number belongs to: quantity, mixwidget, lme4, difference (ours less theirs); NaN where one of
        the two has no such number. Of the modes of each column the level that differs most.
    criterion : float
        Ours less theirs.
    fixef : float
        The largest difference of fixed effects in standard errors.
    n_single : int
        Numbers that only one of the two has.
    """

    frame: pd.DataFrame
    criterion: float
    fixef: float
    n_single: int


_Names = tuple[str, str, str]
_Key = tuple[str, _Names]
_Row = tuple[str, str, float, float]


def differences(fit: Fit, found: Iterable[Found]) -> Differences:
    """Compare a fit with what R found."""
    ours = _numbers(fit)
    numbers = {(line.kind, line.names): float(line.value) for line in found if line.kind in (*_QUANTITIES, "mode")}
    theirs = _in_our_words(numbers, ours)
    rows = [_row(*key, ours, theirs) for key in dict.fromkeys((*ours, *theirs)) if key[0] != "mode"]
    rows += _mode_rows(ours, theirs)
    frame = pd.DataFrame(rows, columns=["", "quantity", "mixwidget", "lme4"]).set_index("")
    frame["difference"] = frame["mixwidget"] - frame["lme4"]
    shifts = [
        abs(value - theirs[key]) / ours["se", key[1]]
        for key, value in ours.items()
        if key[0] == "fixef" and key in theirs
    ]
    criterion, shift = float(frame["difference"].iloc[0]), float(np.max(shifts, initial=0.0))
    return Differences(frame, criterion, shift, len(ours.keys() ^ theirs.keys()))


def _numbers(fit: Fit) -> dict[_Key, float]:
    found: dict[_Key, float] = {("criterion", ("", "", "")): fit.criterion}
    for kind, series in (("fixef", fixef(fit)), ("se", stderr(fit))):
        found |= {(kind, ("", str(name), "")): float(value) for name, value in series.items()}
    for term in varcorr(fit).terms:
        for i, column in enumerate(term.columns):
            found["sd", (term.name, column, "")] = float(term.sd[i])
            found |= {("cor", (term.name, term.columns[j], column)): float(term.corr[i, j]) for j in range(i)}
    sigma = varcorr(fit).sigma
    if sigma is not None:
        found["sigma", ("", "", "")] = sigma
    if isinstance(fit, GeneralizedFit) and fit.free_shape and fit.family.shape is not None:
        found["shape", ("", "", "")] = fit.family.shape
    for group, table in ranef(fit).items():
        for column in table:
            found |= {
                ("mode", (group, str(column), str(level))): float(value) for level, value in table[column].items()
            }
    return found


def _in_our_words(theirs: dict[_Key, float], ours: dict[_Key, float]) -> dict[_Key, float]:
    """Return R's numbers with our names of columns: what is written out for R has other ones, in the same order."""
    words: dict[tuple[str, str], str] = {}
    for (group, names), (other, own) in zip(_columns(theirs).items(), _columns(ours).items(), strict=False):
        if group == other and len(names) == len(own):
            words |= {(group, name): ours_ for name, ours_ in zip(names, own, strict=True)}
    return {(kind, _renamed(kind, names, words)): value for (kind, names), value in theirs.items()}


def _columns(numbers: Iterable[_Key]) -> dict[str, list[str]]:
    """Return the columns of each group, those of terms (``Subject.1``) and those of modes (``Subject``)."""
    found: dict[str, dict[str, None]] = {}
    for kind, (group, column, _) in numbers:
        if kind in ("sd", "mode"):
            found.setdefault(f"{kind} {group}", {})[column] = None
    return {group: list(columns) for group, columns in sorted(found.items())}


def _renamed(kind: str, names: _Names, words: dict[tuple[str, str], str]) -> _Names:
    group, column, other = names
    place = f"{'mode' if kind == 'mode' else 'sd'} {group}"
    second = words.get((place, other), other) if kind == "cor" else other
    return group, words.get((place, column), column), second


def _row(kind: str, names: _Names, ours: dict[_Key, float], theirs: dict[_Key, float]) -> _Row:
    group, column, other = names
    label = f"{column}, {other}" if other else column
    key = kind, names
    return (
        f"{label} | {group}" if group else label or _QUANTITIES[kind],
        _QUANTITIES[kind],
        ours.get(key, np.nan),
        theirs.get(key, np.nan),
    )


def _mode_rows(ours: dict[_Key, float], theirs: dict[_Key, float]) -> list[_Row]:
    """Return for each column of each group the level whose modes differ most, or whose mode one of the two lacks."""
    columns: dict[tuple[str, str], list[_Key]] = {}
    for key in dict.fromkeys((*ours, *theirs)):
        if key[0] == "mode":
            columns.setdefault(key[1][:2], []).append(key)
    rows: list[_Row] = []
    for (group, column), keys in columns.items():
        apart = [abs(ours.get(key, np.nan) - theirs.get(key, np.nan)) for key in keys]
        worst = keys[int(np.argmax(np.where(np.isnan(apart), np.inf, apart)))]
        label = f"{column} | {group}, level {worst[1][2]}"
        rows.append((label, f"mode (worst of {len(keys)})", ours.get(worst, np.nan), theirs.get(worst, np.nan)))
    return rows
