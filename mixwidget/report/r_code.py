"""The R call that fits the same model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mixwidget.views.formula_sum import backticked
from mixwidget.views.formula_text import formula_tokens

_BEGINS_WITH_UNDERSCORE = re.compile(r"_\w*")  # a name here, but not in R


def r_code(
    *,
    formula: str,
    data: str | None,
    function: str,
    arguments: Sequence[str] = (),
    weights: str | None = None,
    offset: str | None = None,
    subset: str | None = None,
    contrasts: Mapping[str, str] | None = None,
    columns: Mapping[str, tuple[str, str | None]] | None = None,
    before: Sequence[str] = (),
    packages: Sequence[str] = (),
    priors: Mapping[str, str] | None = None,
    remark: str = "",
) -> str:
    """Return R code: packages, factors, and the call of ``lmer``, ``glmer``, ``glmer.nb`` or blme's functions.

    Parameters
    ----------
    formula : str
    data : str or None
        The name of the data frame.
    function : str
        ``"lmer"``, ``"glmer"``, ...
    arguments : sequence of str
        What it is told first.
    weights, offset, subset : str or None
        Column or expression.
    contrasts : mapping of str to str, optional
        R code of the contrasts of factors.
    columns : mapping of str to (str, str or None), optional
        Columns to make first: R code with ``{column}`` and ``{frame}``, and R code of contrasts.
    before, packages : sequence of str
        Lines, and packages, that the call needs.
    priors : mapping of str to str, optional
        Arguments of blme's functions.
    remark : str
        A comment above the call.

    Examples
    --------
    >>> told = {"arguments": ["REML = FALSE"], "contrasts": {"x": '"contr.sum"'}}
    >>> code = r_code(formula="y ~ x + (1 | g)", data="d", function="lmer", **told)
    >>> code.splitlines()[-1]
    'fit <- lmer(y ~ x + (1 | g), data = d, REML = FALSE, contrasts = list(x = "contr.sum"))'
    """
    frame = backticked(data or "data")
    told = [_in_r(formula), f"data = {frame}", *arguments]
    given = {"weights": weights, "offset": offset, "subset": subset}
    told += [f"{label} = {_in_r(value)}" for label, value in given.items() if value is not None]
    if contrasts:
        told.append(
            f"contrasts = list({', '.join(f'{backticked(name)} = {code}' for name, code in contrasts.items())})"
        )
    told += [f"{name} = {code}" for name, code in (priors or {}).items()]
    lines = [f"library({name})" for name in packages]
    lines += [line for name, made in (columns or {}).items() for line in _column_lines(frame, name, *made)]
    lines += [*before, *([f"# {remark}"] if remark else []), f"fit <- {function}({', '.join(told)})"]
    return "\n".join(lines)


def _column_lines(frame: str, name: str, code: str, contrasts: str | None) -> list[str]:
    column = f"{frame}${backticked(name)}"
    lines = [f"{column} <- {code.replace('{column}', column).replace('{frame}', frame)}"]
    if contrasts is not None:
        n_columns = contrasts[contrasts.rindex("c(") :].count('"') // 2
        lines.append(f"contrasts({column}, {n_columns}) <- {contrasts}")
    return lines


def _in_r(text: str) -> str:
    """Return a formula or expression on one line, with the names quoted that R would not read."""
    tokens = formula_tokens(text)
    return "".join(f"`{token}`" if _BEGINS_WITH_UNDERSCORE.fullmatch(token) else token for token in tokens).strip()
