"""What the standard deviations and correlations of the random effects and the residual mean."""

from __future__ import annotations

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.views.explained import Explanation, Scale, said, scale_of
from mixwidget.views.labels import labels_of
from mixwidget.views.varcorr import TermRows, VarCorrRow, varcorr_view

PART = "Random effects"
INTERCEPT = "(Intercept)"
TOGETHER, ALONE = (
    0.999,
    0.1,
)  # correlations from which one effect follows from the other, and below which it says little
MIDDLE = 1.96  # standard deviations to both sides hold 95 % of a Gaussian


def explained_random(fit: Fit) -> list[Explanation]:
    """Return a sentence for each variance, standard deviation and correlation."""
    view, scale = varcorr_view(fit), scale_of(fit)
    found = [line for term in view.terms for line in _term(fit, scale, term)]
    return found if view.residual is None else [*found, *_residual(fit, scale, view.residual)]


def _term(fit: Fit, scale: Scale, term: TermRows) -> list[Explanation]:
    found: list[Explanation] = []
    for i, row in enumerate(term.rows):
        name = f"{term.name} {row.name}"
        variance = "The square of the standard deviation: variances of independent parts add up, the deviations do not."
        found += [
            Explanation(f"{name}: variance", term.group, PART, row.variance, variance),
            Explanation(f"{name}: SD", term.group, PART, row.sd, _spread(fit, scale, term.group, row)),
        ]
        found += [
            Explanation(f"{name} with {other.name}: correlation", term.group, PART, value, _correlation(term, i, j))
            for j, (other, value) in enumerate(zip(term.rows[:i], row.correlations, strict=True))
            if value is not None
        ]
    return found


def _spread(fit: Fit, scale: Scale, group: str, row: VarCorrRow) -> str:
    sd, unit = row.sd or 0.0, _unit(fit, scale, row.name)
    what = "the intercepts" if row.name == INTERCEPT else f"the effects of {row.name}"
    if sd == 0.0:
        return f"The data ask for no difference of {what} between levels of {group}: it is estimated as zero."
    text = f"Between levels of {group} {what} have a standard deviation of {said(sd, unit)}"
    names = fit.design.x_names
    if row.name not in names:
        return f"{text}; 95 % of the levels lie within {said(MIDDLE * sd, unit)} of the average of zero."
    centre = float(fit.estimates.beta[names.index(row.name)])
    low, high = centre - MIDDLE * sd, centre + MIDDLE * sd
    return f"{text}; by the model 95 % of all levels lie between {said(low)} and {said(high, unit)}."


def _unit(fit: Fit, scale: Scale, column: str) -> str:
    per = labels_of(fit).unit(column)
    return f"{scale.unit} per {per}" if scale.unit and per else scale.unit


def _correlation(term: TermRows, i: int, j: int) -> str:
    row, other = term.rows[i], term.rows[j]
    value = row.correlations[j] or 0.0
    one, two = (_plural(effect.name) for effect in (other, row))
    number = f"correlation {said(value)}, from -1 to 1"
    if abs(value) < ALONE:
        return f"Whether a level of {term.group} has a high or low {one} says little of its {two} ({number})."
    with_what = "higher" if value > 0.0 else "lower"
    if abs(value) >= TOGETHER:
        return f"Of levels of {term.group} the {two} follows from the {one} ({number}): the fit is singular."
    return f"Levels of {term.group} with a higher {one} tend to have a {with_what} {two} ({number})."


def _plural(name: str) -> str:
    return "intercept" if name == INTERCEPT else f"effect of {name}"


def _residual(fit: Fit, scale: Scale, row: VarCorrRow) -> list[Explanation]:
    sd = row.sd or 0.0
    variance = "The square of the residual standard deviation: what the model leaves unexplained within levels."
    spread = (
        f"The dispersion beside the family's own variance: the root of it is {said(sd)}."
        if isinstance(fit, GeneralizedFit)
        else f"Single rows scatter around what the model says of their own levels with a standard deviation of "
        f"{said(sd, scale.unit)}: 95 % lie within {said(MIDDLE * sd, scale.unit)}."
    )
    return [
        Explanation("Residual: variance", "Residual", PART, row.variance, variance),
        Explanation("Residual: SD", "Residual", PART, row.sd, spread),
    ]
