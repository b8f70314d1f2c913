"""What the criteria of a linear mixed model have in common, with or without a ridge and priors around them."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

import numpy as np

from mixwidget.engine.criterion.conflict import conflict
from mixwidget.engine.criterion.criterion import Criterion
from mixwidget.engine.criterion.derivatives import Derivatives
from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.criterion.saturation import refuse_saturation
from mixwidget.engine.criterion.standpoint import Standpoint
from mixwidget.engine.criterion.starts import starting_values
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.prior import Prior
from mixwidget.engine.model.ridge import Ridge
from mixwidget.engine.model.theta import ThetaLayout


class Linear(Criterion[Evaluation, Derivatives], Protocol):
    """The criterion of a linear mixed model.

    Attributes
    ----------
    arrangement : Arrangement
    reml : bool
    """

    arrangement: Arrangement
    reml: bool

    @property
    def prior(self) -> Prior | None:
        """The penalties that it carries."""
        return None

    @property
    def ridge(self) -> Ridge | None:
        """The directions in which it is constant, where they are taken into account."""
        return None

    @abstractmethod
    def of(self, arrangement: Arrangement) -> Linear:
        """Return the same criterion of another arrangement, e.g. one with another response."""
        ...

    @abstractmethod
    def without_ridge(self) -> Linear:
        """Return the criterion with slopes and curvature as they are computed, along a ridge too."""
        ...

    def settled(self, point: Evaluation) -> Evaluation:
        """Return the optimum with its value, where only slopes were needed on the way to it."""
        return point

    @property
    def layout(self) -> ThetaLayout:
        return self.arrangement.layout

    @property
    def n_levels(self) -> tuple[int, ...]:
        return tuple(factor.n_levels for factor in self.arrangement.cross.factors)

    def starting_values(self, *, thorough: bool) -> dict[str, np.ndarray]:
        """Return candidate starts; data alone choose them (see `starts`)."""
        return starting_values(self.arrangement, thorough=thorough)

    def conflict(self, point: Evaluation, slope: Derivatives) -> float:
        """Return the score statistic of slopes within levels against slopes between them (see `conflict`)."""
        return conflict(Standpoint(self.arrangement, point, slope))

    def refuse_saturation(self, point: Evaluation) -> None:
        """Refuse an end at which the residual variance vanishes (see `saturation`)."""
        refuse_saturation(self.evaluate, self.arrangement, point)
