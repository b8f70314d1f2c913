"""A fit beside its rivals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mixwidget.answers.asked import refuse_no_fit
from mixwidget.answers.result_table import ResultTable, shown
from mixwidget.fit.rows_for import rows_for
from mixwidget.inference.alternatives import Beside, beside
from mixwidget.views.looks import alternatives_look

if TYPE_CHECKING:
    from mixwidget.plots.picture import Picture


@dataclass(frozen=True, eq=False, repr=False)
class Alternatives:
    """The same coefficients by several methods.

    Attributes
    ----------
    beside : Beside
        The table, what each method answers, and what to know about their differences.
    level : float
        Of the intervals.
    formula : str
        Of the fit.
    """

    beside: Beside
    level: float = 0.95
    formula: str = ""

    @property
    def answers(self) -> pd.Series:
        """What each method answers."""
        return pd.Series(dict(self.beside.answers), name="answers")

    @property
    def table(self) -> pd.DataFrame:
        """All estimates: method, term, estimate, se, df, lower, upper."""
        return self.beside.table

    @property
    def note(self) -> str:
        """What to know about the differences between the methods; empty where nothing is to be said."""
        return self.beside.note

    def to_frame(self) -> ResultTable:
        """Return estimate and se with the methods as columns, one row a coefficient."""
        order = list(dict.fromkeys(self.table["term"]))
        methods = list(self.beside.answers)
        wide = self.table.pivot_table(index="term", columns="method", values=["estimate", "se"], sort=False)
        columns = [(name, field) for name in methods for field in ("estimate", "se")]
        frame = wide.swaplevel(axis=1).reindex(index=order, columns=pd.MultiIndex.from_tuples(columns))
        return shown(frame, alternatives_look(self.answers.to_dict(), self.note))

    def plot(self) -> Picture:
        """Return a picture of estimate and interval by coefficient and method, with what each answers."""
        from mixwidget.plots.alternatives import alternatives_chart
        from mixwidget.plots.picture import Picture

        return Picture(alternatives_chart(self.table, self.answers, self.level, self.formula, self.note))

    def _shown(self) -> ResultTable:
        """Return the methods below one another, which fits on a page."""
        return shown(self.to_frame().T, alternatives_look(self.answers.to_dict(), self.note))

    def __repr__(self) -> str:
        return repr(self._shown())

    def _repr_html_(self) -> str | None:
        return self._shown().as_html()


def alternatives(fit: Any, group: str | None = None, level: float = 0.95) -> Alternatives:
    """Show a fit beside other methods on the same data, by statsmodels.

    Of a linear model: pooled least squares, the same with cluster-robust errors, the within (fixed-effects) model, GEE
    with exchangeable correlation, and statsmodels' mixed model. Of a generalized one: a pooled GLM, the same with
    cluster-robust errors, GEE with exchangeable correlation, the mean of separate regressions for each group, and for
    0/1 data with random intercepts of one factor the conditional logit. Pooled GLM and GEE estimate marginal effects,
    averages over groups; the others conditional ones, for a group that is given: ``.note`` says how far apart they are.

    Parameters
    ----------
    fit : LmerModel or GlmerModel
    group : str, optional
        The grouping factor that the rivals use; the first unless given.
    level : float
        Of the intervals.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    >>> rivals = mw.alternatives(fit)
    >>> rivals.to_frame().loc["Days", ("pooled OLS", "estimate")].round(4)
    np.float64(10.4673)
    >>> cbpp = mw.load_dataset("cbpp")
    >>> binary = mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", cbpp)
    >>> estimates = mw.alternatives(binary).to_frame().xs("estimate", axis=1, level=1)
    >>> estimates.loc["period4", ["mixed model", "pooled GLM", "conditional logit"]].round(2).tolist()
    [-1.58, -1.78, -1.44]
    """
    refuse_no_fit("alternatives", fit)
    with rows_for("alternatives"):
        return Alternatives(beside(fit.fit, group, level), level, fit.fit.design.formula.text)
