"""What clicks cannot say of a formula that was typed, in one sentence for each piece."""

from __future__ import annotations

from itertools import combinations

from mixwidget.formula.choice import FormulaChoice
from mixwidget.formula.moves import has_term
from mixwidget.formula.transformation import log_of, read_transformation
from mixwidget.widgets.frame_source import FrameSource


def draft_notes(choice: FormulaChoice, source: FrameSource) -> tuple[str, ...]:
    """Return the pieces of a formula that the clicks keep but cannot change.

    Parameters
    ----------
    choice : FormulaChoice
    source : FrameSource
    """
    return (*_of_response(choice.response, source), *_of_terms(choice), *_of_bars(choice, source))


def _of_response(response: str, source: FrameSource) -> list[str]:
    is_plain = source.column(response) is not None or response in ("", *source.view.trials)
    if is_plain or (response.startswith("log(") and source.column(log_of(response)) is not None):
        return []
    return [f"The response {response} stays as it is written until another one is chosen."]


def _of_terms(choice: FormulaChoice) -> list[str]:
    written = [atom for atom in choice.atoms if read_transformation(atom) is None]
    notes = [f"{atom} stays as it is written: a click can take it out, not change it." for atom in written]
    for term in choice.terms:
        parts = [part for size in range(1, len(term)) for part in combinations(term, size)]
        lacking = [":".join(part) for part in parts if not has_term(choice.terms, part)]
        if lacking:
            notes.append(f"{':'.join(term)} stands without {' and '.join(lacking)}, as it is written.")
    return notes + [f"offset({offset}) stays as it is written." for offset in choice.offsets]


def _of_bars(choice: FormulaChoice, source: FrameSource) -> list[str]:
    parts = dict.fromkeys(part for bar in choice.bars for part in bar.group)
    notes = [f"The grouping factor {part} stays as it is written." for part in parts if source.column(part) is None]
    labels = [bar.label for bar in choice.bars]
    several = dict.fromkeys(label for label in labels if labels.count(label) > 1)
    return notes + [f"{label} has {labels.count(label)} bar terms, each on a card of its own." for label in several]
