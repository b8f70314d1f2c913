"""What a design tells before any fit: what cannot be estimated, what is hard to read, what may be meant otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np

from mixwidget.design.crossing import Crossing, crossing
from mixwidget.design.design import Design, GroupingFactor, RandomBlock
from mixwidget.design.rows import Rows
from mixwidget.errors import Diagnostic
from mixwidget.formula.parse import column_named

FEW_LEVELS = 5  # fewer say little about a variance; a habit of the textbooks (Gelman & Hill 2007, section 12.9)
CONSTANT_RTOL = 1e-10  # spread within levels below this share of the whole spread is rounding
FAR_FROM_ZERO = 10.0  # standard deviations between the mean of a slope's column and 0
UNEQUAL_SCALES = 1e3  # ratio of the largest to the smallest standard deviation of the predictors
MIXED_SHARE = (0.02, 0.999)  # share of a predictor's variance between levels at which it counts as both
SLOPES_DISAGREE = 3.0  # standard errors between the least-squares slopes within and between levels
SHORT_LABEL = 2  # characters: labels as 1, 2, 3 or a, b, c are often used again under every parent


def design_findings(design: Design, rows: Rows) -> tuple[Diagnostic, ...]:
    """Return what to know about a design and its rows, the grave first.

    Severity ``"warning"`` marks what cannot be estimated, ``"info"`` what to think about.
    """
    found = [finding for check in _CHECKS for finding in check(design, rows)]
    return tuple(sorted(found, key=lambda finding: finding.severity == "info"))


def grave_findings(design: Design, rows: Rows) -> tuple[Diagnostic, ...]:
    """Return only what cannot be estimated: cheap enough to look at with every fit."""
    found = (*_constant_slopes(design, rows), *_confounded(design, rows))
    return tuple(finding for finding in found if finding.severity != "info")


def size_findings(design: Design, n: int) -> tuple[Diagnostic, ...]:
    """Return what numbers of levels and of rows tell alone."""
    return (*_many_effects(design, n), *_few_levels(design))


def _constant_slopes(design: Design, rows: Rows) -> Iterator[Diagnostic]:
    with_intercepts = {term.factor for term in design.terms if "(Intercept)" in term.columns}
    for term, column, z in _slopes(design, rows):
        factor, codes = design.factors[term.factor], rows.codes[term.factor]
        if term.factor not in with_intercepts:  # then it scales the only variance of its levels, as in (0 + sex || S)
            continue
        varying = _spread_within(z, codes)
        n_varying = int((varying > CONSTANT_RTOL * z.var()).sum()) if z.var() > 0 else 0
        yield from varying_slope_finding(term, column, factor, n_varying)


def varying_slope_finding(
    term: RandomBlock, column: str, factor: GroupingFactor, n_varying: int
) -> Iterator[Diagnostic]:
    """Say that the column of a slope varies within few levels of its factor, or in none."""
    n_levels = len(factor.levels)
    if n_varying == 0:
        severity = "warning" if "(Intercept)" in term.columns else "info"
        message = (
            f"'{column}' does not vary within any level of '{factor.label}': "
            "its slopes cannot be told from the intercepts"
        )
        hint = f"take '{column}' out of the term of '{factor.label}'; it can stay a fixed effect"
        yield Diagnostic("constant_slope", severity, message, hint)
    elif n_varying < n_levels / 2:
        message = f"'{column}' varies within {n_varying} of {n_levels} levels of '{factor.label}' only"
        hint = "the variance of its slopes rests on these few; leave its slopes out if they are not asked for"
        yield Diagnostic("rarely_varying_slope", "info", message, hint)


def _single_rows(design: Design, rows: Rows) -> Iterator[Diagnostic]:
    return single_row_findings(design, [np.bincount(codes) for codes in rows.codes])


def single_row_findings(design: Design, sizes: Sequence[np.ndarray]) -> Iterator[Diagnostic]:
    """Say which factors have levels of one row, from the rows of each of their levels, shape (J,)."""
    for factor, rows in zip(design.factors, sizes, strict=True):
        single = int((rows == 1).sum())
        if single:
            message = f"{single} of {len(factor.levels)} levels of '{factor.label}' have one row"
            hint = "they say nothing about variation within a level, but help all else: keep them"
            yield Diagnostic("single_row_levels", "info", message, hint)


def _many_effects(design: Design, n: int) -> Iterator[Diagnostic]:
    count = sum(len(term.columns) * len(design.factors[term.factor].levels) for term in design.terms)
    if count >= n:
        message = f"the model has {count} random effects for {n} rows"
        yield Diagnostic(
            "many_random_effects", "info", message, "expect a singular fit; a simpler random part is safer"
        )


def _few_levels(design: Design) -> Iterator[Diagnostic]:
    for factor in design.factors:
        if len(factor.levels) < FEW_LEVELS:
            message = f"'{factor.label}' has {len(factor.levels)} levels, which say little about a variance"
            hint = "a fixed effect may do as well, or a weak prior, cov_prior='wishart'"
            yield Diagnostic("few_levels", "info", message, hint)


def _confounded(design: Design, rows: Rows) -> Iterator[Diagnostic]:
    for (one, codes), (other, others) in combinations(zip(design.factors, rows.codes, strict=True), 2):
        if len(one.levels) == len(other.levels) and _crossing(one, codes, other, others).is_same:
            yield confounded_finding(one, other)


def confounded_finding(one: GroupingFactor, other: GroupingFactor) -> Diagnostic:
    """Say that two grouping factors are one."""
    message = f"'{one.label}' and '{other.label}' divide the rows in the same way"
    hint = "their variances cannot be told apart: keep one of them"
    return Diagnostic("confounded_factors", "warning", message, hint)


def _nested_or_crossed(design: Design, rows: Rows) -> Iterator[Diagnostic]:
    pairs = combinations(zip(design.factors, rows.codes, strict=True), 2)
    for (fine, codes), (coarse, others) in (sorted(pair, key=_n_levels, reverse=True) for pair in pairs):
        yield from crossing_findings(fine, coarse, _crossing(fine, codes, coarse, others))


def crossing_findings(fine: GroupingFactor, coarse: GroupingFactor, found: Crossing) -> Iterator[Diagnostic]:
    """Say how two factors that differ stand to each other, the one with more levels first."""
    if found.is_same:
        return
    if found.first_in_second:
        message = f"'{fine.label}' is nested in '{coarse.label}': each of its levels lies in one"
        yield Diagnostic("nested_factors", "info", message, "nothing to do: a term for each is right")
    else:
        message = f"'{fine.label}' and '{coarse.label}' are crossed: {found.share:.0%} of all pairs of levels occur"
        yield Diagnostic("crossed_factors", "info", message, "nothing to do, if a label means the same in every row")
        yield from _reused_labels(fine, coarse, found.share)


def _n_levels(coded: tuple[GroupingFactor, np.ndarray]) -> int:
    return len(coded[0].levels)


def _crossing(one: GroupingFactor, codes: np.ndarray, other: GroupingFactor, others: np.ndarray) -> Crossing:
    return crossing(codes, others, len(one.levels), len(other.levels))


def _reused_labels(fine: GroupingFactor, coarse: GroupingFactor, share: float) -> Iterator[Diagnostic]:
    short = coarse if max(map(len, coarse.levels)) <= SHORT_LABEL else fine
    parent = fine if short is coarse else coarse
    if max(map(len, short.levels)) > SHORT_LABEL or share < 0.5:
        return
    labels = ", ".join(short.levels[:3])
    message = f"the labels of '{short.label}' ({labels}, ...) occur under many levels of '{parent.label}'"
    hint = (
        f"if they name different things under each, nest them: (1 | {parent.label}/{short.label}); "
        "if they name the same things, all is well"
    )
    yield Diagnostic("reused_labels", "info", message, hint)


def _scales(design: Design, rows: Rows) -> Iterator[Diagnostic]:
    sds = {name: float(x.std()) for name, x in _predictors(design, rows)}
    if len(sds) > 1 and max(sds.values()) > UNEQUAL_SCALES * min(sds.values()):
        large, small = max(sds, key=sds.__getitem__), min(sds, key=sds.__getitem__)
        named = f"'{large}' (SD {sds[large]:.3g}) and '{small}' (SD {sds[small]:.3g})"
        message = f"the predictors {named} differ much in scale"
        hint = "the fit does not mind, readers do: change the unit, or use mw.scale"
        yield Diagnostic("unequal_scales", "info", message, hint)
    for term, column, z in _slopes(design, rows):
        yield from uncentred_findings(design, term, column, z.mean(), z.std())


def uncentred_findings(design: Design, term: RandomBlock, column: str, mean: float, sd: float) -> Iterator[Diagnostic]:
    """Say that 0, at which the intercepts of a term are, lies far from the values of a slope's column."""
    if "(Intercept)" in term.columns and abs(mean) > FAR_FROM_ZERO * sd > 0:
        message = f"0 lies far outside the values of '{column}' (mean {mean:.4g}, SD {sd:.3g})"
        at_zero = f"the intercepts of '{design.factors[term.factor].label}' are those at 0"
        hint = f"{at_zero} and will correlate with its slopes: subtract a centre"
        yield Diagnostic("uncentred_slope", "info", message, hint)


def _mixtures(design: Design, rows: Rows) -> Iterator[Diagnostic]:
    """Compare the slopes of the response on each predictor within and between levels, by least squares."""
    for name, x in _predictors(design, rows):
        for factor, codes in zip(design.factors, rows.codes, strict=True):
            between, within = _split(x, codes)
            share = between.var() / x.var()
            if not MIXED_SHARE[0] < share < MIXED_SHARE[1] or len(factor.levels) < 3:
                continue
            y_between, y_within = _split(rows.y, codes)
            inner, inner_se = _slope(within, y_within, len(x) - len(factor.levels))
            outer, outer_se = _slope(between - between.mean(), y_between - y_between.mean(), len(factor.levels))
            if abs(inner - outer) > SLOPES_DISAGREE * np.hypot(inner_se, outer_se):
                message = (
                    f"'{name}' varies within and between the levels of '{factor.label}', and its slopes disagree: "
                    f"about {inner:.3g} within, {outer:.3g} between"
                )
                yield Diagnostic("within_between_mixture", "info", message, _own_coefficients(design, name, factor))


def _own_coefficients(design: Design, name: str, factor: GroupingFactor) -> str:
    """Say how to call `center_within`, which takes columns of the data: neither expressions nor joined groups."""
    terms = {label for label, _ in design.x_assign}
    column, by = column_named(name) if name in terms else None, column_named(factor.label)
    if column is not None and by is not None:
        return f"give each its own coefficient: mw.center_within(data, {column!r}, by={by!r})"
    made = [f"'{label}'" for label, known in ((name, column), (factor.label, by)) if known is None]
    columns = "a column" if len(made) == 1 else "columns"
    return f"make {' and '.join(made)} {columns} of the data, and give each its own coefficient with mw.center_within"


def _slope(x: np.ndarray, y: np.ndarray, df: int) -> tuple[float, float]:
    square = float(x @ x)
    slope = float(x @ y) / square
    residual = y - slope * x
    return slope, float(np.sqrt(residual @ residual / max(df - 1, 1) / square))


def _slopes(design: Design, rows: Rows) -> Iterator[tuple[RandomBlock, str, np.ndarray]]:
    for term, z in zip(design.terms, rows.z, strict=True):
        for i, column in enumerate(term.columns):
            if column != "(Intercept)":
                yield term, column, z[:, i]


def _predictors(design: Design, rows: Rows) -> list[tuple[str, np.ndarray]]:
    """Return the fixed-effects columns that take more than two values: neither dummies nor the intercept."""
    columns = [(name, rows.X[:, i]) for i, name in enumerate(design.x_names) if ":" not in name]
    return [(name, x) for name, x in columns if len(np.unique(x)) > 2]


def _split(values: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    means = np.bincount(codes, values) / np.bincount(codes)  # every level occurs
    between = means[codes]
    return between, values - between


def _spread_within(z: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the variance of a column within each level."""
    _, within = _split(z, codes)
    return np.bincount(codes, within**2) / np.bincount(codes)


_CHECKS: tuple[Callable[[Design, Rows], Iterator[Diagnostic]], ...] = (
    _constant_slopes,
    _confounded,
    _nested_or_crossed,
    lambda design, rows: _many_effects(design, rows.n),
    lambda design, _: _few_levels(design),
    _single_rows,
    _scales,
    _mixtures,
)
