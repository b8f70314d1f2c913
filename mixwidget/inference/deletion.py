"""What each term is worth: single-term deletions of fixed terms (``drop1``) and of random effects (``ranova``)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit
from mixwidget.fit.fixed_terms import fixed_terms
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.likelihood import likelihood
from mixwidget.fit.reductions import reductions
from mixwidget.fit.refit import solve_again
from mixwidget.fit.submodel import criterion_without, without_terms
from mixwidget.inference.anova import anova_table
from mixwidget.inference.boundary import boundary_test
from mixwidget.inference.criterion_errors import check_error, check_errors, difference_error, estimates_note, note_of
from mixwidget.inference.tails import chi2_tail


def drop1_table(fit: Fit, test: str, ddf: str, progress: Callable[[int, int], None] | None = None) -> pd.DataFrame:
    """Return the effect of dropping each fixed term that no other contains, as ``drop1``.

    Parameters
    ----------
    fit : Fit
    call : Call
    test : {"chisq", "f"}
        Likelihood-ratio tests of maximum-likelihood fits, or F tests without refitting.
    ddf : str
        For the F tests.
    progress : callable, optional

    Raises
    ------
    OptionError
        If the test is not known, or an F test is asked of a generalized model.
    """
    scope = _scope(fit)
    if test.lower() == "f" and isinstance(fit, GeneralizedFit):
        raise OptionError(
            "drop1: test='f' is for linear mixed models; take test='chisq', or fit.anova() for Wald tests"
        )
    if test.lower() == "f":
        table = anova_table(fit, 2, ddf)
        return table.loc[[label for label in table.index if label in scope]]
    if test.lower() != "chisq":
        others = "" if isinstance(fit, GeneralizedFit) else " or 'f'"
        raise OptionError(f"drop1: test={test!r} is not known; choose 'chisq'{others}")
    full = fit
    if fit.reml:
        full = solve_again(fit, reml=False)
    whole, smaller = likelihood(full), list[Fit]()
    rows: list[tuple[float, float, float, float]] = [(np.nan, whole.aic, np.nan, np.nan)]
    for done, label in enumerate(scope, start=1):
        smaller.append(without_terms(fit, (label,)))
        check_errors(full, smaller[-1])
        part = likelihood(smaller[-1])
        df, gain = whole.npar - part.npar, max(0.0, part.criterion - whole.criterion)
        rows.append((df, part.aic, gain, float(chi2_tail(gain, df)) if df else np.nan))
        if progress is not None:
            progress(done, len(scope))
    index = pd.Index(["<none>", *scope], dtype=object)
    table, note = pd.DataFrame(rows, columns=["npar", "AIC", "LRT", "Pr(Chi)"], index=index), note_of(full, *smaller)
    table.attrs["notes"] = [note] if note else []
    return table


def _scope(fit: Fit) -> list[str]:
    """Return the terms that are not part of another one."""
    terms = [term for term in fixed_terms(fit.design) if term.variables]
    return [term.label for term in terms if not any(other.variables > term.variables for other in terms)]


def ranova_table(fit: Fit, progress: Callable[[int, int], None] | None = None) -> pd.DataFrame:
    """Return the effect of dropping each random effect, as lmerTest's ``ranova``.

    Columns: npar, logLik, AIC, LRT, Df and Pr(>Chisq), which allows for the variance that is tested on the boundary of
    its range (see `boundary_test`). ``attrs`` have the p values of the plain chi-square, which lmerTest prints, as
    ``plain_p``, and what the reader of the table must know as ``notes``.

    References
    ----------
    Self & Liang (1987), JASA 82; Stram & Lee (1994), Biometrics 50.
    """
    whole = likelihood(fit)
    n_others = whole.npar - fit.layout.n_theta
    rows = [(whole.npar, whole.loglik, whole.aic, np.nan, np.nan, np.nan)]
    smaller, plain, references = list(reductions(fit)), dict[str, float](), list[str]()
    errors, differences = [fit.criterion_error], list[float]()
    for done, reduction in enumerate(smaller, start=1):
        criterion, n_theta, deviations = criterion_without(fit, reduction)
        errors.append(float(np.linalg.norm(deviations)))
        differences.append(difference_error(fit.criterion_deviations, deviations))
        check_error(differences[-1])
        npar = n_others + n_theta
        gain, df = max(0.0, criterion - whole.criterion), whole.npar - npar
        test = boundary_test(gain, df, reduction.n_dropped)
        rows.append((npar, -criterion / 2.0, criterion + 2.0 * npar, gain, df, test.p))
        plain[reduction.label] = float(chi2_tail(gain, df))
        references.append(test.note)
        if progress is not None:
            progress(done, len(smaller))
    columns = ["npar", "logLik", "AIC", "LRT", "Df", "Pr(>Chisq)"]
    table = pd.DataFrame(rows, columns=columns, index=pd.Index(["<none>", *plain], dtype=object))
    note = estimates_note(errors, max(differences, default=0.0))
    table.attrs = {"plain_p": plain, "notes": [*_boundary_notes(plain, references), *([note] if note else [])]}
    return table


def _boundary_notes(plain: dict[str, float], references: list[str]) -> list[str]:
    """Say which distributions the p values are of, and what they would be without the boundary."""
    if not plain:
        return []
    listed = "; ".join(dict.fromkeys(references))
    values = ", ".join(f"{p:.3g} ({label})" if len(plain) > 1 else f"{p:.3g}" for label, p in plain.items())
    mixture = f"A variance cannot be negative, so p is that of a mixture of chi-squares ({listed})."
    return [mixture, f"The plain chi-square, which lmerTest prints, gives {values}."]
