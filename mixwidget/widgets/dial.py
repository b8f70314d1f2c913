"""What the dial for a weak prior does in Python: fits under another prior, and the least prior that is enough."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mixwidget.control import Control
from mixwidget.fit.fit import Fit
from mixwidget.fit.penalties import WISHART_STRENGTH
from mixwidget.fit.prior import Prior
from mixwidget.inference.minimum_prior import LEAST_SD, minimum_prior, under
from mixwidget.inference.prior_moves import cost_sentence, prior_moves
from mixwidget.views.prior import Least, least_sentence, share_of_default


@dataclass(frozen=True, slots=True)
class PriorDial:
    """Fits of one structure under priors on its covariance matrices, from the cross products of a fit that is there."""

    def under(self, fit: Fit, family: str, strength: float | None, control: Control) -> Fit:
        """Return the fit under another prior on the covariance matrices; other priors stay.

        Parameters
        ----------
        fit : Fit
        family : {"none", "wishart", "invwishart"}
        strength : float, optional
            Of the Wishart prior.
        control : Control
        """
        is_plain = family != "wishart" or strength in (None, WISHART_STRENGTH)
        prior = None
        if family != "none":
            prior = Prior(family) if is_plain else Prior(family, strength=strength)
        return under(replace(fit, control=control), prior)

    def least(self, bare: Fit, control: Control) -> Least | None:
        """Return the least Wishart prior on all matrices that makes a fit regular, None for a regular fit."""
        found = minimum_prior(replace(bare, control=control), LEAST_SD, everywhere=True)
        if not found.priors:
            return None
        if not found.is_enough:
            return Least(None, least_sentence(found))
        return Least(
            found.strength, f"\u25b2 {share_of_default(found.strength)}: the least that makes this fit regular."
        )

    def moves(self, bare: Fit, fit: Fit) -> Any:
        """Return every estimate without and with the prior."""
        return prior_moves(bare, fit)

    def cost(self, bare: Fit, fit: Fit) -> str:
        """Say what the prior costs in the likelihood and how far it moves the fixed effects."""
        return cost_sentence(bare, fit)
