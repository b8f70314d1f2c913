"""Several fits as the table of papers: one column each, estimates with standard errors below one another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.likelihood import likelihood
from mixwidget.fit.varcorr import varcorr
from mixwidget.inference.coefficients import coefficient_table
from mixwidget.inference.compare import criteria_compare
from mixwidget.inference.criterion_errors import note_of
from mixwidget.inference.ddf import usual_ddf
from mixwidget.inference.ratios import exponentiated, ratio_word
from mixwidget.inference.tidy import fixed_rows
from mixwidget.views.link_words import family_word, method_word

RESIDUAL = "SD (residual)"
ML_NEEDED = "ML needed"
NO_CRITERIA = (
    "REML criteria compare fits with the same fixed effects only: table(criteria='ML') has those of maximum likelihood."
)
_STARS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One line: a label and one text for each model, empty where a model lacks it.

    Attributes
    ----------
    block : {"fixed", "random", "fit"}
    """

    label: str
    cells: tuple[str, ...]
    block: str


@dataclass(frozen=True, slots=True)
class PaperView:
    """The table as texts.

    Attributes
    ----------
    names : tuple of str
        The models.
    rows : tuple of PaperRow
    note : str
        What the numbers are.
    """

    names: tuple[str, ...]
    rows: tuple[PaperRow, ...]
    note: str

    def to_frame(self) -> pd.DataFrame:
        """Return the texts as a data frame, one column a model."""
        return pd.DataFrame(
            [row.cells for row in self.rows], index=[row.label for row in self.rows], columns=list(self.names)
        )


def paper_view(
    fits: Mapping[str, Fit],
    *,
    stars: bool,
    digits: int,
    measured: Mapping[str, Fit] | None = None,
    exponentiate: bool = False,
) -> PaperView:
    """Return the side-by-side table of fits.

    Parameters
    ----------
    fits : mapping of str to fit
    stars : bool
        Whether p values are marked: * below 0.05, ** below 0.01, *** below 0.001.
    digits : int
        Decimals; numbers below 0.001 keep that many significant digits.
    measured : mapping of str to fit, optional
        Whose AIC, BIC and log-likelihood are shown: the fits themselves unless given.
    exponentiate : bool
        Whether fixed effects are shown as ratios with 95 % Wald intervals.

    Raises
    ------
    OptionError
        If a fit has no ratios.
    """
    measured = fits if measured is None else measured
    compare = len(fits) < 2 or criteria_compare(list(measured.values()))
    columns = [
        (
            _fixed(fit, stars, digits, exponentiate),
            _random(fit, digits),
            _criteria(fit, measured[name], digits, compare=compare),
        )
        for name, fit in fits.items()
    ]
    rows = [
        PaperRow(label, tuple(column[block].get(label, "") for column in columns), name)
        for block, name in enumerate(("fixed", "random", "fit"))
        for label in _union([column[block] for column in columns])
    ]
    note = _ratio_note(list(fits.values())) if exponentiate else "Estimates with standard errors in parentheses."
    if stars:
        is_normal = any(isinstance(fit, GeneralizedFit) for fit in fits.values())
        tests = "Wald z tests" if is_normal else "Satterthwaite's degrees of freedom"
        note += f" * p < 0.05, ** p < 0.01, *** p < 0.001 ({tests})."
    if not compare:
        note += f" {NO_CRITERIA}"
    elif any(fit.reml is not measured[name].reml for name, fit in fits.items()):
        note += " AIC, BIC and log-likelihood are those of the fits by maximum likelihood."
    estimated = note_of(*(measured[name] for name in fits))
    return PaperView(tuple(fits), tuple(rows), f"{note} {estimated}" if estimated else note)


def _union(columns: list[dict[str, str]]) -> list[str]:
    """Return the labels of all models, the residual standard deviation last."""
    labels = list(dict.fromkeys(label for column in columns for label in column))
    return sorted(labels, key=lambda label: label == RESIDUAL)


def _ratio_note(fits: list[Fit]) -> str:
    words = dict.fromkeys(ratio_word(fit).replace("ratio", "ratios", 1) for fit in fits)
    return f"{' and '.join(words).capitalize()} with 95 % Wald intervals in brackets."


def _fixed(fit: Fit, stars: bool, digits: int, exponentiate: bool) -> dict[str, str]:
    method = usual_ddf(fit)
    p_values = coefficient_table(fit, method)["p"].to_numpy()
    table = fixed_rows(fit, 0.95, method)
    rows = (exponentiated(fit, table) if exponentiate else table).to_dict("records")
    found: dict[str, str] = {}
    for row, p in zip(rows, p_values, strict=True):
        limits = [_number(row[end], digits) for end in ("conf.low", "conf.high")]
        beside = f"[{limits[0]}, {limits[1]}]" if exponentiate else f"({_number(row['std.error'], digits)})"
        mark = next((mark for limit, mark in _STARS if p < limit), "") if stars else ""
        found[str(row["term"])] = f"{_number(row['estimate'], digits)} {beside}{mark}"
    return found


def _random(fit: Fit, digits: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in varcorr(fit).to_frame().to_dict("records"):
        if row["grp"] == "Residual":
            found[RESIDUAL] = _number(row["sdcor"], digits)
        elif pd.isna(row["var2"]):
            found[f"SD ({row['var1']} | {row['grp']})"] = _number(row["sdcor"], digits)
        else:
            found[f"Cor ({row['var1']}, {row['var2']} | {row['grp']})"] = _number(row["sdcor"], digits)
    return found


def _criteria(fit: Fit, measured: Fit, digits: int, *, compare: bool) -> dict[str, str]:
    groups = {f"Groups ({name})": str(n) for name, n in fit.design.ngroups.items()}
    found = likelihood(measured)
    numbers = {"AIC": found.aic, "BIC": found.bic, "Log-likelihood": found.loglik}
    is_shown = compare or not measured.reml
    texts = {label: f"{value:.{max(1, digits - 1)}f}" if is_shown else ML_NEEDED for label, value in numbers.items()}
    family = {"Family (link)": family_word(fit)} if family_word(fit) else {}
    return {"Observations": str(found.nobs), **groups, **family, **texts, "Criterion": method_word(fit)}


def _number(value: float, digits: int) -> str:
    if not math.isfinite(value):
        return "–"
    is_small = value != 0.0 and abs(value) < 10.0 ** (-digits + 1)
    return f"{value:.{digits}g}" if is_small else f"{value:.{digits}f}"
