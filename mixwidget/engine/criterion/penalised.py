"""A linear mixed model's criterion with prior densities as penalties on it."""

from __future__ import annotations

import numpy as np
from scipy.linalg import block_diag

from mixwidget.engine.criterion.derivatives import Derivatives
from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.criterion.linear import Linear
from mixwidget.engine.criterion.penalised_profile import profile
from mixwidget.engine.criterion.representative import Representative
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.prior import Prior, penalty_derivatives, template_slope
from mixwidget.engine.model.prior_basis import FAR
from mixwidget.engine.model.ridge import Ridge
from mixwidget.engine.model.theta import relative_moves


class Penalised(Linear):
    """A criterion plus -2 log prior density.

    Parameters
    ----------
    criterion : Linear
    prior : Prior
    """

    def __init__(self, criterion: Linear, prior: Prior) -> None:
        self.criterion, self._prior = criterion, prior
        self.arrangement, self.reml = criterion.arrangement, criterion.reml

    @property
    def prior(self) -> Prior:
        return self._prior

    @property
    def ridge(self) -> Ridge | None:
        return self.criterion.ridge

    def evaluate(self, theta: np.ndarray) -> Evaluation:
        """Evaluate, profiled over the fixed effects and sigma again with their densities."""
        plain = self.criterion.evaluate(theta)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):  # what fails shows in the value
            found = profile(self.arrangement, self.prior, plain.templates, plain.state, reml=self.reml)
        return plain._replace(
            value=found.value,
            x_inverse=found.x_inverse,
            beta=found.beta,
            r2=found.r2,
            df=found.df,
            penalty=found.penalty,
        )

    def differentiate(self, point: Evaluation) -> Derivatives:
        """Return the criterion's derivatives, at the penalised fixed effects and sigma, plus those of the penalties."""
        layout, basis = self.layout, self.arrangement.basis
        found = self.criterion.differentiate(point)
        gradient, hessian = found.gradient.copy(), found.hessian.copy()
        slopes = tuple(slope.copy() for slope in found.slopes)
        first = 0
        for term, penalty in enumerate(self.prior.covariances):
            template, root = layout.term_template(point.templates, term), basis.term_roots[term]
            mine = slice(first, first + len(template) * (len(template) + 1) // 2)
            first = mine.stop
            if penalty is None:
                continue
            variance = 1.0 if penalty.common_scale else basis.y_scale**2 * point.r2 / point.df
            own_gradient, own_hessian = penalty_derivatives(penalty, template, root, variance)
            gradient[mine] += own_gradient
            hessian[mine, mine] += own_hessian
            place = layout.term_slice(term)
            slopes[layout.term_factor[term]][place, place] += template_slope(penalty, template, root, variance)
        return found._replace(gradient=gradient, hessian=hessian, slopes=slopes)

    def coordinates(self, point: Evaluation) -> np.ndarray | None:
        """Return changes relative to T for terms whose prior holds it far from where data alone would have it."""
        layout, moves, found = self.layout, list[np.ndarray](), False
        for term, penalty in enumerate(self.prior.covariances):
            template = layout.term_template(point.templates, term)
            is_far = penalty is not None and penalty.excludes_singular and _is_far(template)
            moves.append(relative_moves(template if is_far else np.eye(len(template))))
            found |= is_far
        return block_diag(*moves) if found else None

    @property
    def has_own_basins(self) -> bool:
        """A prior can make basins of its own."""
        return True

    def representative(self, theta: np.ndarray) -> Representative | None:
        """Return that of the criterion inside: its ridge leaves the penalty constant."""
        return self.criterion.representative(theta)

    def why_infinite(self) -> str:
        """Name the prior's units as a further possibility."""
        return f"{self.criterion.why_infinite()}, or a prior lies so far from the data that its units must be wrong"

    def of(self, arrangement: Arrangement) -> Penalised:
        return Penalised(self.criterion.of(arrangement), self.prior)

    def without_ridge(self) -> Penalised:
        return Penalised(self.criterion.without_ridge(), self.prior)


def _is_far(template: np.ndarray) -> bool:
    """Whether a regular template has a size or a shape that data alone hardly give it."""
    sizes = np.abs(np.diagonal(template))
    return bool(sizes.min() > 0.0 and (np.abs(template).max() > FAR or sizes.min() < 1.0 / FAR))
