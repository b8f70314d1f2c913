"""Fits of the same data compared by their likelihood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, TypeVar

import numpy as np
import pandas as pd
from scipy.stats import chi2

from mixwidget.errors import DataError, Diagnostic
from mixwidget.fit.nesting import Design, adds_one_effect, is_special_case
from mixwidget.inference.deletion import mixture_p

LIKELIHOOD_SLACK = 1e-6  # units of the log-likelihood: what two optima of the same likelihood may differ by


class ComparableFit(Protocol):
    """What a comparison reads from a fit."""

    @property
    def formula(self) -> object: ...
    @property
    def reml(self) -> bool: ...
    @property
    def loglik(self) -> float: ...
    @property
    def npar(self) -> int: ...
    @property
    def nobs(self) -> int: ...
    @property
    def fixef(self) -> pd.Series: ...


Fit = TypeVar("Fit", bound=ComparableFit)


@dataclass(frozen=True, slots=True)
class ComparedFit:
    """One line of the table; `chisq`, `df` and `p` compare with the line above and are None in the first.

    Attributes
    ----------
    deviance : float
        -2 log-likelihood, or the REML criterion where the fits stay REML fits.
    p : float or None
        None too where the two models are not nested.
    mixture_p : float or None
        Where one random effect is tested: its variance is zero on the boundary of its range, which halves the share of
        the larger chi-squared.
    """

    name: str
    formula: object
    npar: int
    aic: float
    bic: float
    loglik: float
    deviance: float
    chisq: float | None
    df: int | None
    p: float | None
    mixture_p: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A likelihood-ratio table.

    Attributes
    ----------
    rows : tuple of ComparedFit
        By increasing number of parameters.
    method : {"REML", "ML"}
        The criterion behind the numbers.
    is_refitted : bool
        Whether REML fits were fitted again by ML.
    diagnostics : tuple of Diagnostic
        What the reader must know.
    """

    rows: tuple[ComparedFit, ...]
    method: str
    is_refitted: bool
    diagnostics: tuple[Diagnostic, ...]


def compare_fits(fits: Mapping[str, Fit], *, refit_ml: Callable[[Fit], Fit], refit: bool | None = None) -> Comparison:
    """Compare fits of the same response by likelihood-ratio tests, as ``lme4::anova(m1, m2)``.

    REML criteria compare models with the same fixed part only; where the fixed parts differ, the REML fits are
    fitted again by maximum likelihood, and the comparison says so.

    Parameters
    ----------
    fits : mapping of str to fit
        At least two, by name.
    refit_ml : callable
        Returns the maximum-likelihood fit of the same model to the same data.
    refit : bool, optional
        Whether REML fits are fitted again by maximum likelihood: if that is needed (None), always, or never.

    Raises
    ------
    DataError
        If there are fewer than two fits, or if they are not of the same rows and response, or if `refit` is False
        and the criteria do not compare.

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), section 5.4.
    """
    _check_same_data(fits)
    keeps_reml = _keeps_reml(fits, refit)
    is_refitted = not keeps_reml and any(fit.reml for fit in fits.values())
    compared = {name: refit_ml(fit) if is_refitted and fit.reml else fit for name, fit in fits.items()}
    ordered = sorted(compared.items(), key=lambda item: item[1].npar)
    rows = [_row(*ordered[0], above=None), *(_row(*item, above=above[1]) for above, item in pairwise(ordered))]
    found = [*_not_nested(rows), *_on_boundary(ordered, rows)]
    if is_refitted:
        found.insert(0, _refitted(compared, fits, is_asked=bool(refit)))
    return Comparison(tuple(rows), "REML" if keeps_reml else "ML", is_refitted, tuple(found))


def _keeps_reml(fits: Mapping[str, ComparableFit], refit: bool | None) -> bool:
    is_comparable = all(fit.reml for fit in fits.values()) and _have_same_fixed_part(list(fits.values()))
    if refit is not False:
        return is_comparable and not refit
    if not is_comparable and any(fit.reml for fit in fits.values()):
        raise DataError(
            "REML criteria compare fits with the same fixed effects only, and REML does not compare with ML; "
            "take refit=True, which fits again by maximum likelihood"
        )
    return is_comparable


def _check_same_data(fits: Mapping[str, ComparableFit]) -> None:
    if len(fits) < 2:
        raise DataError("a comparison needs at least two fits; give one more")
    (first_name, first), *others = fits.items()
    for name, fit in others:
        if fit.nobs != first.nobs:
            raise DataError(
                f"{first_name!r} was fitted to {first.nobs} rows and {name!r} to {fit.nobs}; "
                "drop the rows with missing values first, so that both use the same"
            )
        if not _have_same_response(first, fit):
            raise DataError(f"{first_name!r} and {name!r} have different responses; compare fits of the same one")


def _have_same_response(one: ComparableFit, other: ComparableFit) -> bool:
    y_one, y_other = (getattr(getattr(fit, "design", None), "y", None) for fit in (one, other))
    return y_one is None or y_other is None or np.array_equal(y_one, y_other)


def _have_same_fixed_part(fits: list[Fit]) -> bool:
    return all(_is_same_fixed_part(fits[0], fit) for fit in fits[1:])


def _is_same_fixed_part(one: ComparableFit, other: ComparableFit) -> bool:
    if list(one.fixef.index) != list(other.fixef.index):
        return False
    x_one, x_other = (getattr(getattr(fit, "design", None), "X", None) for fit in (one, other))
    return x_one is None or x_other is None or np.array_equal(x_one, x_other)


def _row(name: str, fit: ComparableFit, *, above: ComparableFit | None) -> ComparedFit:
    deviance = -2.0 * fit.loglik
    chisq, df, p, mixture = (None, None, None, None) if above is None else _ratio_test(above, fit)
    aic, bic = deviance + 2 * fit.npar, deviance + fit.npar * float(np.log(fit.nobs))
    return ComparedFit(name, fit.formula, fit.npar, aic, bic, fit.loglik, deviance, chisq, df, p, mixture)


def _ratio_test(small: ComparableFit, large: ComparableFit) -> tuple[float, int, float | None, float | None]:
    gain, df = 2.0 * (large.loglik - small.loglik), large.npar - small.npar
    one, other = (getattr(fit, "design", None) for fit in (small, large))
    is_nested, is_one_effect = df > 0 and gain > -2.0 * LIKELIHOOD_SLACK, False
    if isinstance(one, Design) and isinstance(other, Design):
        is_nested = is_nested and is_special_case(one, other)
        is_one_effect = is_nested and adds_one_effect(one, other) == df
    gain = max(0.0, gain)
    if not is_nested:
        return gain, df, None, None
    return gain, df, float(chi2.sf(gain, df)), mixture_p(gain, df) if is_one_effect else None


def _not_nested(rows: list[ComparedFit]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for above, row in pairwise(rows):
        if row.p is None:
            reason = "they have as many parameters"
            if row.df:
                fits_worse = row.loglik < above.loglik - LIKELIHOOD_SLACK
                worse, other = f"{row.name!r} has more parameters and fits worse", "neither contains the other"
                reason = worse if fits_worse else other
            message = f"{above.name!r} and {row.name!r} are not nested: {reason}, so there is no test"
            found.append(Diagnostic("models_not_nested", "warning", message, "Compare them by AIC or BIC."))
    return found


def _on_boundary(ordered: list[tuple[str, Fit]], rows: list[ComparedFit]) -> list[Diagnostic]:
    """Name the tests of variances, which are zero on the boundary of their range; a correlation of zero is inside."""
    found = []
    for ((small_name, small), (large_name, large)), row in zip(pairwise(ordered), rows[1:], strict=True):
        if row.p is None or not _adds_variance(small, large):
            continue
        message = f"{large_name!r} against {small_name!r} tests a variance of zero, the boundary of its range: "
        if row.mixture_p is None:
            message += "its p value is too large"
            hint = "Drop one random effect at a time (`ranova`), or compare by AIC."
        else:
            message += f"its p value is too large, that of the mixture of chi-squares is {row.mixture_p:.3g}"
            hint = "Take that one."
        found.append(Diagnostic("variance_on_boundary", "info", message, hint))
    return found


def _adds_variance(small: ComparableFit, large: ComparableFit) -> bool:
    one, other = (getattr(fit, "design", None) for fit in (small, large))
    if not (isinstance(one, Design) and isinstance(other, Design)):
        return _is_same_fixed_part(small, large)
    return sum(term.z.shape[1] for term in one.terms) < sum(term.z.shape[1] for term in other.terms)


def _refitted(compared: Mapping[str, Fit], fits: Mapping[str, Fit], *, is_asked: bool) -> Diagnostic:
    names = ", ".join(repr(name) for name, fit in compared.items() if fit is not fits[name])
    reason = "" if is_asked else ", because the fixed parts differ or a fit is by ML"
    message = f"fitted again by ML for this table{reason}: {names}"
    return Diagnostic("refitted_with_ml", "info", message, "The fits themselves are unchanged.")
