"""The words of the pictures of lines: their keys, the titles of their axes, what is held, left out or a sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.line_points import LinePoints
from mixwidget.inference.lines import Lines
from mixwidget.views.labels import labels_of
from mixwidget.views.view import View

PLAIN_SUCCESS = ("1", "TRUE", "True")  # the level of a binary response that its name says already
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class LineKey(View):
    """One kind of line, its name for three widths, and what it is.

    Attributes
    ----------
    kind : str
        "own", "model", "pooled" or "average".
    short, middle, long : str
    title : str
    """

    kind: str
    short: str
    middle: str
    long: str
    title: str


def line_keys(fit: Fit, lines: Lines) -> tuple[LineKey, ...]:
    """Return the kinds of lines in the order of their keys."""
    word = labels_of(fit).word(_group(lines))
    model = "a generalized linear model" if isinstance(fit, GeneralizedFit) else "least squares"
    return (
        LineKey("own", "own", "own data", "own data alone", f"No pooling: {model} for the rows of this {word} alone"),
        LineKey(
            "model",
            "model",
            "mixed model",
            "mixed model",
            f"Partial pooling: the fixed effects plus the deviations of this {word} (conditional modes)",
        ),
        LineKey(
            "pooled",
            "all",
            "all rows",
            "all rows together",
            f"Complete pooling: {model} for all rows, as if there were no {word}",
        ),
        LineKey("average", "avg.", "average", f"average {word}", "The fixed effects of the mixed model alone"),
    )


def response_title(fit: Fit) -> str:
    """Return the title of the response's axis."""
    labels, response = fit.design.response, fit.design.formula.response
    if labels.kind == "counts of trials":
        return f"Proportion of {labels.success}"
    if labels.kind == "binary":
        return f"Proportion of {response if labels.success in PLAIN_SUCCESS else labels.success}"
    return labels_of(fit).title(response)


def line_notes(fit: Fit, lines: Lines, points: LinePoints) -> tuple[str, ...]:
    """Return what is held, left out or a sample, a sentence each."""
    return (
        *_held(fit, lines),
        *_left_out(fit, lines),
        *_without_line(fit, lines),
        *_points(points, lines),
        *_sample(lines),
    )


def _held(fit: Fit, lines: Lines) -> Iterator[str]:
    asked, word = lines.asked, labels_of(fit).word(_group(lines))
    x = None if asked.x is None else asked.x.name
    if asked.at:
        yield f"Lines at {', '.join(f'{name} = {value}' for name, value in asked.at.items())}."
    others = [name for name in asked.predictors if name != x and name not in asked.at]
    if others and asked.is_coloured_by_model and asked.colour is not None:
        others = [name for name in others if name != asked.colour.name]
    if others:
        named = ", ".join(others[:MOST_NAMED]) + (" and others" if len(others) > MOST_NAMED else "")
        yield f"Lines at the mean {named} of each {word}; all rows together and the average at the mean of all rows."
    if fit.design.recipe.has_offset:
        yield f"The offset is at its mean for each {word}."


def _left_out(fit: Fit, lines: Lines) -> Iterator[str]:
    others = [factor.label for i, factor in enumerate(fit.design.factors) if i != lines.asked.factor]
    if others:
        yield f"The deviations by {' and '.join(others)} are left out."


def _without_line(fit: Fit, lines: Lines) -> Iterator[str]:
    lost = lines.undetermined.tolist()
    if not lost:
        return
    levels = fit.design.factors[lines.asked.factor].levels
    named = ", ".join(levels[i] for i in lost[:MOST_NAMED])
    named += f" and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
    generalized = isinstance(fit, GeneralizedFit)
    why = "too few rows, or separated responses" if generalized else "too few different rows"
    yield f"Without a line of its own: {named} ({why})."


def _points(points: LinePoints, lines: Lines) -> Iterator[str]:
    if points.size is not None:
        along = "" if lines.asked.x is None or lines.asked.x.is_factor else f", in bins along {lines.asked.x.name}"
        yield f"Points are proportions{along}; larger ones have more trials."
    if points.most is not None:
        yield (
            f"{len(points.x):,} of {points.n_rows:,} rows are shown, drawn at random (seed {lines.asked.seed}): "
            f"at most {points.most} of each {labels_of(lines.fit).word(_group(lines))}."
        )


def _sample(lines: Lines) -> Iterator[str]:
    n_levels = len(lines.fit.design.factors[lines.asked.factor].levels)
    if len(lines.levels) < n_levels:
        yield (
            f"{len(lines.levels):,} of {n_levels:,} levels of {_group(lines)} have lines here: the outermost, "
            f"and others drawn at random (seed {lines.asked.seed})."
        )


def _group(lines: Lines) -> str:
    return lines.fit.design.factors[lines.asked.factor].label
