"""Which structures a handout holds: those that somebody lists, or those that a click or two lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mixwidget.control import Control
from mixwidget.errors import MixwidgetError, OptionError
from mixwidget.fit.fit import Fit
from mixwidget.handout.clicks import clicks
from mixwidget.widgets.choice import Choice
from mixwidget.widgets.history import Visit
from mixwidget.widgets.session import Session
from mixwidget.widgets.source import Source

MOST_BYTES = 1_500_000  # what the structures that nobody listed may add to the file, by a look at the first one
MOST = 60  # of them; so many lessons has no structure, and a minute's fits are enough of a wait


def listed(session: Session, source: Source, structures: Sequence[object], control: Control) -> list[Visit]:
    """Return the fits of formulas, of random parts such as ``"(1 | Subject)"``, or of models that are fitted already.

    Raises
    ------
    OptionError
        If one is none of these, or has another response.
    """
    return [_visit(session, source, structure, control) for structure in structures]


def nearby(
    session: Session, choices: Sequence[Choice], control: Control, progress: Callable[[int, int], object]
) -> list[Visit]:
    """Return the fits of choices; what the data do not allow is left out.

    Parameters
    ----------
    session : Session
    choices : sequence of Choice
    control : Control
    progress : callable
        Takes how many are fitted, and of how many.
    """
    found: list[Visit] = []
    for done, choice in enumerate(choices):
        progress(done, len(choices))
        try:
            found.append(session.fitted(choice, control))
        except MixwidgetError:
            continue  # the widget would say so of a click; here it says that the file does not hold it
    progress(len(choices), len(choices))
    return found


def choices_nearby(session: Session) -> list[Choice]:
    """Return the choices that are one or two clicks from the one that is shown, the nearest first, each once."""
    first = session.history.current.choice
    known = {(session.formula(first), first.reml): first}
    _add(known, session, clicks(first, session.structure))
    for near in list(known.values())[1:]:
        _add(known, session, clicks(near, session.structure))
    return list(known.values())[1:]


def room_for(n_bytes: int) -> int:
    """Return how many structures of a size are taken unasked.

    Examples
    --------
    >>> room_for(3_000), room_for(100_000), room_for(10_000_000)
    (60, 15, 0)
    """
    return min(MOST, MOST_BYTES // max(n_bytes, 1))


def _add(known: dict[tuple[str, bool], Choice], session: Session, choices: Iterator[Choice]) -> None:
    for choice in choices:
        known.setdefault((session.formula(choice), choice.reml), choice)


def _visit(session: Session, source: Source, structure: object, control: Control) -> Visit:
    fit = getattr(structure, "fit", structure)
    if isinstance(fit, str):
        shown = session.history.current
        formula = fit if "~" in fit else f"{session.structure.response} ~ {shown.fit.design.formula.fixed} + {fit}"
        fit = source.refit(formula, shown.choice.reml, control)
    if not isinstance(fit, Fit):
        kind = type(structure).__name__
        raise OptionError(f"structures= holds a {kind}; give formulas, random parts like '(1 | g)', or fitted models")
    if fit.design.formula.response != session.structure.response:
        other = fit.design.formula.response
        raise OptionError(
            f"structures= holds a model of {other!r}; this handout is about {session.structure.response!r}"
        )
    return session.visit_of(fit)
