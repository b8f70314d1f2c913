"""`fit.influence`: what each group does to the estimates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mixwidget.answers.answer import Answer
from mixwidget.answers.progress import Progress
from mixwidget.fit.fit import Fit
from mixwidget.fit.rows_for import rows_for
from mixwidget.inference.influence import Influence
from mixwidget.inference.influence import influence as leave_one_out

if TYPE_CHECKING:
    from mixwidget.plots.picture import Picture

MAX_NAMED = 5  # levels in the sentence


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class InfluenceAnswer(Answer):
    """Leave-one-group-out estimates and their distances.

    Attributes
    ----------
    influence : Influence
        With the fixed effects and vcov of every refit.
    """

    influence: Influence

    def plot(self) -> Picture:
        """Return a picture of Cook's distance by level."""
        from mixwidget.plots.influence import influence_chart
        from mixwidget.plots.picture import Picture

        formula = self.influence.fit.design.formula.text
        return Picture(influence_chart(self.frame, self.influence.limit, self.sentence, formula))


def influence(fit: Fit, group: str | None, progress: Progress | None) -> InfluenceAnswer:
    """Leave each level out and say which ones move the fixed effects."""
    with rows_for("influence"):
        found = leave_one_out(fit, group, progress)
    frame = found.to_frame().sort_values("cooks_distance", ascending=False)
    title = f"Leaving out each of the {len(found.levels)} levels of '{found.group}'"
    return InfluenceAnswer(title=title, sentence=_sentence(found), frame=frame, influence=found)


def _sentence(found: Influence) -> str:
    distances = np.nan_to_num(found.cooks_distance, nan=np.inf)
    above = [found.levels[i] for i in np.argsort(-distances) if distances[i] > found.limit]
    if not above:
        return f"No level stands out: every Cook's distance is below {found.limit:.2g} (4 over the number of levels)."
    named = ", ".join(above[:MAX_NAMED]) + (f" and {len(above) - MAX_NAMED} more" if len(above) > MAX_NAMED else "")
    stand = "stands" if len(above) == 1 else "stand"
    return f"{named} {stand} out: Cook's distance above {found.limit:.2g} (4 over the number of levels)."
