"""Fits under the priors of the dial: the bare fit of each structure, its least prior, and what a prior moves."""

from __future__ import annotations

from dataclasses import replace

from mixwidget.control import Control
from mixwidget.fit.fit import Fit
from mixwidget.inference.singularity import is_singular
from mixwidget.views.prior import Least, PriorView, prior_view
from mixwidget.widgets.choice import Choice, PriorChoice
from mixwidget.widgets.dial import PriorDial
from mixwidget.widgets.source import Source

Structure = tuple[str, bool]


class PenalisedFits:
    """One picker's fits with and without priors.

    Parameters
    ----------
    source : Source
    first : PriorChoice
        Of the first fit; refits keep it of themselves.
    """

    def __init__(self, source: Source, first: PriorChoice) -> None:
        self._source = source
        self._first = first
        self._bare: dict[Structure, Fit] = {}
        self._least: dict[Structure, Least | None] = {}

    def fit(self, formula: str, choice: Choice, control: Control) -> tuple[Fit, Choice]:
        """Fit a structure under the prior of a choice; the choice comes back with the strength that was found."""
        prior = choice.prior
        if prior == self._first:
            return self._source.refit(formula, choice.reml, control), choice
        structure = (formula, choice.reml)
        bare = self._bare_fit(structure, control)
        if prior.family == "none":
            return bare, choice
        dial = self._dial()
        if structure not in self._least:
            self._least[structure] = dial.least(bare, control) if prior.family == "wishart" else None
        if prior.family == "wishart" and prior.strength is None:
            found = self._least[structure]
            prior = PriorChoice() if found is None or found.strength is None else PriorChoice("wishart", found.strength)
        if prior.family == "none":  # asked for the least prior where none is needed, or none is enough
            return bare, replace(choice, prior=prior)
        return dial.under(bare, prior.family, prior.strength, control), replace(choice, prior=prior)

    def view(self, formula: str, choice: Choice, fit: Fit) -> PriorView:
        """Return what the dial shows beside a fit."""
        structure = (formula, choice.reml)
        bare, least = self._bare.get(structure), self._least.get(structure)
        moves, sentence = None, ""
        if choice.prior.family != "none" and bare is not None:
            moves = self._dial().moves(bare, fit)
            sentence = f"{_sentence_case(self._dial().cost(bare, fit))}."
        return prior_view(
            is_given=self._first.family == "given",
            needs_prior=bare is None or is_singular(bare),
            least=least,
            moves=moves,
            sentence=sentence,
        )

    def _bare_fit(self, structure: Structure, control: Control) -> Fit:
        if structure not in self._bare:
            fit = self._source.refit(*structure, control)
            is_bare = self._first.family == "none"
            self._bare[structure] = fit if is_bare else self._dial().under(fit, "none", 0.0, control)
        return self._bare[structure]

    def know(self, formula: str, choice: Choice, fit: Fit) -> None:
        """Take note of a fit that is there."""
        if choice.prior.family == "none":
            self._bare.setdefault((formula, choice.reml), fit)

    def _dial(self) -> PriorDial:
        if self._source.dial is None:
            raise RuntimeError("this widget was made without a dial for priors")
        return self._source.dial


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
