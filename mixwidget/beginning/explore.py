"""Choose a model for a data frame by clicks: `explore`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mixwidget.control import Control
from mixwidget.errors import Diagnostic
from mixwidget.fit.caller import names_in_caller

if TYPE_CHECKING:
    from mixwidget.model import MixedModel
    from mixwidget.widgets.draft import ModelRequest
    from mixwidget.widgets.explore import ExploreWidget


def explore(
    data: Any,
    *,
    reml: bool = True,
    name: str | None = None,
    theme: str = "auto",
    data_name: str | None = None,
) -> ExploreWidget:
    """Choose a model for a data frame by clicks, or as text, and fit it.

    Parameters
    ----------
    data : data frame
        pandas, or any frame that narwhals understands (polars, pyarrow).
    reml : bool
        Whether REML or maximum likelihood is chosen at first.
    name : str, optional
        The variable that the button "Use as ..." lets hold the fit; ``fit``, or the next free one, unless given.
    theme : {"auto", "light", "dark"}
    data_name : str, optional
        The name of the data in the code to copy; the caller's variable is found unless given.

    Returns
    -------
    ExploreWidget
        ``widget.fit`` is the fit that is shown, ``widget.formula`` the formula as it is chosen.

    Raises
    ------
    DataError
        If `data` is no data frame, or has no rows.

    Examples
    --------
    >>> import mixwidget as mw
    >>> sleep = mw.load_dataset("sleepstudy")
    >>> start = mw.explore(sleep)
    >>> [group["name"] for group in start.frame["groups"] if group["role"] == "proposed"]
    ['Subject']
    """
    from mixwidget.widgets.draft import Draft
    from mixwidget.widgets.explore import ExploreWidget, Maker
    from mixwidget.widgets.frame_source import FrameSource
    from mixwidget.widgets.names import new_name

    own_name = names_in_caller([data], depth=2)[0] if data_name is None else data_name
    known = own_name or "data"

    def fit(request: ModelRequest, control: Control) -> MixedModel:
        return _quiet(_fitted(request, data, control, known))

    def check(request: ModelRequest) -> Sequence[Diagnostic]:
        return _checked(request, data)

    return ExploreWidget(
        FrameSource(data, known), Maker(fit, check), Draft(reml=reml), theme=theme, name=new_name(name)
    )


def _fitted(request: ModelRequest, data: Any, control: Control, data_name: str) -> MixedModel:
    from mixwidget.glmer import glmer, glmer_nb
    from mixwidget.lmer import lmer

    given: dict[str, Any] = {"weights": request.weights or None, "control": control, "data_name": data_name}
    if request.is_linear:
        return lmer(request.formula, data, reml=request.reml, **given)
    link = request.link or None
    if request.family == "negative.binomial":
        return glmer_nb(request.formula, data, link=link, **given)
    return glmer(request.formula, data, request.family, link=link, **given)


def _quiet(model: MixedModel) -> MixedModel:
    """Return a model that nobody cancels any more: later clicks have controls of their own."""
    fit = model.fit
    return replace(model, fit=replace(fit, control=replace(fit.control, should_stop=None)))


def _checked(request: ModelRequest, data: Any) -> Sequence[Diagnostic]:
    from mixwidget.answers.check_design import check_design

    family = None if request.is_linear else request.family
    weights = request.weights or None
    return check_design(request.formula, data, reml=request.reml, family=family, weights=weights).notes
