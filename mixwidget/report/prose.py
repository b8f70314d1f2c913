"""A fit in words: a paragraph for the methods section and one for the results."""

from __future__ import annotations

import math
import textwrap
from html import escape

from mixwidget.report.rprint import WIDTH
from mixwidget.views.words import EffectView, RandomTermView, WordsView

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
    fixed = f"fixed effects of {_listed(predictors)}" if predictors else "an intercept"
    criterion = "restricted maximum likelihood (REML)" if view.reml else "maximum likelihood"
    random = _listed([_random_words(term) for term in view.terms])
    extra = " Rows were weighted." if view.has_weights else ""
    extra += " An offset was part of the mean." if view.has_offset else ""
    groups = dict.fromkeys((term.group, term.n_levels) for term in view.terms)
    sizes = _listed([f"{n} levels of {group}" for group, n in groups])
    return (
        f"We fitted a linear mixed model of {view.response} to {view.n_rows} observations of {sizes} by {criterion}, "
        f"with {fixed} and {random}.{extra} Degrees of freedom are Satterthwaite's, intervals 95 % Wald intervals "
        f"(mixwidget {view.version})."
    )


def _random_words(term: RandomTermView) -> str:
    slopes = [name for name in term.columns if name != "(Intercept)"]
    has_intercept = "(Intercept)" in term.columns
    parts = (["intercepts"] if has_intercept else []) + ([f"slopes for {_listed(slopes)}"] if slopes else [])
    correlated = " (correlated)" if len(term.columns) > 1 else ""
    return f"by-{term.group} {' and '.join(parts)}{correlated}"


def _results(view: WordsView) -> str:
    effects = [effect for effect in view.fixed if effect.name != "(Intercept)"] or list(view.fixed)
    sentences = [_effect(effect) for effect in effects]
    for term in view.terms:
        spread = [f"{_number(sd)} for {_column(name)}" for name, sd in zip(term.columns, term.sd, strict=True)]
        text = f"Between levels of {term.group} the standard deviation was {_listed(spread)}"
        correlations = [value for row in term.correlations for value in row if not math.isnan(value)]
        if len(term.columns) == 2 and correlations:
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


def _effect(effect: EffectView) -> str:
    name = "The intercept" if effect.name == "(Intercept)" else f"The effect of {effect.name}"
    df = f"{effect.df:.1f}" if math.isfinite(effect.df) else "∞"
    return (
        f"{name} was {_number(effect.estimate)} (SE {_number(effect.se)}, 95 % CI [{_number(effect.lower)}, "
        f"{_number(effect.upper)}], t({df}) = {effect.statistic:.2f}, {_p(effect.p)})."
    )


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _column(name: str) -> str:
    return "intercepts" if name == "(Intercept)" else f"slopes of {name}"


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""
