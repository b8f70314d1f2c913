"""One plain sentence about how a fit ended, from scale-invariant evidence."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.errors import Diagnostic
from mixwidget.fit.solution import Solution
from mixwidget.inference.identification import undetermined_terms
from mixwidget.inference.singularity import singular_terms

NOT_CONVERGED_ABOVE = 1e-4  # criterion units that a further Newton step still promises
DIFFERENT_OPTIMUM = 1e-2  # criterion units between the ends of two descents that count as two optima


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a fit ended.

    Attributes
    ----------
    code : {"converged", "boundary", "several optima", "not converged"}
    message : str
        One sentence.
    """

    code: str
    message: str


def verdict(solution: Solution) -> Verdict:
    """Return the verdict on a solution."""
    certificate = solution.optimum.certificate
    best = solution.optimum.evaluation.value
    others = sorted(
        {
            round(descent.value - best, 4)
            for descent in solution.optimum.descents
            if descent.reason in ("converged", "no further decrease") and descent.value - best > DIFFERENT_OPTIMUM
        }
    )
    if not solution.optimum.converged or certificate.decrement > NOT_CONVERGED_ABOVE:
        return Verdict(
            "not converged",
            f"Not converged: after {solution.optimum.n_evaluations} evaluations a further step still promises "
            f"{certificate.decrement:.2g} units of the criterion.",
        )
    if others:
        listed = ", ".join(f"{gap:.4g}" for gap in others)
        return Verdict(
            "several optima",
            f"Several optima: this is the best of {len(others) + 1}, the others lie {listed} higher in the criterion.",
        )
    if certificate.is_singular:
        return Verdict("boundary", f"Converged on the boundary (singular): {_singular_sentence(solution)}")
    return Verdict("converged", "Converged.")


def fit_diagnostics(solution: Solution) -> tuple[Diagnostic, ...]:
    """Return the findings of the design and those of the fit."""
    findings = list(solution.design.diagnostics)
    found = verdict(solution)
    if solution.optimum.certificate.is_singular:
        hint = "a simpler random part, or a weak prior on the covariance matrix, makes it regular"
        message = f"singular fit: {_singular_sentence(solution)}"
        findings.append(Diagnostic("singular_fit", "warning", message, hint))
    undetermined = undetermined_terms(solution)
    if undetermined and all(finding.code != "repeated_random_effect" for finding in findings):
        hint = "look for terms that say the same, or for too few rows; simplify the random part"
        message = f"the data do not determine {_variances(solution, undetermined)}: other values fit as well"
        findings.append(Diagnostic("undetermined_variances", "warning", message, hint))
    if found.code == "not converged":
        hint = "raise Control(max_evaluations=...), or start elsewhere with start="
        findings.append(Diagnostic("not_converged", "error", found.message, hint))
    if found.code == "several optima":
        hint = "few levels, or slopes within and between levels that disagree; look at fit.optimum.descents"
        findings.append(Diagnostic("several_optima", "warning", found.message, hint))
    return tuple(findings)


def _singular_sentence(solution: Solution) -> str:
    parts = []
    for position in singular_terms(solution):
        term = solution.design.terms[position]
        group = solution.design.factors[term.factor].label
        if len(term.columns) == 1:
            parts.append(f"the variance of {_effect(term.columns[0])} by '{group}' is estimated as zero")
        else:
            named = ", ".join(_effect(name) for name in term.columns)
            parts.append(f"the covariance matrix of {named} by '{group}' has a direction without variance")
    return "; ".join(parts) + "."


def _variances(solution: Solution, positions: list[int]) -> str:
    terms = [solution.design.terms[position] for position in positions]
    named = [
        f"{' and '.join(map(_effect, term.columns))} by '{solution.design.factors[term.factor].label}'"
        for term in terms
    ]
    return f"the variances of {', '.join(named)}"


def _effect(name: str) -> str:
    return "the intercepts" if name == "(Intercept)" else f"'{name}'"
