"""A fit in words: a paragraph for the methods section and one for the results."""

from __future__ import annotations

import textwrap
from html import escape

from mixwidget.report.phrases import t_phrase
from mixwidget.report.prose_generalized import generalized_paragraphs
from mixwidget.report.prose_pieces import (
    SINGULAR,
    effect_name,
    explained_sentence,
    model_parts,
    number_phrase,
    sizes_phrase,
    spread_sentences,
    told_effects,
)
from mixwidget.report.rprint import WIDTH
from mixwidget.views.coefficients import CoefficientRow
from mixwidget.views.words import WordsView

STYLE = "max-width: 44em; line-height: 1.5"  # a line that eyes can follow


class Prose(str):
    """Paragraphs: shown in lines of 80 characters, and in a notebook as text to read; a string in all else."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n\n".join(textwrap.fill(paragraph, WIDTH, break_on_hyphens=False) for paragraph in self.split("\n\n"))

    def _repr_html_(self) -> str:
        paragraphs = "".join(f'<p style="margin: 0.4em 0">{escape(text)}</p>' for text in self.split("\n\n"))
        return f'<div class="mixwidget" style="{STYLE}">{paragraphs}</div>'


def prose(view: WordsView) -> Prose:
    """Return two paragraphs with the numbers of a fit."""
    if view.generalized is not None:
        return Prose("\n\n".join(generalized_paragraphs(view, view.generalized)))
    return Prose(f"{_methods(view)}\n\n{_results(view)}")


def _methods(view: WordsView) -> str:
    criterion = "restricted maximum likelihood (REML)" if view.reml else "maximum likelihood"
    extra = " Rows were weighted." if view.has_weights else ""
    extra += " An offset was part of the mean." if view.has_offset else ""
    extra += f" {view.crossed}" if view.crossed else ""
    return (
        f"We fitted a linear mixed model of {view.response} to {sizes_phrase(view)} by {criterion}, "
        f"with {model_parts(view)}.{extra} Degrees of freedom are Satterthwaite's, intervals 95 % Wald intervals "
        f"(mixwidget {view.version})."
    )


def _results(view: WordsView) -> str:
    sentences = [_effect(view.fixed[i], view.limits[i]) for i in told_effects(view)]
    sentences += spread_sentences(view)
    sentences.append(f"The residual standard deviation was {number_phrase(view.sigma)}.")
    sentences.append(explained_sentence(view))
    if view.is_singular:
        sentences.append(SINGULAR)
    return " ".join(sentences)


def _effect(effect: CoefficientRow, limits: tuple[float | None, float | None]) -> str:
    return (
        f"{effect_name(effect.name)} was {number_phrase(effect.estimate)} (SE {number_phrase(effect.se)}, "
        f"95 % CI [{number_phrase(limits[0])}, {number_phrase(limits[1])}], "
        f"{t_phrase(effect.statistic, effect.df, effect.p)})."
    )
