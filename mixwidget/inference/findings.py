"""What was found in the data and in the fit, each with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from mixwidget.errors import Diagnostic
from mixwidget.fit.fit import Fit, once
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.prior import Prior
from mixwidget.fit.row_findings import grave_row_findings, row_findings
from mixwidget.fit.tell import tell
from mixwidget.inference.crossed import estimated_criterion
from mixwidget.inference.free_variances import free_findings, free_of
from mixwidget.inference.generalized_findings import end_of_link, generalized_findings
from mixwidget.inference.identification import undetermined_terms
from mixwidget.inference.one_sided_levels import one_sided_levels
from mixwidget.inference.singularity import effects_named, listed, singular_sentences
from mixwidget.inference.verdict import Verdict, verdict


@once
def alerts(fit: Fit) -> tuple[Diagnostic, ...]:
    """Return the findings that stand beside the numbers wherever a fit is shown, after the thorough look."""
    return fit_diagnostics(fit, verdict(fit, thorough=True), thorough=True)


def thoughts(fit: Fit) -> tuple[Diagnostic, ...]:
    """Return what to know about the design and the rows of a fit, beside its `alerts`."""
    found = row_findings(fit)
    return (*found, *one_sided_levels(fit)) if isinstance(fit, GeneralizedFit) else found


def fit_diagnostics(fit: Fit, found: Verdict, *, thorough: bool = False) -> tuple[Diagnostic, ...]:
    """Return the findings of the design and those of the fit.

    Parameters
    ----------
    fit : Fit
    found : Verdict
        On the fit.
    thorough : bool
        Whether what takes about as long as the fit is looked at too.
    """
    findings = [*fit.design.diagnostics, *grave_row_findings(fit)]
    if isinstance(fit, GeneralizedFit):
        findings += generalized_findings(fit, found, thorough=thorough)
    if fit.optimum.certificate.is_singular:
        message = f"singular fit: {'; '.join(singular_sentences(fit))}."
        findings.append(Diagnostic("singular_fit", "warning", message, _regular(fit)))
    free = free_of(fit)
    findings += () if free is None else free_findings(fit.design, free)
    undetermined = undetermined_terms(fit) if free is None else []
    if undetermined and all(finding.code != "repeated_random_effect" for finding in findings):
        hint = "the rows are too few for these terms, or terms say the same: leave one of them out"
        message = f"the data do not determine {_variances(fit, undetermined)}: other values fit as well"
        findings.append(Diagnostic("undetermined_variances", "warning", message, hint))
    if found.code == "not converged" and all(finding.code != "separation" for finding in findings):
        findings.append(Diagnostic("not_converged", "error", found.message, _further(fit)))
    if found.code == "several optima":
        hint = "mw.all_fit(fit) lists them; the usual cause is slopes within and between groups that disagree"
        findings.append(Diagnostic("several_optima", "warning", found.message, hint))
    findings += estimated_criterion(fit)
    if fit.priors:
        findings.append(_weak_prior(fit))
    return tuple(findings)


def warn_of_findings(fit: Fit) -> None:
    """Warn of what needs care after a fit; the second look waits until somebody looks."""
    if fit.control.warn:
        found = fit_diagnostics(fit, verdict(fit))
        tell(fit, [finding for finding in found if finding.severity in ("warning", "error")])


def _further(fit: Fit) -> str:
    """Say what to do about a fit that has not converged."""
    if fit.priors:
        return "a prior may have no mode with these data, or be in other units than they are: weaken or rescale it"
    if isinstance(fit, GeneralizedFit) and fit.family.unbounded_link is not None:
        return end_of_link(fit.family)
    return "raise Control(max_evaluations=...), or start elsewhere with start="


def _regular(fit: Fit) -> str:
    """Say what to do about a singular fit; below a single column there is no simpler random part."""
    is_simplest = sum(len(term.columns) for term in fit.design.terms) == 1
    simpler = "all else is as without this term" if is_simplest else "mw.simplify(fit) tries simpler random parts"
    return f"{simpler}; a weak prior, cov_prior='wishart', makes it regular"


def _variances(fit: Fit, positions: list[int]) -> str:
    terms = [fit.design.terms[position] for position in positions]
    named = [
        f"{listed([effects_named(name) for name in term.columns])} of '{fit.design.factors[term.factor].label}'"
        for term in terms
    ]
    return f"the variances of {listed(named)}"


def _weak_prior(fit: Fit) -> Diagnostic:
    priors = fit.priors
    named: list[str] = []
    if isinstance(priors.covariance, Mapping):
        named += [f"{_text(prior)} on the covariance matrix of '{group}'" for group, prior in priors.covariance.items()]
    elif priors.covariance is not None:
        named.append(f"{_text(priors.covariance)} on every covariance matrix of the random effects")
    named += [f"{_text(priors.fixef)} on the fixed effects"] if priors.fixef is not None else []
    named += [f"{_text(priors.residual)} on sigma"] if priors.residual is not None else []
    penalty = fit.optimum.evaluation.penalty
    message = f"the estimates are a posterior mode, under {' and '.join(named)} (penalty {penalty:.4g})"
    hint = "criterion, AIC and BIC are those of the likelihood at that mode"
    return Diagnostic("weak_prior", "info", message, hint)


def _text(prior: Prior) -> str:
    given = ", ".join(f"{name} = {value}" for name, value in prior.parameters.items())
    return f"{'an' if prior.family[0] == 'i' else 'a'} {prior.family} prior{f' ({given})' if given else ''}"
