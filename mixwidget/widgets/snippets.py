"""The current fit as code to take away: a cell for ``%%lmer``, Python, R."""

from __future__ import annotations

from collections.abc import Mapping

from mixwidget.views.formula_sum import backticked


def snippets(formula: str, *, reml: bool, data: str, options: Mapping[str, str]) -> list[dict[str, str]]:
    """Return label and text of each snippet.

    Parameters
    ----------
    formula : str
    reml : bool
    data : str
        Name of the data frame in the user's code.
    options : mapping of str to str
        Columns for ``weights`` and ``offset``.

    Examples
    --------
    >>> for snippet in snippets("y ~ x + (1 | g)", reml=False, data="d", options={"weights": "w"}):
    ...     print(snippet["text"])
    %%lmer data=d weights=w --ml
    y ~ x + (1 | g)
    fit = mw.lmer("y ~ x + (1 | g)", d, reml=False, weights="w")
    fit <- lmer(y ~ x + (1 | g), data = d, REML = FALSE, weights = w)
    """
    cell = "".join(f" {name}={column}" for name, column in options.items())
    python = "".join(f', {name}="{column}"' for name, column in options.items())
    r = "".join(f", {name} = {backticked(column)}" for name, column in options.items())
    quoted = formula.replace("\\", "\\\\").replace('"', '\\"')
    return [
        {"label": "%%lmer", "text": f"%%lmer data={data}{cell}{'' if reml else ' --ml'}\n{formula}"},
        {"label": "Python", "text": f'fit = mw.lmer("{quoted}", {data}, reml={reml}{python})'},
        {"label": "R", "text": f"fit <- lmer({formula}, data = {backticked(data)}, REML = {str(reml).upper()}{r})"},
    ]
