"""`fit.landscape`: the criterion as a map, with the optimisers' paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixwidget.answers.answer import Answer
from mixwidget.answers.progress import Progress
from mixwidget.fit.fit import Fit
from mixwidget.inference.landscape import Landscape
from mixwidget.inference.landscape import landscape as survey

if TYPE_CHECKING:
    from mixwidget.plots.picture import Picture


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class LandscapeAnswer(Answer):
    """The optima of a slice through the criterion; `plot` draws the map.

    Attributes
    ----------
    landscape : Landscape
        Grid, paths and optima.
    formula : str
        Of the fit.
    """

    landscape: Landscape
    formula: str

    def plot(self) -> Picture:
        """Return a picture: the criterion as colour, the optimisers' paths, the optima."""
        from mixwidget.plots.landscape import landscape_chart
        from mixwidget.plots.picture import Picture
        from mixwidget.views.landscape import landscape_view

        return Picture(landscape_chart(landscape_view(self.landscape), self.sentence, self.formula))


def landscape(fit: Fit, x: str | None, y: str | None, progress: Progress | None) -> LandscapeAnswer:
    """Survey the criterion over two parameters and say how many valleys the optimisers found."""
    found = survey(fit, x, y, progress)
    frame = found.optima.rename(columns={"x": found.x, "y": found.y})
    frame.index = [f"optimum {i}" for i in range(1, len(frame) + 1)]
    n = len(frame)
    sentence = "All optimisers end in one valley."
    if n > 1:
        higher = ", ".join(f"{gap:.4g}" for gap in frame["excess"].iloc[1:])
        lie = "bottom of the other lies" if n == 2 else "bottoms of the others lie"
        sentence = f"The optimisers end in {n} valleys; the {lie} {higher} higher."
    title = f"The criterion over {found.x} and {found.y}"
    formula = fit.design.formula.text
    return LandscapeAnswer(title=title, sentence=sentence, frame=frame, landscape=found, formula=formula)
