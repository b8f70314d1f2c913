"""A fit beside its rivals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mixwidget.answers.asked import refuse_no_fit
from mixwidget.answers.result_table import ResultTable, shown
from mixwidget.inference.alternatives import ANSWERS, alternatives_table
from mixwidget.views.looks import alternatives_look

if TYPE_CHECKING:
    from mixwidget.plots.picture import Picture


@dataclass(frozen=True, eq=False, repr=False)
class Alternatives:
    """The same coefficients by several methods.

    Attributes
    ----------
    table : DataFrame
        method, term, estimate, se, df, lower, upper.
    level : float
        Of the intervals.
    formula : str
        Of the fit.
    """

    table: pd.DataFrame
    level: float = 0.95
    formula: str = ""

    @property
    def answers(self) -> pd.Series:
        """What each method answers."""
        methods = self.table["method"].unique()
        return pd.Series({name: ANSWERS[name] for name in methods}, name="answers")

    def to_frame(self) -> ResultTable:
        """Return estimate and se with the methods as columns, one row a coefficient."""
        order = list(dict.fromkeys(self.table["term"]))
        methods = list(dict.fromkeys(self.table["method"]))
        wide = self.table.pivot_table(index="term", columns="method", values=["estimate", "se"], sort=False)
        columns = [(name, field) for name in methods for field in ("estimate", "se")]
        frame = wide.swaplevel(axis=1).reindex(index=order, columns=pd.MultiIndex.from_tuples(columns))
        return shown(frame, alternatives_look(self.answers.to_dict()))

    def plot(self) -> Picture:
        """Return a picture of estimate and interval by coefficient and method, with what each answers."""
        from mixwidget.plots.alternatives import alternatives_chart
        from mixwidget.plots.picture import Picture

        return Picture(alternatives_chart(self.table, self.answers, self.level, self.formula))

    def _shown(self) -> ResultTable:
        """Return the methods below one another, which fits on a page."""
        return shown(self.to_frame().T, alternatives_look(self.answers.to_dict()))

    def __repr__(self) -> str:
        return repr(self._shown())

    def _repr_html_(self) -> str | None:
        return self._shown().as_html()


def alternatives(fit: Any, group: str | None = None, level: float = 0.95) -> Alternatives:
    """Show a fit beside other methods on the same data, by statsmodels.

    Pooled least squares, the same with cluster-robust errors, the within (fixed-effects) model, GEE with exchangeable
    correlation, and statsmodels' mixed model.

    Parameters
    ----------
    fit : LmerModel
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
    """
    refuse_no_fit("alternatives", fit)
    return Alternatives(alternatives_table(fit.fit, group, level), level, fit.fit.design.formula.text)
