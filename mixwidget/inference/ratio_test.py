"""The likelihood-ratio test of one fit against a larger one, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.design.design import Design
from mixwidget.fit.fit import Fit
from mixwidget.fit.likelihood import likelihood
from mixwidget.fit.nesting import has_same_offset, has_same_weights, is_special_case
from mixwidget.inference.boundary import boundary_test
from mixwidget.inference.comparable import has_same_family
from mixwidget.inference.criterion_errors import BY_CHANCE, difference_error
from mixwidget.inference.tails import chi2_tail

LIKELIHOOD_SLACK = 1e-6  # units of the log-likelihood: what two optima of the same likelihood may differ by


@dataclass(frozen=True, slots=True)
class RatioTest:
    """A likelihood-ratio test.

    Attributes
    ----------
    chisq, df : float and int, or None
        None where the fits have no statistic in common: other weights, other offsets, other families.
    p : float or None
        None where there is no test. Where variances are tested, which are zero on the boundary of their range, that of
        the mixture of chi-squares.
    plain_p : float or None
        That of the plain chi-square, where variances are tested.
    reference : str
        The distribution behind `p` where variances are tested, in words.
    reason : str
        Why there is no test.
    """

    chisq: float | None
    df: int | None
    p: float | None = None
    plain_p: float | None = None
    reference: str = ""
    reason: str = ""


def ratio_test(small: Fit, large: Fit, names: tuple[str, str]) -> RatioTest:
    """Test the smaller fit against the larger one; `names` are theirs, for the reason."""
    at_small, at_large = likelihood(small), likelihood(large)
    gain, df = 2.0 * (at_large.loglik - at_small.loglik), at_large.npar - at_small.npar
    if not (has_same_weights(small, large) and has_same_offset(small, large)):
        what = "offsets" if has_same_weights(small, large) else "weights"
        return RatioTest(None, None, reason=f"they have other {what}")
    if not has_same_family(small, large):
        return RatioTest(None, None, reason="they have other families or links")
    chisq = max(0.0, gain)
    if df == 0:
        return RatioTest(chisq, df, reason="they have as many parameters")
    error = difference_error(small.criterion_deviations, large.criterion_deviations)
    if gain <= -max(2.0 * LIKELIHOOD_SLACK, BY_CHANCE * error):
        return RatioTest(chisq, df, reason=f"{names[1]!r} has more parameters and fits worse")
    if not is_special_case(small, large):
        return RatioTest(chisq, df, reason="neither contains the other")
    if small.priors or large.priors:
        return RatioTest(chisq, df, reason="a fit stands under a prior")
    plain = float(chi2_tail(chisq, df))
    n_variances = _n_variances(large.design) - _n_variances(small.design)
    if n_variances <= 0:
        return RatioTest(chisq, df, plain)
    found = boundary_test(chisq, df, n_variances)
    return RatioTest(chisq, df, found.p, plain, found.note)


def _n_variances(design: Design) -> int:
    """Return how many variances a model has: one for each column of a random term, whatever its columns are."""
    return sum(len(term.columns) for term in design.terms)
