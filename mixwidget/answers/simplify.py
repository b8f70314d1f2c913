"""`simplify`: from the maximal random-effects structure down, every step shown; and what is one step simpler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import pandas as pd

from mixwidget.answers.answer import Answer
from mixwidget.answers.asked import FittedModel, refuse_no_fit, with_fit
from mixwidget.answers.progress import Progress, progress_bar
from mixwidget.errors import OptionError
from mixwidget.inference.criterion_errors import finding_of
from mixwidget.inference.simplify import RULES, Ladder, Rung, every_step, fixef_moves, terms_of
from mixwidget.inference.simplify import simplify as walk_down
from mixwidget.inference.verdict import verdict
from mixwidget.widgets.refit import widget

if TYPE_CHECKING:
    from mixwidget.widgets.fit_widget import FitWidget

M = TypeVar("M", bound=FittedModel)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Simplified(Answer, Generic[M]):
    """The path of models, from the start down to the one that was chosen.

    Attributes
    ----------
    models : tuple of LmerModel
        One for each row of the table.
    chosen : LmerModel
    """

    models: tuple[M, ...]
    chosen: M

    def picker(self, theme: str = "auto") -> FitWidget:
        """Return the structure picker with every step in its ladder; undo and redo go up and down the path.

        Parameters
        ----------
        theme : {"auto", "light", "dark"}

        Examples
        --------
        >>> import mixwidget as mw
        >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
        >>> picker = mw.simplify(fit, "lrt").picker()
        >>> [rung["npar"] for rung in picker.ladder["rungs"]], picker.fit.npar
        ([6, 5, 4], 5)
        """
        return widget(self.chosen, "picker", theme, self.models)

    def explorer(self, theme: str = "auto") -> FitWidget:
        """Return the explorer of the chosen model, its picker holding every step as `picker` does."""
        return widget(self.chosen, "explorer", theme, self.models)


def simplify(fit: M, rule: str = "not singular", progress: bool | Progress = True) -> Simplified[M]:
    """Take the random part of a fit apart step by step until a rule says stop; the whole path is kept.

    Correlations go first, then slopes of interactions, then main slopes, then intercepts; within a kind the step that
    costs least. Refits use the cross products that are there.

    Parameters
    ----------
    fit : LmerModel
    rule : {"not singular", "converged", "lrt", "aic"}
        Stop at the first model that is not singular; that converged; from which a step has p < 0.2 in the likelihood
        ratio test (Matuschek et al. 2017); from which a step raises AIC.
    progress : bool or callable
        A bar where it takes longer than a second, none, or a function of (done, total).

    Raises
    ------
    OptionError
        If the rule is not known, or is "lrt" for a fit under a prior.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    >>> mw.simplify(fit, "aic").chosen.formula
    'Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)'
    """
    refuse_no_fit("simplify", fit)
    if rule not in RULES:
        listed = ", ".join(repr(one) for one in RULES if one != "lrt" or not fit.fit.priors)
        raise OptionError(f"simplify: rule={rule!r} is not known; choose one of {listed}")
    if rule == "lrt" and fit.fit.priors:
        raise OptionError(
            "simplify: rule='lrt' compares maxima of the likelihood, and a fit under a prior is none; "
            "use another rule, or fit without the prior"
        )
    ladder = walk_down(fit.fit, rule, progress_bar("simplify", shown=progress))
    models = tuple(with_fit(fit, rung.fit) for rung in ladder.rungs)
    frame = ladder_frame(ladder.rungs)
    frame["chosen"] = [i == ladder.chosen for i in range(len(frame))]
    chosen = models[ladder.chosen]
    title = f"From {fit.fit.design.formula.text} downwards"
    return Simplified(
        title=title,
        sentence=_sentence(ladder, chosen),
        frame=frame,
        notes=finding_of(*(rung.fit for rung in ladder.rungs)),
        models=models,
        chosen=chosen,
    )


def simpler(fit: FittedModel) -> Answer:
    """Return every structure one step below a fit, each fitted, with what changes in the fixed effects."""
    refuse_no_fit("simpler", fit)
    top = Rung("this fit", terms_of(fit.fit), fit.fit, verdict(fit.fit), None, 0, None)
    steps = every_step(top)
    frame = ladder_frame((top, *steps))
    changes = np.array([rung.fit.estimates.beta - fit.fit.estimates.beta for rung in (top, *steps)])
    frame[[f"change {name}" for name in fit.fit.design.x_names]] = changes
    best = min(steps, key=lambda rung: rung.fit.optimum.evaluation.value, default=None)
    if best is None:
        return Answer(f"One step below {fit.fit.design.formula.text}", "Nothing simpler is left.", frame)
    why = "as there is a prior" if fit.fit.priors else "as the criteria are not known well enough"
    cost = f"{best.step} leads to {best.fit.design.formula.text}, without a test {why}"
    if best.chisq is not None and best.p is not None:
        cost = f"{best.step} costs {best.chisq:.4g} units of the criterion (p = {best.p:.2g})"
    move = fixef_moves(fit.fit, best.fit)
    sentence = f"The cheapest step: {cost}; no fixed effect moves by more than {move[0]:.2g} standard errors."
    notes = finding_of(*(rung.fit for rung in (top, *steps)))
    return Answer(f"One step below {fit.fit.design.formula.text}", sentence, frame, notes)


def ladder_frame(rungs: tuple[Rung, ...]) -> pd.DataFrame:
    """Return one row for each model: step, formula, criterion, test, AIC, verdict, largest move of a fixed effect."""
    top = rungs[0].fit
    rows = [
        {
            "formula": rung.fit.design.formula.text,
            "criterion": rung.fit.optimum.evaluation.value,
            "chisq": rung.chisq,
            "df": rung.df or None,
            "p": rung.p,
            "aic": rung.aic,
            "verdict": rung.verdict.code,
            "fixef_move": fixef_moves(top, rung.fit)[0],
        }
        for rung in rungs
    ]
    index = pd.Index([rung.step for rung in rungs], name="step")
    frame = pd.DataFrame(rows, index=index)
    return frame.astype({"chisq": float, "df": float, "p": float})


def _sentence(ladder: Ladder, chosen: Any) -> str:
    reason = ladder.reason[:1].lower() + ladder.reason[1:]
    if ladder.chosen == 0:
        return f"The model stays as it is: {reason}."
    n = ladder.chosen
    return f"{n} step{'s' if n > 1 else ''} down to {chosen.fit.design.formula.text}: {reason}."
