"""The fits that a handout holds, ready to be looked up by the browser: nothing is computed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mixwidget.fit.fit import Fit
from mixwidget.handout.few_lines import with_few_lines
from mixwidget.handout.paths import with_short_paths
from mixwidget.handout.pictures import stored_pictures, with_room
from mixwidget.handout.sizes import structures_in_words
from mixwidget.inference.compare import criteria_compare
from mixwidget.views.fixed_tests import FixedTestsView
from mixwidget.views.ladder import SIMPLEST, UNDER_PRIOR, ComparedView, RungView, compared, ladder_view
from mixwidget.views.view import View
from mixwidget.widgets.choice import Choice
from mixwidget.widgets.fit_traits import FitTraits
from mixwidget.widgets.fit_widget import Shown
from mixwidget.widgets.history import Visit
from mixwidget.widgets.pictures import PICTURES
from mixwidget.widgets.traits import FitView

MISSING = "This structure is not in this file."
NO_PICTURE = "This picture is not in this file, which it would make too large; a notebook shows it."


@dataclass(frozen=True, slots=True)
class StoredFit(View):
    """One structure with all that is shown of its fit.

    Attributes
    ----------
    pictures : mapping of str to tuple
        Answers to questions for pictures, by the name of their trait; the first is that to the plain question.
    rung : RungView
        As it stands alone in the ladder.
    compared : tuple of ComparedView
        How it stands to each simpler one; the first that was visited makes the test of the rung.
    why : str
        Why there is no test where no simpler one was visited.
    compares : tuple of int
        The structures whose criterion compares with its own.
    """

    choice: Choice
    fit_view: FitView
    tests: FixedTestsView
    pictures: Mapping[str, object]
    rung: RungView
    compared: tuple[ComparedView, ...]
    why: str
    compares: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StoredView(View):
    """What a handout holds in the place of a kernel; the key of a structure is its position in `fits`.

    Attributes
    ----------
    order : tuple of int
        The structures from many parameters to few, as in the ladder.
    visited : tuple of int
        Those that the ladder shows at first.
    trail : tuple of int
        The steps so far, for undo and redo.
    place : int
        Position in `trail` of the one that is shown at first.
    pictures : tuple of str
        The names of all pictures that a page may ask for.
    missing : str
        What is said of a structure that is not in the file.
    hint : str
        What to do then.
    no_picture : str
        What is said of a picture that is not in the file.
    """

    fits: tuple[StoredFit, ...]
    order: tuple[int, ...]
    visited: tuple[int, ...]
    trail: tuple[int, ...]
    place: int
    pictures: tuple[str, ...]
    missing: str
    hint: str
    no_picture: str


def stored_view(
    visits: Sequence[Visit], visited: Sequence[int], trail: Sequence[int], place: int, traits: FitTraits, frame: Any
) -> StoredView:
    """Return what the browser needs to step between fits.

    Parameters
    ----------
    visits : sequence of Visit
        All structures of the file.
    visited, trail : sequence of int
        Positions in `visits`.
    place : int
        Position in `trail`.
    traits : FitTraits
        Makes what is shown of a fit; one that was asked nothing before.
    frame : DataFrame
        The rows that are fitted, with all columns of the data, for pictures.
    """
    fits = [visit.fit for visit in visits]
    shown = trail[place]
    answers = [stored_pictures(key, fit, frame) for key, fit in enumerate(fits)]
    whole = with_short_paths(answers, fits, first=shown)
    pictures = with_room(whole, first=shown)
    if any("lines" not in found for found in pictures):
        pictures = with_room(with_few_lines(whole, fits), first=shown)
    hint = f"It holds {structures_in_words(len(fits))}; any other can be fitted where mixwidget is installed."
    return StoredView(
        tuple(
            stored_fit(key, visit, fits, (*traits.views(visit.fit), pictures[key])) for key, visit in enumerate(visits)
        ),
        tuple(rung.key for rung in ladder_view(fits)),
        tuple(visited),
        tuple(trail),
        place,
        tuple(PICTURES),
        MISSING,
        hint,
        NO_PICTURE,
    )


def stored_fit(key: int, visit: Visit, fits: Sequence[Fit], shown: Shown) -> StoredFit:
    """Return what a file holds of one of its fits, of which views and pictures are made."""
    fit_view, tests, pictures = shown
    (alone,) = ladder_view([visit.fit])
    return StoredFit(
        visit.choice,
        fit_view,
        tests,
        pictures,
        replace(alone, key=key),
        compared(key, fits),
        UNDER_PRIOR if visit.fit.priors else SIMPLEST,
        tuple(other for other, fit in enumerate(fits) if criteria_compare([visit.fit, fit])),
    )
