"""The equation of a fitted model in LaTeX."""

from __future__ import annotations

import math
from dataclasses import dataclass
from string import ascii_lowercase

from mixwidget.report.equation_family import distribution_line, predicted
from mixwidget.report.latex import latex_text
from mixwidget.report.rformat import known
from mixwidget.views.generalized_words import GeneralizedWords
from mixwidget.views.varcorr import TermRows
from mixwidget.views.words import WordsView

DIGITS = 4


@dataclass(frozen=True, slots=True, repr=False)
class Equation:
    """LaTeX of a model; rendered in a notebook."""

    latex: str

    def __repr__(self) -> str:
        return self.latex

    def __str__(self) -> str:
        return self.latex

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"


def equation(view: WordsView, *, estimates: bool) -> Equation:
    """Return the model: the mean of a row, the distribution of the random effects, that of the errors or responses.

    Parameters
    ----------
    view : WordsView
    estimates : bool
        Whether numbers take the place of the coefficients' and variances' symbols.
    """
    letters = [letter for letter in ascii_lowercase if letter not in "iy"][1:]
    named = list(zip(view.terms, letters, strict=False))
    fixed = [_fixed(i, effect.name, effect.estimate, estimates) for i, effect in enumerate(view.fixed)]
    random = [_random(term, letter, j) for term, letter in named for j in range(len(term.rows))]
    parts = [*fixed, *(["\\mathrm{offset}_i"] if view.has_offset else []), *random]
    effects = [_distribution(term, letter, estimates) for term, letter in named]
    response = f"\\mathrm{{{_math(view.response)}}}_i"
    if view.generalized is not None:
        words = view.generalized
        lines = [_response(view, words, estimates), f"{predicted(words)} &= {_joined(parts or ['0'])}", *effects]
    else:
        error = f"\\varepsilon_i &\\sim N\\left(0,\\; {_dispersion(view, estimates)}\\right)"
        lines = [f"{response} &= " + _joined([*parts, "\\varepsilon_i"]), *effects, error]
    return Equation("\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}")


def _dispersion(view: WordsView, estimates: bool) -> str:
    return (f"{_number(view.sigma)}^2" if estimates else "\\sigma^2") + (" / w_i" if view.has_weights else "")


def _response(view: WordsView, words: GeneralizedWords, estimates: bool) -> str:
    """Return the distribution of the response; of ``cbind(s, f)`` the response are the successes."""
    label = view.response if words.success is None else words.success
    shape = f"\\theta = {_number(words.shape)}" if estimates else "\\theta"
    spread = f"\\phi = {_number(view.sigma**2)}" if estimates else "\\phi"
    spread = f"({spread}) / w_i" if view.has_weights and estimates else spread + (" / w_i" if view.has_weights else "")
    spread = _dispersion(view, estimates) if words.distribution == "gaussian" else spread
    return distribution_line(words, f"\\mathrm{{{_math(label)}}}_i", spread, shape)


def _joined(parts: list[str]) -> str:
    text = parts[0]
    for part in parts[1:]:
        text += f" - {part[1:]}" if part.startswith("-") else f" + {part}"
    return text


def _fixed(i: int, name: str, estimate: float | None, estimates: bool) -> str:
    coefficient = _number(estimate) if estimates else f"\\beta_{{{i}}}"
    return coefficient if name == "(Intercept)" else f"{coefficient}\\,\\mathrm{{{_math(name)}}}_i"


def _random(term: TermRows, letter: str, j: int) -> str:
    effect = f"{letter}_{{{j},\\mathrm{{{_math(term.group)}}}[i]}}"
    return effect if term.rows[j].name == "(Intercept)" else f"{effect}\\,\\mathrm{{{_math(term.rows[j].name)}}}_i"


def _distribution(term: TermRows, letter: str, estimates: bool) -> str:
    k = len(term.rows)
    if k == 1:
        spread = f"{_number(term.rows[0].sd)}^2" if estimates else f"\\sigma_{{{letter}}}^2"
        return f"{letter}_{{0,j}} &\\sim N\\left(0,\\; {spread}\\right)"
    vector = " \\\\ ".join(f"{letter}_{{{j},j}}" for j in range(k))
    rows = [" & ".join(_cell(term, letter, a, b, estimates) for b in range(k)) for a in range(k)]
    matrix = "\\begin{pmatrix} " + " \\\\ ".join(rows) + " \\end{pmatrix}"
    return f"\\begin{{pmatrix}} {vector} \\end{{pmatrix}} &\\sim N\\left(\\mathbf{{0}},\\; {matrix}\\right)"


def _cell(term: TermRows, letter: str, a: int, b: int, estimates: bool) -> str:
    if a == b:
        return f"{_number(term.rows[a].sd)}^2" if estimates else f"\\sigma_{{{letter}{a}}}^2"
    low, high = min(a, b), max(a, b)
    if not estimates:
        return f"\\rho_{{{letter}{low}{high}}}\\sigma_{{{letter}{low}}}\\sigma_{{{letter}{high}}}"
    covariance = known(term.rows[high].correlations[low]) * known(term.rows[a].sd) * known(term.rows[b].sd)
    return "0" if math.isnan(covariance) else _number(covariance)


def _number(value: float | None) -> str:
    text = f"{known(value):.{DIGITS}g}"
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return f"{mantissa} \\times 10^{{{int(exponent)}}}"


def _math(text: str) -> str:
    return latex_text(text).replace(" ", "\\ ").replace(r"\textasciicircum{}", r"\hat{\ }")
