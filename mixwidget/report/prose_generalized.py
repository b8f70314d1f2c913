"""A generalized model in words: a paragraph for the methods section and one for the results."""

from __future__ import annotations

import math

from mixwidget.report.phrases import listed, z_phrase
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
from mixwidget.report.rformat import known
from mixwidget.views.generalized_words import GeneralizedWords, Span
from mixwidget.views.words import WordsView

FAMILIES = {"negative.binomial": "negative binomial", "inverse.gaussian": "inverse Gaussian", "poisson": "Poisson"}


def generalized_paragraphs(view: WordsView, words: GeneralizedWords) -> tuple[str, str]:
    """Return methods and results with the numbers of a fit."""
    return _methods(view, words), _results(view, words)


def _methods(view: WordsView, words: GeneralizedWords) -> str:
    family = FAMILIES.get(words.distribution, words.distribution)
    fitted = (
        f"We fitted a mixed-effects {words.regression} regression ({family} family, {words.link} link) of the "
        f"{words.modelled} to {sizes_phrase(view)} by maximum likelihood ({words.approximation}), "
        f"with {model_parts(view)}."
    )
    sentences = [fitted]
    if words.codings:
        sentences.append(f"Predictors entered as follows: {'; '.join(words.codings)}.")
    sentences += ["Prior weights were given."] if view.has_weights and words.kind != "counts of trials" else []
    sentences += ["An offset was part of the linear predictor."] if view.has_offset else []
    sentences.append(f"Tests are Wald z tests, intervals 95 % Wald intervals (mixwidget {view.version}).")
    return " ".join(sentences)


def _results(view: WordsView, words: GeneralizedWords) -> str:
    sentences = [_effect(view, words, i) for i in told_effects(view)]
    sentences += [_span(span, words) for span in words.spans if span.at]
    sentences += spread_sentences(view, words.unit)
    sentences += [_span(span, words) for span in words.spans if not span.at]
    if words.shape is not None:
        sentences.append(f"The shape of the negative binomial was {number_phrase(words.shape)}.")
    if words.dispersion is not None:
        sentences.append(f"The dispersion was {number_phrase(words.dispersion)}.")
    sentences.append(explained_sentence(view, "" if words.link == "identity" else f" on the {words.link} scale"))
    sentences += [SINGULAR] if view.is_singular else []
    return " ".join(sentences)


def _effect(view: WordsView, words: GeneralizedWords, place: int) -> str:
    effect, (low, high) = view.fixed[place], view.limits[place]
    unit = f" {words.unit}" if words.unit else ""
    test = f"SE {number_phrase(effect.se)}, {z_phrase(effect.statistic, effect.p)}"
    of_ratio = words.ratio and effect.name != "(Intercept)"
    name = words.ratio if of_ratio else ""
    limits = [_exponential(value) if of_ratio else number_phrase(value) for value in (low, high)]
    ratio = f"; {name} {_exponential(effect.estimate)}" if of_ratio else ""
    interval = f"95 % CI [{limits[0]}, {limits[1]}]"
    return f"{effect_name(effect.name)} was {number_phrase(effect.estimate)}{unit} ({test}{ratio}, {interval})."


def _exponential(value: float | None) -> str:
    return number_phrase(math.exp(min(known(value), 700.0)))


def _span(span: Span, words: GeneralizedWords) -> str:
    unit = f" {words.unit}" if words.unit else ""
    ends = [
        f"{number_phrase(eta)}{unit} ({words.mean} {number_phrase(mean)})"
        for eta, mean in zip(span.predictor, span.mean, strict=True)
    ]
    if not span.at:
        return f"At the intercept, 90 % of the levels of {span.name} lie between {listed(ends)}."
    low, high = (number_phrase(value) for value in span.at)
    return (
        f"The model has {ends[0]} at the 5th percentile of {span.name} ({low}) and {ends[1]} at the 95th ({high}), "
        "for a level whose random effects are zero."
    )
