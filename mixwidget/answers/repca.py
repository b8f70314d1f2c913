"""Principal components of the random effects, and the directions in which nothing varies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from mixwidget.answers.result_table import ResultTable, shown
from mixwidget.fit.fit import Fit
from mixwidget.inference.singularity import NullDirection, null_directions, repca
from mixwidget.report.answer import answer_html, answer_text
from mixwidget.views import looks
from mixwidget.views.answer import AnswerView, answer_view


@dataclass(frozen=True, eq=False)
class RePCA(Mapping[str, pd.DataFrame]):
    """The components by grouping factor, as ``lme4::rePCA``, and the null directions in words.

    Attributes
    ----------
    components : dict of str to DataFrame
        Columns sd (relative to sigma) and share of the variance, falling.
    null_directions : tuple of NullDirection
        Empty where no covariance matrix is singular.
    """

    components: Mapping[str, pd.DataFrame]
    null_directions: tuple[NullDirection, ...]

    def __getitem__(self, group: str) -> ResultTable:
        return shown(self.components[group], looks.REPCA)

    def __iter__(self) -> Iterator[str]:
        return iter(self.components)

    def __len__(self) -> int:
        return len(self.components)

    @property
    def sentence(self) -> str:
        """What the components mean."""
        if not self.null_directions:
            return "Every direction varies: no covariance matrix of the random effects is singular."
        found = "; ".join(dict.fromkeys(direction.sentence for direction in self.null_directions))
        return f"{found[0].upper()}{found[1:]}."

    def to_frame(self) -> ResultTable:
        """Return all components in one table: group, component, sd, share."""
        parts = [frame.rename_axis("component").reset_index() for frame in self.components.values()]
        table = pd.concat(parts, keys=list(self.components), names=["group"])
        return shown(table.reset_index(level=0).reset_index(drop=True), looks.REPCA)

    @property
    def view(self) -> AnswerView:
        """The components as plain data."""
        frame = self.to_frame().set_index("group")
        return answer_view("Principal components of the random effects", self.sentence, frame)

    def __str__(self) -> str:
        return answer_text(self.view)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return answer_html(self.view)


def principal_components(fit: Fit) -> RePCA:
    """Return the principal components of a fit with their null directions."""
    return RePCA(repca(fit), tuple(null_directions(fit)))
