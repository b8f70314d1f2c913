"""Fits of the same data compared by their likelihood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mixwidget.errors import DataError, Diagnostic, OptionError
from mixwidget.fit.fit import Fit
from mixwidget.fit.likelihood import likelihood
from mixwidget.fit.nesting import has_same_fixed_part, has_same_response
from mixwidget.fit.refit import refit_ml
from mixwidget.inference.comparable import check_criteria
from mixwidget.inference.criterion_errors import check_errors, finding_of
from mixwidget.inference.ratio_test import RatioTest, ratio_test


@dataclass(frozen=True, slots=True)
class ComparedFit:
    """One line of the table; `chisq`, `df` and `p` compare with the line above and are None in the first.

    Attributes
    ----------
    chisq, df
        None too where weights or offsets differ.
    deviance : float
        -2 log-likelihood, or the REML criterion where the fits stay REML fits.
    p : float or None
        None too where the two models are not nested. Where variances are tested, that of the mixture of chi-squares.
    plain_p : float or None
        That of the plain chi-square, as lme4 prints it, where variances are tested.
    reference : str
        The distribution behind `p` where variances are tested, in words.
    reason : str
        Why there is no test.
    """

    name: str
    formula: str
    npar: int
    aic: float
    bic: float
    loglik: float
    deviance: float
    chisq: float | None
    df: int | None
    p: float | None
    plain_p: float | None = None
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ComparedFits:
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


def compare_fits(fits: Mapping[str, Fit], *, refit: bool | None = None) -> ComparedFits:
    """Compare fits of the same response by likelihood-ratio tests, as ``lme4::anova(m1, m2)``.

    REML criteria compare models with the same fixed part only; where the fixed parts differ, the REML fits are
    fitted again by maximum likelihood, and the comparison says so.

    Parameters
    ----------
    fits : mapping of str to fit
        At least two, by name.
    refit : bool, optional
        Whether REML fits are fitted again by maximum likelihood: if that is needed (None), always, or never.

    Raises
    ------
    DataError
        If there are fewer than two fits, if they are not of the same rows and response, or if the criteria do not
        compare (see `check_criteria` and `check_errors`; REML criteria where `refit` is False).

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), section 5.4.
    """
    _check_same_data(fits)
    keeps_reml = _keeps_reml(fits, refit)
    is_refitted = not keeps_reml and any(fit.reml for fit in fits.values())
    compared = {name: refit_ml(fit) if is_refitted and fit.reml else fit for name, fit in fits.items()}
    check_errors(*compared.values())
    ordered = sorted(compared.items(), key=lambda item: likelihood(item[1]).npar)
    rows = [_row(*ordered[0], above=None), *(_row(*item, above=above) for above, item in pairwise(ordered))]
    penalised = {name for name, fit in ordered if fit.priors}
    found = [*_under_prior(penalised), *_not_nested(rows, penalised), *_on_boundary(rows)]
    found += finding_of(*compared.values())
    if is_refitted:
        found.insert(0, _refitted(compared, fits, is_asked=bool(refit)))
    return ComparedFits(tuple(rows), "REML" if keeps_reml else "ML", is_refitted, tuple(found))


def _keeps_reml(fits: Mapping[str, Fit], refit: bool | None) -> bool:
    is_comparable = all(fit.reml for fit in fits.values()) and _have_same_fixed_part(list(fits.values()))
    if refit not in (None, True, False):
        raise OptionError(f"refit must be True, False or None (where it is needed), not {refit!r}")
    if refit is not False:
        return is_comparable and not refit
    if not is_comparable and any(fit.reml for fit in fits.values()):
        raise DataError(
            "REML criteria compare fits with the same fixed effects only, and REML does not compare with ML; "
            "take refit=True, which fits again by maximum likelihood"
        )
    return is_comparable


def _check_same_data(fits: Mapping[str, Fit]) -> None:
    if len(fits) < 2:
        raise DataError("a comparison needs at least two fits; give one more")
    (first_name, first), *others = fits.items()
    for name, fit in others:
        n_first, n_rows = likelihood(first).nobs, likelihood(fit).nobs
        if n_rows != n_first:
            raise DataError(
                f"{first_name!r} was fitted to {n_first} rows and {name!r} to {n_rows}; "
                "drop the rows with missing values first, so that both use the same"
            )
        if not has_same_response(first, fit):
            raise DataError(f"{first_name!r} and {name!r} have different responses; compare fits of the same one")
    check_criteria(fits)


def criteria_compare(fits: Sequence[Fit]) -> bool:
    """Whether AIC, BIC and log-likelihoods of fits compare: all by ML, or all by REML with the same fixed part.

    REML is the likelihood of the residuals of the fixed part: of other data where that is another one.
    """
    if all(fit.reml for fit in fits):
        return _have_same_fixed_part(fits)
    return not any(fit.reml for fit in fits)


def _have_same_fixed_part(fits: Sequence[Fit]) -> bool:
    return all(has_same_fixed_part(fits[0], fit) for fit in fits[1:])


def _row(name: str, fit: Fit, *, above: tuple[str, Fit] | None) -> ComparedFit:
    found = likelihood(fit)
    deviance = -2.0 * found.loglik
    test = RatioTest(None, None) if above is None else ratio_test(above[1], fit, (above[0], name))
    aic, bic = deviance + 2 * found.npar, deviance + found.npar * float(np.log(found.nobs))
    return ComparedFit(
        name,
        fit.design.formula.text,
        found.npar,
        aic,
        bic,
        found.loglik,
        deviance,
        test.chisq,
        test.df,
        test.p,
        test.plain_p,
        test.reference,
        test.reason,
    )


def _under_prior(penalised: set[str]) -> list[Diagnostic]:
    if not penalised:
        return []
    named = " and ".join(map(repr, sorted(penalised)))
    were = "was fitted under a prior" if len(penalised) == 1 else "were fitted under priors"
    message = f"{named} {were}: the likelihood is not at its maximum there, so there is no test"
    return [Diagnostic("compared_under_prior", "warning", message, "Fit without priors to test.")]


def _not_nested(rows: list[ComparedFit], penalised: set[str]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for above, row in pairwise(rows):
        if row.reason and not {above.name, row.name} & penalised:
            message = f"{above.name!r} and {row.name!r} are not nested: {row.reason}, so there is no test"
            found.append(Diagnostic("models_not_nested", "warning", message, "Compare them by AIC or BIC."))
    return found


def _on_boundary(rows: list[ComparedFit]) -> list[Diagnostic]:
    """Name the tests of variances, which are zero on the boundary of their range; a correlation of zero is inside."""
    found = []
    for above, row in pairwise(rows):
        if row.p is None or row.plain_p is None:
            continue
        message = f"{row.name!r} against {above.name!r} tests a variance of zero, the boundary of its range: "
        if row.p == row.plain_p:
            message += f"its p value is too large ({row.reference})"
            hint = "Drop one random effect at a time (`ranova`), or compare by AIC."
        else:
            message += (
                f"its p value is that of a mixture ({row.reference}); the plain χ²({row.df}) has {row.plain_p:.3g}"
            )
            hint = "Take the one in the table; the plain one, which lme4 prints, is too large."
        found.append(Diagnostic("variance_on_boundary", "info", message, hint))
    return found


def _refitted(compared: Mapping[str, Fit], fits: Mapping[str, Fit], *, is_asked: bool) -> Diagnostic:
    names = ", ".join(repr(name) for name, fit in compared.items() if fit is not fits[name])
    reason = "" if is_asked else ", because the fixed parts differ or a fit is by ML"
    message = f"fitted again by ML for this table{reason}: {names}"
    return Diagnostic("refitted_with_ml", "info", message, "The fits themselves are unchanged.")
