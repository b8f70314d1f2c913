"""The pieces of sentences that paragraphs about linear and generalized models share."""

from __future__ import annotations

from collections.abc import Sequence

from mixwidget.report.phrases import listed
from mixwidget.report.rformat import known
from mixwidget.views.varcorr import TermRows
from mixwidget.views.words import WordsView

SINGULAR = "The fit is singular: a covariance matrix of the random effects has a direction without variance."


def number_phrase(value: float | None) -> str:
    """Return a number with three significant digits.

    Examples
    --------
    >>> number_phrase(0.123456), number_phrase(12345.6)
    ('0.123', '12346')
    """
    return f"{known(value):.3g}" if abs(known(value)) < 1000 else f"{known(value):.0f}"


def model_parts(view: WordsView) -> str:
    """Return fixed and random part: ``"fixed effects of Days and by-Subject intercepts"``."""
    predictors = [effect.name for effect in view.fixed if effect.name != "(Intercept)"]
    alone = "an intercept" if view.fixed else "no fixed effects"
    fixed = f"fixed effects of {listed(predictors)}" if predictors else alone
    return f"{fixed} and {listed([_random_words(term) for term in view.terms])}"


def sizes_phrase(view: WordsView) -> str:
    """Return rows and levels: ``"180 observations of 18 levels of Subject"``."""
    groups = dict(zip((term.group for term in view.terms), view.n_levels, strict=True))
    return f"{view.n_rows} observations of {listed([f'{n} levels of {group}' for group, n in groups.items()])}"


def spread_sentences(view: WordsView, unit: str = "") -> list[str]:
    """Return one sentence about the standard deviations of each random-effects term, in a unit of a name."""
    sentences: list[str] = []
    for term in view.terms:
        spread = [f"{number_phrase(row.sd)} for {_column(row.name)}" for row in term.rows]
        measured = f" ({unit})" if unit else ""
        text = f"Between levels of {term.group} the standard deviation{measured} was {listed(spread)}"
        correlations = [value for row in term.rows for value in row.correlations if value is not None]
        if len(term.rows) == 2 and correlations:
            text += f" (correlation {correlations[0]:.2f})"
        sentences.append(f"{text}.")
    return sentences


def explained_sentence(view: WordsView, scale: str = "") -> str:
    """Return the sentence about R squared, on a scale of a name."""
    return (
        f"The fixed effects explain {100 * view.r2_marginal:.0f} % of the variance{scale} (marginal R²), fixed and "
        f"random effects together {100 * view.r2_conditional:.0f} % (conditional R²)."
    )


def effect_name(name: str) -> str:
    """Return what a coefficient is called at the beginning of a sentence."""
    return "The intercept" if name == "(Intercept)" else f"The effect of {name}"


def told_effects(view: WordsView) -> list[int]:
    """Return the places of the fixed effects that the results are about: all but the intercept, unless it is alone."""
    places = [i for i, row in enumerate(view.fixed) if row.name != "(Intercept)"]
    return places or list(range(len(view.fixed)))


def _random_words(term: TermRows) -> str:
    names: Sequence[str] = [row.name for row in term.rows]
    slopes = [name for name in names if name != "(Intercept)"]
    has_intercept = "(Intercept)" in names
    parts = (["intercepts"] if has_intercept else []) + ([f"slopes for {listed(slopes)}"] if slopes else [])
    correlated = " (correlated)" if len(names) > 1 else ""
    return f"by-{term.group} {' and '.join(parts)}{correlated}"


def _column(name: str) -> str:
    return "intercepts" if name == "(Intercept)" else f"slopes of {name}"
