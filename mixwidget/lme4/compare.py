"""`compare_with_lme4`: the same model fitted by R's lme4, and how far its numbers are from those of a fit."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pandas as pd

from mixwidget.answers.answer import Answer
from mixwidget.answers.asked import FittedModel, refuse_no_fit
from mixwidget.errors import OptionError
from mixwidget.fit.data_frame import data_table
from mixwidget.fit.fit import Fit
from mixwidget.fit.r_call import r_call
from mixwidget.fit.r_words import r_arguments
from mixwidget.fit.rows_for import rows_for
from mixwidget.lme4.differences import Differences, differences
from mixwidget.lme4.rscript import Task, ask_r, find_rscript
from mixwidget.report.r_code import r_code

SAME = 1e-3  # units of the criterion: R's optimisers stop at about 1e-4


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ComparisonWithLme4(Answer):
    """A fit beside the one of lme4.

    Attributes
    ----------
    code : str
        What R ran.
    said : tuple of str
        Its warnings and messages.
    versions : dict of str to str
        Of R and lme4.
    """

    code: str
    said: tuple[str, ...]
    versions: dict[str, str]


def compare_with_lme4(fit: FittedModel, rscript: str | os.PathLike[str] | None = None) -> ComparisonWithLme4:
    """Fit the same model with lme4 in R and return the differences: criterion, estimates, errors, modes.

    Data and code (``fit.to_r()``) are written to a folder that is deleted afterwards; nothing leaves the machine.

    Parameters
    ----------
    fit : LmerModel or GlmerModel
    rscript : str or path, optional
        The program; the one on the PATH unless given.

    Returns
    -------
    ComparisonWithLme4
        A sentence and a table; ``.frame`` has the numbers, `said` what lme4 said, `code` what was run.

    Raises
    ------
    FitError
        If there is no R, R has no lme4, or it cannot fit the model; the sentence says which.
    OptionError
        If the fit has priors, which lme4 has not, or was given weights, an offset or rows as values without a name.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    >>> mw.compare_with_lme4(fit, rscript="/no/such/Rscript")
    Traceback (most recent call last):
      ...
    mixwidget.errors.FitError: compare_with_lme4: there is no Rscript at /no/such/Rscript; install R, or say where it is
    by rscript=
    """
    refuse_no_fit("compare_with_lme4", fit)
    with rows_for("compare_with_lme4"):
        task = task_of(fit.fit)
    found = ask_r(find_rscript(rscript), task)
    apart = differences(fit.fit, found)
    versions = {line.kind: line.value for line in found if line.kind in ("R", "lme4")}
    said = tuple(line.value for line in found if line.kind == "said")
    return ComparisonWithLme4(
        title=f"mixwidget and lme4 {versions['lme4']}: {fit.fit.design.formula.text}",
        sentence=_sentence(apart, said, r_call(fit.fit).remark),
        frame=apart.frame,
        code=task.code,
        said=said,
        versions=versions,
    )


def task_of(fit: Fit) -> Task:
    """Return data and code for R.

    Raises
    ------
    OptionError
        If lme4 has no such model.
    """
    if fit.priors:
        raise OptionError("compare_with_lme4: lme4 has no priors; compare a fit without them, or run fit.to_r() in R")
    arguments = r_arguments(fit)
    # lmerTest would add p values, which are not compared
    arguments["packages"] = [name for name in arguments["packages"] if name != "lmerTest"]
    table = data_table(fit)
    columns = {name: table.read(name).reset_index(drop=True) for name in table.names}
    return Task(pd.DataFrame(columns), fit.call.data or "data", r_code(**arguments))


def _sentence(apart: Differences, said: tuple[str, ...], remark: str) -> str:
    size = _size(abs(apart.criterion))
    fixef = f"fixed effects by at most {_size(apart.fixef)} standard errors"
    if remark:
        found = f"The two minimise different criteria ({remark}); they differ by {size}, {fixef}."
    elif abs(apart.criterion) <= SAME:
        found = f"The two agree: criteria differ by {size}, {fixef}."
    elif apart.criterion < 0.0:
        found = f"mixwidget's criterion is lower by {size}: lme4 stopped before the optimum, {fixef} away."
    else:
        found = f"lme4's criterion is lower by {size}: mixwidget missed the optimum, {fixef}; please report it."
    single = f" {apart.n_single} numbers stand on one side only." if apart.n_single else ""
    told = f" lme4 says: {said[0].rstrip()}" if said else ""
    return found + single + told


def _size(value: float) -> str:
    return f"{value:.2g}" if value >= 1e-3 else f"{value:.0e}"
