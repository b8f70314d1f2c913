"""What people ask a fit for by the words of lme4, emmeans, statsmodels and pymer4, and where it is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mixwidget.errors import nearest_name

# functions of the package that take a fit; each of them is asked for as a method too
FUNCTIONS = ("all_fit", "alternatives", "compare_with_lme4", "minimum_prior", "simpler", "simplify")

# what only fits of one kind have, by the function that makes these
OF_ONE_KIND = {
    "mw.glmer": ("curves", "family", "linear_predictor", "link", "n_agq", "overdispersion", "shape", "threshold"),
    "mw.lmer": ("caic", "conditional_aic"),
}

# by the words of other packages, in small letters without underscores
ELSEWHERE = {
    "allfit": "mw.all_fit(fit)",
    "bse": "fit.stderr",
    "coefficients": "fit.fixef, or with tests fit.coef_table()",
    "confintervals": "fit.confint()",
    "contrast": 'fit.emmeans("factor", contrasts="pairwise")',
    "covparams": "fit.vcov",
    "covre": "fit.varcorr",
    "deviance": "fit.criterion",
    "effects": "fit.emmeans(...), or as a picture fit.lines()",
    "emtrends": "fit.trends(...)",
    "feparams": "fit.fixef",
    "fittedvalues": "fit.fitted",
    "fixedeffects": "fit.fixef",
    "getme": "fit.theta, fit.rows, fit.design or fit.optimum",
    "handout": 'fit.to_html("handout.html")',
    "llf": "fit.loglik",
    "lsmeans": "fit.emmeans(...)",
    "means": "fit.emmeans(...)",
    "modelmatrix": "fit.rows.X",
    "pairs": 'fit.emmeans("factor", contrasts="pairwise")',
    "params": "fit.fixef",
    "performance": "fit.glance(), fit.r2() and fit.icc()",
    "plotmodel": "fit.plot() or fit.lines()",
    "posthoc": 'fit.emmeans("factor", contrasts="pairwise")',
    "pvalues": "fit.p_values() or fit.coef_table()",
    "randomeffects": "fit.ranef()",
    "residuals": "fit.resid()",
    "rsquared": "fit.r2()",
    "sd": "fit.varcorr",
    "se": "fit.stderr",
    "step": "mw.simplify(fit)",
    "tvalues": "fit.coef_table()",
    "waldtest": "fit.contest(L)",
}


class Answering:
    """What says where to find what was meant, where it is asked for a name that it does not have.

    Examples
    --------
    >>> import mixwidget as mw
    >>> mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).residuals()
    Traceback (most recent call last):
    AttributeError: a fit has no 'residuals'; it is here: fit.resid()
    """

    if not TYPE_CHECKING:  # a type checker knows the names itself

        def __getattr__(self, name: str) -> Any:
            if hasattr(type(self), name):  # there, but what makes it failed: its own error is told
                return object.__getattribute__(self, name)
            raise AttributeError(f"a fit has no '{name}'" + _where(type(self), name))


def _where(owner: type, name: str) -> str:
    if name.startswith("_"):
        return ""
    word = name.replace("_", "").lower()
    if name in FUNCTIONS:
        return f"; it is a function: mw.{name}(fit)"
    for maker, names in OF_ONE_KIND.items():
        if name in names:
            return f"; only fits of {maker} have one"
    if word in ELSEWHERE:
        return f"; it is here: {ELSEWHERE[word]}"
    near = nearest_name(name, [*filter(_is_public, dir(owner)), *FUNCTIONS])
    if near is None:
        return "; print(fit) shows what was fitted, dir(fit) what it can be asked"
    return f"; did you mean {f'mw.{near}(fit)' if near in FUNCTIONS else f'fit.{near}'}?"


def _is_public(name: str) -> bool:
    return not name.startswith("_")
