"""The current fit as code to take away: a cell for ``%%lmer`` or ``%%glmer``, Python, R."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mixwidget.family.read_family import ALLOWED_LINKS
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.r_call import RCall, family_code, linear_r_call, r_call
from mixwidget.views.formula_sum import backticked
from mixwidget.views.prior_code import cell_priors, python_priors, r_priors
from mixwidget.views.view import View

SHAPED = "negative.binomial"  # the family whose shape is estimated


@dataclass(frozen=True, slots=True)
class Snippet(View):
    """Code to take away, and the language it is for."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """The function that makes a fit, and what it is told beside formula, data and priors.

    Attributes
    ----------
    name : str
        ``"lmer"``, ``"glmer"``, ``"glmer_nb"``: of the magic and of Python.
    cell : str
        Options of the cell, each with a space before it.
    python : str
        Arguments, each with a comma before it.
    r : RCall
    in_cell : bool
        Whether a cell can say it: it has no word for a shape that is given.
    """

    name: str
    cell: str
    python: str
    r: RCall
    in_cell: bool = True


def call_of(fit: Fit) -> Call:
    """Return the call that makes a fit of this kind.

    Examples
    --------
    >>> import mixwidget as mw
    >>> formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    >>> call = call_of(mw.glmer(formula, mw.load_dataset("cbpp"), link="probit", n_agq=9).fit)
    >>> call.cell, call.python
    (' family=binomial link=probit nagq=9', ', family="binomial", link="probit", n_agq=9')
    >>> call.r.arguments
    ('family = binomial("probit")', 'nAGQ = 9')
    """
    if isinstance(fit, GeneralizedFit):
        return _generalized(fit)
    return replace(linear_call(reml=bool(fit.reml)), r=r_call(fit))


def linear_call(*, reml: bool) -> Call:
    """Return the call that makes a linear fit without priors."""
    return Call("lmer", "" if reml else " --ml", f", reml={reml}", linear_r_call(reml=reml))


def named_family_call(family: str, link: str) -> Call:
    """Return the call that makes a fit of a family by the Laplace approximation; that of counts estimates a shape.

    Examples
    --------
    >>> named_family_call("Gamma", "log").r.arguments
    ('family = Gamma("log")',)
    """
    is_own = link == ALLOWED_LINKS[family][0]
    in_cell = f" family={family}{'' if is_own else f' link={link}'}"
    python = "" if is_own else f", link={_text(link)}"
    if family == SHAPED:
        return Call("glmer_nb", in_cell, python, RCall("glmer.nb", (), ("lme4",)))
    in_r = RCall("glmer", (family_code(family, link),), ("lme4",))
    return Call("glmer", in_cell, f", family={_text(family)}{python}", in_r)


def _generalized(fit: GeneralizedFit) -> Call:
    family, link, shape = fit.family.distribution.name, fit.family.link.name, fit.family.shape
    call = named_family_call(family, link)
    in_cell, python = call.cell, call.python
    if fit.n_agq != 1:
        in_cell += f" nagq={fit.n_agq}"
        python += f", n_agq={fit.n_agq}"
    if fit.control.laplace != "coherent":
        in_cell += f" laplace={fit.control.laplace}"
        python += f", control=mw.Control(laplace={_text(fit.control.laplace)})"
    if shape is not None and not fit.free_shape:
        given = f", family=sm.families.NegativeBinomial(alpha={1.0 / shape:.10g})"
        return Call("glmer", in_cell, f"{given}{python}", r_call(fit), in_cell=False)
    return Call(call.name, in_cell, python, r_call(fit))


def _text(word: str) -> str:
    return f'"{word}"'


def snippets(
    formula: str,
    call: Call,
    *,
    data: str,
    options: Mapping[str, str],
    priors: Any = None,
    r_formula: str | None = None,
) -> tuple[Snippet, ...]:
    """Return the snippets of a fit.

    Parameters
    ----------
    formula : str
    call : Call
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
    >>> ml = Call("lmer", " --ml", ", reml=False", RCall("lmer", ("REML = FALSE",), ("lme4",)))
    >>> for snippet in snippets("y ~ x + (1 | g)", ml, data="d", options={"weights": "w"}):
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
    told = [*call.r.arguments, *(f"{name} = {backticked(column)}" for name, column in options.items())]
    told += [f"{name} = {code}" for name, code in in_r.items()]
    quoted = formula.replace("\\", "\\\\").replace('"', '\\"')
    remark = f"# {call.r.remark}\n" if call.r.remark else ""
    given = ", ".join([r_formula or formula, f"data = {backticked(data)}", *told])
    magic = f"%%{call.name.partition('_')[0]}"
    of_cell = (Snippet(magic, f"{magic} data={data}{cell}{call.cell}\n{formula}"),) if call.in_cell else ()
    return (
        *of_cell,
        Snippet("Python", f'fit = mw.{call.name}("{quoted}", {data}{call.python}{python})'),
        Snippet("R (blme)" if in_r else "R", f"{remark}fit <- {call.r.name}({given})"),
    )
