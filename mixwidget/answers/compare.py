"""Several fits side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from mixwidget.answers.result_table import ResultTable, shown
from mixwidget.errors import DataError, OptionError
from mixwidget.fit.caller import names_in_caller
from mixwidget.fit.fit import Fit
from mixwidget.fit.refit import refit_ml
from mixwidget.inference.compare import ComparedFits, compare_fits
from mixwidget.report.comparison_html import comparison_html
from mixwidget.report.paper_table import PaperTable
from mixwidget.report.summary_text import sentence
from mixwidget.report.text import comparison_text
from mixwidget.views.comparison import ComparisonView, comparison_view
from mixwidget.views.looks import comparison_look
from mixwidget.views.paper import paper_view
from mixwidget.views.result_table import Look


@dataclass(frozen=True, eq=False)
class Comparison:
    """Likelihood-ratio table and estimates of several fits; text in a terminal, a table in a notebook."""

    fits: Mapping[str, Any]
    ratios: ComparedFits

    @cached_property
    def view(self) -> ComparisonView:
        """The comparison as plain data."""
        return comparison_view(self.ratios, _wrapped(self.fits))

    def to_frame(self) -> ResultTable:
        """Return the likelihood-ratio table: npar, AIC, BIC, logLik, deviance, Chisq, Df, Pr(>Chisq).

        Where variances are tested, the p value is that of the mixture of chi-squares.
        """
        rows = self.ratios.rows
        columns = {
            "npar": [row.npar for row in rows],
            "AIC": [row.aic for row in rows],
            "BIC": [row.bic for row in rows],
            "logLik": [row.loglik for row in rows],
            "deviance": [row.deviance for row in rows],
            "Chisq": [row.chisq for row in rows],
            "Df": [row.df for row in rows],
            "Pr(>Chisq)": [row.p for row in rows],
        }
        table = pd.DataFrame(columns, index=[row.name for row in rows])
        table = table.astype({"Chisq": float, "Df": float, "Pr(>Chisq)": float})
        return shown(table, self._look())

    def _look(self) -> Look:
        notes = [sentence(found.message) for found in self.ratios.diagnostics]
        return comparison_look(self.ratios.method, notes, is_refitted=self.ratios.is_refitted)

    def table(
        self, stars: bool = False, digits: int = 3, criteria: str = "own", exponentiate: bool = False
    ) -> PaperTable:
        """Return the table of papers: estimates with standard errors side by side, then variances, sizes, criteria.

        It becomes a data frame, HTML, LaTeX or Markdown: ``.to_frame()``, ``.to_html()``, ``.to_latex()``,
        ``.to_markdown()``.

        Parameters
        ----------
        stars : bool
        digits : int
        criteria : {"own", "ML"}
            AIC, BIC and log-likelihood of the fits as they are, left out where they do not compare (REML fits with
            other fixed effects, or beside ML fits); or of their fits by maximum likelihood, which always do.
        exponentiate : bool
            Fixed effects of generalized models as odds or rate ratios, with 95 % Wald intervals.
        """
        if criteria not in ("own", "ML"):
            raise OptionError(f"table: criteria={criteria!r} is not known; choose 'own' or 'ML'")
        fits = _wrapped(self.fits)
        measured = {name: refit_ml(fit) for name, fit in fits.items()} if criteria == "ML" else fits
        return PaperTable(paper_view(fits, stars=stars, digits=digits, measured=measured, exponentiate=exponentiate))

    def __str__(self) -> str:
        return comparison_text(self.view)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return comparison_html(self.view)


@dataclass(frozen=True, eq=False, repr=False)
class LikelihoodRatios(Comparison):
    """A comparison whose table also has the p values that lme4 prints for tests of variances."""

    def to_frame(self) -> ResultTable:
        """Return the table of `Comparison` and ``plain p``: the chi-square's, NaN where no variance is tested."""
        table = super().to_frame().copy()
        table["plain p"] = pd.Series([row.plain_p for row in self.ratios.rows], index=table.index, dtype=float)
        return shown(table, self._look())


def anova(*fits: Any, refit: bool = True, **named: Any) -> LikelihoodRatios:
    """Compare fits of the same response by likelihood ratios, as ``anova(m1, m2)`` of lme4.

    Parameters
    ----------
    *fits : LmerModel
        Called by the names of the variables that hold them, as in R; or one mapping of names to fits.
    refit : bool
        True: REML fits are fitted again by maximum likelihood, and the table says so. False: REML criteria are
        compared, which needs the same fixed effects.
    **named : LmerModel
        Fits with names of their own.

    Returns
    -------
    LikelihoodRatios
        `to_frame` has npar, AIC, BIC, logLik, deviance, Chisq, Df, Pr(>Chisq), plain p. Where variances are tested,
        which are zero on the boundary of their range, Pr(>Chisq) is that of the mixture of chi-squares, and plain p
        that of the chi-square, as lme4 prints it. Models that are not nested get
        information criteria only; so do fits with other weights or offsets.

    Raises
    ------
    DataError
        If there are fewer than two fits, if their rows or responses differ, or if REML criteria do not compare.

    Examples
    --------
    >>> import mixwidget as mw
    >>> sleep = mw.load_dataset("sleepstudy")
    >>> null = mw.lmer("Reaction ~ 1 + (Days | Subject)", sleep)
    >>> days = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep)
    >>> mw.anova(null, days).to_frame()["Chisq"].round(4).tolist()
    [nan, 23.5365]
    """
    collected = named_fits(fits, named, depth=2)
    return LikelihoodRatios(collected, compare_fits(_wrapped(collected), refit=refit))


def compare(*fits: Any, **named: Any) -> Comparison:
    """Compare fits of the same response, as ``lme4::anova(m1, m2)``.

    Parameters
    ----------
    *fits : LmerModel
        Called by the names of the variables that hold them, as in R; or one mapping of names to fits.
    **named : LmerModel
        Fits with names of their own.

    Raises
    ------
    DataError
        If there are fewer than two fits, or if they are not of the same rows and response.

    Examples
    --------
    >>> import mixwidget as mw
    >>> sleep = mw.load_dataset("sleepstudy")
    >>> one = mw.lmer("Reaction ~ Days + (1 | Subject)", sleep)
    >>> two = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep)
    >>> mw.compare(one, two).to_frame()["Chisq"].round(4).tolist()
    [nan, 42.8368]
    """
    collected = named_fits(fits, named, depth=2)
    return Comparison(collected, compare_fits(_wrapped(collected)))


def named_fits(fits: tuple[Any, ...], named: Mapping[str, Any], *, depth: int) -> dict[str, Any]:
    """Return fits by name: their own, that of a variable of the caller `depth` frames up, or "model 1" and so on."""
    if len(fits) == 1 and isinstance(fits[0], Mapping):
        return {**fits[0], **named}
    found = names_in_caller(list(fits), depth=depth + 1)
    names = [name or f"model {i}" for i, name in enumerate(found, start=1)]
    if len({*names, *named}) < len(names) + len(named):  # one fit given twice
        names = [f"model {i}" for i in range(1, len(fits) + 1)]
    return {**dict(zip(names, fits, strict=True)), **named}


def _wrapped(models: Mapping[str, Any]) -> dict[str, Fit]:
    """Return the fits that models wrap.

    Raises
    ------
    DataError
        If something else stands among them.
    """
    for name, model in models.items():
        if not isinstance(getattr(model, "fit", None), Fit):
            raise DataError(
                f"{name!r} is {type(model).__name__}, not a fit; a comparison takes fits of lmer or glmer, one by one"
            )
    return {name: model.fit for name, model in models.items()}
