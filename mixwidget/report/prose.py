"""A fit in words: a paragraph for the methods section and one for the results."""

from __future__ import annotations

import textwrap
from html import escape

from mixwidget.report.phrases import listed, t_phrase
from mixwidget.report.rformat import known
from mixwidget.report.rprint import WIDTH
from mixwidget.views.coefficients import CoefficientRow
from mixwidget.views.varcorr import TermRows
from mixwidget.views.words import WordsView

STYLE = "max-width: 44em; line-height: 1.5"  # a line that eyes can follow


class Prose(str):
    """Paragraphs: shown in lines of 80 characters, and in a notebook as text to read; a string in all else."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n\n".join(textwrap.fill(paragraph, WIDTH) for paragraph in self.split("\n\n"))

    def _repr_html_(self) -> str:
        paragraphs = "".join(f'<p style="margin: 0.4em 0">{escape(text)}</p>' for text in self.split("\n\n"))
        return f'<div class="mixwidget" style="{STYLE}">{paragraphs}</div>'


def prose(view: WordsView) -> Prose:
    """Return two paragraphs with the numbers of a fit."""
    return Prose(f"{_methods(view)}\n\n{_results(view)}")


def _methods(view: WordsView) -> str:
    predictors = [effect.name for effect in view.fixed if effect.name != "(Intercept)"]
    fixed = f"fixed effects of {listed(predictors)}" if predictors else "an intercept"
    criterion = "restricted maximum likelihood (REML)" if view.reml else "maximum likelihood"
    random = listed([_random_words(term) for term in view.terms])
    extra = " Rows were weighted." if view.has_weights else ""
    extra += " An offset was part of the mean." if view.has_offset else ""
    groups = dict(zip((term.group for term in view.terms), view.n_levels, strict=True))
    sizes = listed([f"{n} levels of {group}" for group, n in groups.items()])
    return (
        f"We fitted a linear mixed model of {view.response} to {view.n_rows} observations of {sizes} by {criterion}, "
        f"with {fixed} and {random}.{extra} Degrees of freedom are Satterthwaite's, intervals 95 % Wald intervals "
        f"(mixwidget {view.version})."
    )


def _random_words(term: TermRows) -> str:
    names = [row.name for row in term.rows]
    slopes = [name for name in names if name != "(Intercept)"]
    has_intercept = "(Intercept)" in names
    parts = (["intercepts"] if has_intercept else []) + ([f"slopes for {listed(slopes)}"] if slopes else [])
    correlated = " (correlated)" if len(names) > 1 else ""
    return f"by-{term.group} {' and '.join(parts)}{correlated}"


def _results(view: WordsView) -> str:
    effects = list(zip(view.fixed, view.limits, strict=True))
    effects = [(row, limits) for row, limits in effects if row.name != "(Intercept)"] or effects
    sentences = [_effect(row, limits) for row, limits in effects]
    for term in view.terms:
        spread = [f"{_number(row.sd)} for {_column(row.name)}" for row in term.rows]
        text = f"Between levels of {term.group} the standard deviation was {listed(spread)}"
        correlations = [value for row in term.rows for value in row.correlations if value is not None]
        if len(term.rows) == 2 and correlations:
            text += f" (correlation {correlations[0]:.2f})"
        sentences.append(f"{text}.")
    sentences.append(f"The residual standard deviation was {_number(view.sigma)}.")
    sentences.append(
        f"The fixed effects explain {100 * view.r2_marginal:.0f} % of the variance (marginal R²), fixed and random "
        f"effects together {100 * view.r2_conditional:.0f} % (conditional R²)."
    )
    if view.is_singular:
        sentences.append(
            "The fit is singular: a covariance matrix of the random effects has a direction without variance."
        )
    return " ".join(sentences)


def _effect(effect: CoefficientRow, limits: tuple[float | None, float | None]) -> str:
    name = "The intercept" if effect.name == "(Intercept)" else f"The effect of {effect.name}"
    return (
        f"{name} was {_number(effect.estimate)} (SE {_number(effect.se)}, 95 % CI [{_number(limits[0])}, "
        f"{_number(limits[1])}], {t_phrase(effect.statistic, effect.df, effect.p)})."
    )


def _column(name: str) -> str:
    return "intercepts" if name == "(Intercept)" else f"slopes of {name}"


def _number(value: float | None) -> str:
    return f"{known(value):.3g}" if abs(known(value)) < 1000 else f"{known(value):.0f}"
