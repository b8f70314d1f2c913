"""The current fit as code to take away: a cell for ``%%lmer``, Python, R."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mixwidget.views.formula_sum import backticked
from mixwidget.views.prior_code import cell_priors, python_priors, r_priors
from mixwidget.views.view import View


@dataclass(frozen=True, slots=True)
class Snippet(View):
    """Code to take away, and the language it is for."""

    label: str
    text: str


def snippets(
    formula: str,
    *,
    reml: bool,
    data: str,
    options: Mapping[str, str],
    priors: Any = None,
    r_formula: str | None = None,
) -> tuple[Snippet, ...]:
    """Return the snippets of a fit.

    Parameters
    ----------
    formula : str
    reml : bool
    data : str
        Name of the data frame in the user's code.
    options : mapping of str to str
        Columns for ``weights`` and ``offset``.
    priors : Priors, optional
        With them the code for R is for package blme.
    r_formula : str, optional
        Where R would read the formula in another way.

    Examples
    --------
    >>> for snippet in snippets("y ~ x + (1 | g)", reml=False, data="d", options={"weights": "w"}):
    ...     print(snippet.text)
    %%lmer data=d weights=w --ml
    y ~ x + (1 | g)
    fit = mw.lmer("y ~ x + (1 | g)", d, reml=False, weights="w")
    fit <- lmer(y ~ x + (1 | g), data = d, REML = FALSE, weights = w)
    """
    in_cell, in_python, in_r = (code(priors) if priors else {} for code in (cell_priors, python_priors, r_priors))
    cell = "".join(f" {name}={column}" for name, column in [*options.items(), *in_cell.items()])
    python = "".join(f', {name}="{column}"' for name, column in options.items())
    python += "".join(f", {name}={code}" for name, code in in_python.items())
    r = "".join(f", {name} = {backticked(column)}" for name, column in options.items())
    r += "".join(f", {name} = {code}" for name, code in in_r.items())
    quoted = formula.replace("\\", "\\\\").replace('"', '\\"')
    given = f"{r_formula or formula}, data = {backticked(data)}, REML = {str(reml).upper()}{r}"
    call = f"{'blmer' if in_r else 'lmer'}({given})"
    return (
        Snippet("%%lmer", f"%%lmer data={data}{cell}{'' if reml else ' --ml'}\n{formula}"),
        Snippet("Python", f'fit = mw.lmer("{quoted}", {data}, reml={reml}{python})'),
        Snippet("R (blme)" if in_r else "R", f"fit <- {call}"),
    )
