"""The summary of a fit in a terminal, as lmerTest prints it, and lme4 that of a generalized model."""

from __future__ import annotations

from mixwidget.report.abbreviate import abbreviate
from mixwidget.report.coefmat import p_column, p_value_table_lines, scaled_columns, statistic_column
from mixwidget.report.deparse import labelled_formula
from mixwidget.report.rformat import format_number, format_numbers, zapsmall
from mixwidget.report.rprint import filled_lines, matrix_lines, named_vector_lines, wrapped_lines
from mixwidget.report.varcorr_lines import varcorr_lines
from mixwidget.views.notes import Note
from mixwidget.views.summary import SummaryView

DIGITS = 4
PLAIN_VERDICT = "Converged."
MAX_CORRELATION = 12  # with more fixed effects than this lme4 leaves their correlations out
R_CLASS = "lmerModLmerTest"
UNTESTED_CLASS = "lmerMod"
GENERALIZED_CLASS = "glmerMod"
UNTESTED = "df and p take long in a model of this size: fit.summary() computes them."
UNREAD = "not read; fit.scaled_residuals() goes through the data once more for them."
_STUDENT_NAMES = ["Estimate", "Std. Error", "df", "t value", "Pr(>|t|)"]
QUANTILE_NAMES = ("Min", "1Q", "Median", "3Q", "Max")


def summary_text(view: SummaryView) -> str:
    """Return the text of R's ``summary``, our findings in the place of the optimiser's messages."""
    lines = [
        *_title_lines(view),
        *verdict_lines(view),
        *call_lines(view),
        "",
        *_criterion_lines(view),
        "",
        *_residual_lines(view),
        "",
        "Random effects:",
        *varcorr_lines(view.varcorr, digits=DIGITS, with_variance=True),
        *size_lines(view),
        "",
        *_coefficient_lines(view),
        *_correlation_lines(view),
        *note_lines(view.notes),
    ]
    return "\n".join(lines)


def verdict_lines(view: SummaryView) -> list[str]:
    """Return the verdict where there is more to say than that the fit converged, which R does not print either."""
    return [] if view.verdict in (None, PLAIN_VERDICT) else wrapped_lines(view.verdict)


def call_lines(view: SummaryView) -> list[str]:
    """Return the family, the formula and what else was in the call, and what a generalized model models."""
    parts = (("   Data:", view.data), ("Weights:", view.weights), (" Offset:", view.offset), (" Subset:", view.subset))
    called = [*labelled_formula("Formula:", view.formula), *(f"{label} {value}" for label, value in parts if value)]
    family = view.family
    if family is None:
        return called
    told = (f"Modelled: {family.modelled}", *family.remarks)
    return [
        f" Family: {family.name}  ( {family.link} )",
        *called,
        *(line for text in told for line in wrapped_lines(text)),
    ]


def size_lines(view: SummaryView) -> list[str]:
    """Return how many observations and levels there are."""
    groups = "; ".join(f"{size.group}, {size.n_levels}" for size in view.groups)
    return filled_lines([f"Number of obs: {view.nobs}, groups: ", groups])


def sentence(text: str) -> str:
    """Return a text that begins with a capital letter, unless with code, and ends with a full stop.

    Examples
    --------
    >>> sentence("drop a term"), sentence("mw.simplify(fit) drops one")
    ('Drop a term.', 'mw.simplify(fit) drops one.')
    """
    first = text.split(" ", 1)[0].rstrip(".,;:")
    if any(mark in first for mark in "._(="):
        return text.rstrip(".") + "."
    return text[:1].upper() + text[1:].rstrip(".") + "."


def note_lines(notes: tuple[Note, ...]) -> list[str]:
    """Return the findings of a fit, one sentence and one hint each; nothing where all is well, as in R."""
    texts = [" ".join(sentence(part) for part in (note.message, note.hint) if part) for note in notes]
    return ["", *(line for text in texts for line in wrapped_lines(f"* {text}"))] if texts else []


def aic_lines(view: SummaryView, decimals: int) -> list[str]:
    """Return the table that stands in the place of the REML criterion under maximum likelihood."""
    values = (view.aic, view.bic, view.loglik, -2 * view.loglik if view.loglik is not None else None)
    texts = format_numbers([None if value is None else round(value, decimals) for value in values])
    return named_vector_lines(["AIC", "BIC", "logLik", "deviance", "df.resid"], [*texts, str(view.df_resid)])


def generalized_title_lines(view: SummaryView) -> list[str]:
    """Return the title of a generalized model, which R breaks at spaces."""
    return wrapped_lines(f"{view.title} [{GENERALIZED_CLASS}]")


def _title_lines(view: SummaryView) -> list[str]:
    if view.family is not None:
        return generalized_title_lines(view)
    trailing = "" if view.reml else " "  # lme4's title of an ML fit ends in a space
    tests = f". t-tests use {view.df_method}'s method" if view.df_method else ""
    title = f"{view.title}{trailing}{tests}"
    words = f" [{R_CLASS if view.df_method else UNTESTED_CLASS}]"
    if len(title) + len(words) <= 80:
        return [title + words]
    *lines, last = wrapped_lines(title)
    return [*lines, *filled_lines([last + " [", R_CLASS + "]"], separator="")]


def _criterion_lines(view: SummaryView) -> list[str]:
    if not view.reml:
        return aic_lines(view, 1)
    criterion = None if view.criterion is None else round(view.criterion, 1)
    return [f"REML criterion at convergence: {format_number(criterion)}"]


def _residual_lines(view: SummaryView) -> list[str]:
    if not view.scaled_residuals:
        return [f"Scaled residuals: {UNREAD}"]
    values = zapsmall([value for value in view.scaled_residuals if value is not None], DIGITS + 1)
    return ["Scaled residuals: ", *named_vector_lines(QUANTILE_NAMES[: len(values)], format_numbers(values, DIGITS))]


def _coefficient_lines(view: SummaryView) -> list[str]:
    rows = view.coefficients
    if not rows:
        return ["No fixed effect coefficients"]
    if not view.df_method and view.family is None:
        return _untested_lines(view)
    p_values = [row.p for row in rows]
    on_one_scale = [[row.estimate for row in rows], [row.se for row in rows]]
    if view.family is None:
        names, on_one_scale = _STUDENT_NAMES, [*on_one_scale, [row.df for row in rows]]
    else:
        names = ["Estimate", "Std. Error", f"{view.family.statistic} value", "Pr(>|z|)"]
    scaled = scaled_columns(on_one_scale, DIGITS)
    columns = [*scaled, statistic_column([row.statistic for row in rows], DIGITS), p_column(p_values, DIGITS)]
    return ["Fixed effects:", *p_value_table_lines([row.name for row in rows], names, columns, p_values)]


def _untested_lines(view: SummaryView) -> list[str]:
    rows = view.coefficients
    columns = [
        *scaled_columns([[row.estimate for row in rows], [row.se for row in rows]], DIGITS),
        statistic_column([row.statistic for row in rows], DIGITS),
    ]
    cells = [list(row) for row in zip(*columns, strict=True)]
    lines = matrix_lines([row.name for row in rows], ["Estimate", "Std. Error", "t value"], cells)
    return ["Fixed effects:", *lines, *wrapped_lines(UNTESTED)]


def _correlation_lines(view: SummaryView) -> list[str]:
    names = [row.name for row in view.coefficients]
    if len(names) < 2:
        return []
    if len(names) > MAX_CORRELATION:
        reason = f"Correlation of fixed effects not shown, as there are {len(names)} > {MAX_CORRELATION}; see fit.vcov."
        return ["", reason]
    texts = _correlation_cells(view.correlation)
    cells = [row[:i] + [""] * (len(names) - 1 - i) for i, row in enumerate(texts)][1:]
    table = matrix_lines(abbreviate(names, 11)[1:], abbreviate(names, 6)[:-1], cells, right=False)
    return ["", "Correlation of Fixed Effects:", *table]


def _correlation_cells(correlation: tuple[tuple[float | None, ...], ...]) -> list[list[str]]:
    texts = [["NaN" if value is None else f"{round(value, 3) + 0.0:.3f}" for value in row] for row in correlation]
    width = max(len(text) for row in texts for text in row)
    return [[text.rjust(width) for text in row] for row in texts]
