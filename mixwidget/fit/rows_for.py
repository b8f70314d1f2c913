"""What answers in place of a question that needs rows, where a fit holds sums instead."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from mixwidget.design.distant_rows import RowFacts, RowsNeededError

_COLUMN = "fit.augment() has them in the column '{}', batch by batch, and fit.augment(to='rows.parquet') writes them"
_SAMPLE = "fit a sample of them in a data frame, lmer(formula, sample)"
# By the name of what was asked; each sentence names what to call.
REMEDIES = {
    "fitted": _COLUMN.format(".fitted"),
    "resid": _COLUMN.format(".resid"),
    "hatvalues": _COLUMN.format(".hat"),
    "predict": "fit.augment() has them fitted in the column '.fitted', and fit.predict(data) predicts other data",
    "simulate": "fit.simulate(newdata=frame) draws responses for a frame of rows, and fit.bootstrap() needs none",
    "refit": "make the response a column of the data and fit again, lmer(formula, data)",
    "influence": f"fit.augment() has Cook's distances of rows in the column '.cooksd'; to leave out levels, {_SAMPLE}",
    "caic": f"fit.aic and fit.bic come without them; for the conditional AIC, {_SAMPLE}",
    "plot": f"fit.plot('qq_modes') draws the random effects without them; for residuals, {_SAMPLE}",
    "lines": f"fit.caterpillar() shows the levels without them; for lines among their rows, {_SAMPLE}",
    "shrinkage": f"fit.caterpillar() shows the levels without them; for their own estimates, {_SAMPLE}",
    "effects": f"fit.emmeans() has the means without them; for the picture, {_SAMPLE}",
    "bootstrap": "fit.bootstrap(type='parametric') draws from their sums",
    "alternatives": _SAMPLE,
    "compare_with_lme4": _SAMPLE,
}

# The same of generalized models, which hold merged rows: of these sums are drawn, where they are all that counts.
_OF_MERGED = {
    "simulate": "fit.simulate(newdata=frame) draws responses for a frame of rows",
    "bootstrap": (
        "fit.bootstrap() of all parameters draws from merged rows, where the model has no dispersion and no free shape"
        f"; for any other bootstrap, {_SAMPLE}"
    ),
}


def remedy_of(what: str, facts: RowFacts) -> str:
    """Return what answers in place of a question, for a fit of these rows."""
    if facts.products is not None:
        return REMEDIES[what]
    return _OF_MERGED.get(what, REMEDIES[what]).replace(" lmer(", " glmer(")


@contextmanager
def rows_for(what: str) -> Generator[None]:
    """Have whatever needs rows within say, of a fit without rows, what answers in place of `what`.

    Raises
    ------
    RowsNeededError
        If rows were needed that are not held.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.in_batches(mw.load_dataset("sleepstudy")))
    >>> fit.refit([1.0])
    Traceback (most recent call last):
      ...
    mixwidget.design.distant_rows.RowsNeededError: refit needs the rows of the data, which a fit of a frame in batches
    does not hold; make the response a column of the data and fit again, lmer(formula, data)
    """
    try:
        yield
    except RowsNeededError as error:
        raise RowsNeededError(error.facts, what, remedy_of(what, error.facts)) from None
