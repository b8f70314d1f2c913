"""`all_fit`: the same model by every optimiser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixwidget.answers.answer import Answer
from mixwidget.answers.asked import FittedModel, refuse_no_fit
from mixwidget.answers.progress import Progress, progress_bar
from mixwidget.inference.all_fit import Runs, quantity_units
from mixwidget.inference.all_fit import all_fit as run_all

if TYPE_CHECKING:
    from mixwidget.plots.picture import Picture


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class AllFit(Answer):
    """The optimisers' answers side by side.

    Attributes
    ----------
    runs : Runs
        With each optimiser's path and estimates.
    """

    runs: Runs

    @property
    def agrees(self) -> bool:
        """Whether every optimiser ended at the same criterion."""
        return bool(self.frame["agrees"].all())

    def plot(self) -> Picture:
        """Return a picture of the criterion and of every estimate by optimiser.

        Axes are at least as wide as differences that matter: a tenth of a standard error to either side of the best.
        """
        from mixwidget.plots.all_fit import all_fit_chart
        from mixwidget.plots.picture import Picture

        formula = self.runs.fit.design.formula.text
        return Picture(all_fit_chart(self.frame, quantity_units(self.runs), formula))


def all_fit(fit: FittedModel, progress: bool | Progress = True) -> AllFit:
    """Fit a model again by every available optimiser, as ``lme4::allFit``.

    Our Newton from each of its starting values, and from lme4's start trust-region, L-BFGS-B, BFGS, Nelder-Mead,
    Powell, COBYLA, COBYQA (scipy 1.14) and nlopt's BOBYQA (where nlopt is installed). Cross products are formed once.
    Of a generalized model all parameters are searched together, fixed effects included.

    Parameters
    ----------
    fit : LmerModel or GlmerModel
    progress : bool or callable
        A bar for what takes more than a second. An interrupt keeps the answers that are there.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    >>> mw.all_fit(fit).agrees
    True
    """
    refuse_no_fit("all_fit", fit)
    runs = run_all(fit.fit, progress_bar("all optimisers", shown=progress))
    return AllFit(
        title=f"All optimisers: {fit.fit.design.formula.text}",
        sentence=runs.sentence(),
        frame=runs.to_frame(),
        runs=runs,
    )
