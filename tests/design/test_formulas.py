"""The 90 formulas of lme4 on the toy data: bars, columns, numbers, order of terms."""

import numpy as np
import pytest

from mixwidget.control import Control
from mixwidget.design.build import build_design
from mixwidget.errors import FormulaError
from mixwidget.formula.parse import parse_formula
from tests.oracles import formulas, load_data
from tests.tolerances import RTOL_DESIGN

ACCEPTED = [case for case in formulas() if case["ok"]]

# Where lme4's own behaviour is a defect, we do something else:
WE_ACCEPT = {
    # `*` has one meaning in every other formula
    "y ~ x + (1|g*h)": [("g:h", ["(Intercept)"]), ("g", ["(Intercept)"]), ("h", ["(Intercept)"])],
    # lme4 finds neither `a` nor `g` although they are columns: it evaluates the call outside the data
    "y ~ x + (1|factor(a))": [("factor(a)", ["(Intercept)"])],
    "y ~ x + (1|interaction(g,h))": [("interaction(g, h)", ["(Intercept)"])],
}
WE_REFUSE = {
    # lme4 fits it when its checks are off, as here; the response cannot explain itself
    "y ~ x + (1|y)": "the grouping factor 'y' is the response",
}
OURS_IS_ZERO = {
    # lme4 leaves the columns of a factor in one correlated block, and takes the intercept out of it, which
    # makes the term overparametrised; `||` promises zero correlations
    "y ~ f + (f||g)": [("g", ["(Intercept)"]), ("g", ["fq"]), ("g", ["fr"])],
    "y ~ f + (0+f||g)": [("g", ["fp"]), ("g", ["fq"]), ("g", ["fr"])],
    "y ~ x*f + (x+f||g)": [("g", ["(Intercept)"]), ("g", ["x"]), ("g", ["fq"]), ("g", ["fr"])],
}


def build(formula, **control):
    # the toy cases were made with lme4's checks on the number of levels switched off
    return build_design(formula, load_data("toy"), control=Control(**control), has_residual=False)


def random_terms(design):
    return [(design.factors[block.factor].label, list(block.columns)) for block in design.terms]


@pytest.mark.parametrize("case", [c for c in ACCEPTED if c["formula"] not in WE_REFUSE], ids=lambda c: c["formula"])
def test_formula_gives_what_lme4_makes_of_it(case):
    parsed = parse_formula(case["formula"], double_bar="lme4")
    assert [f"{term.columns} | {term.grouping.label}" for term in parsed.random] == case["bars"]
    assert f"{parsed.response} ~ {parsed.fixed}" == case["fixed"]

    filled = build(case["formula"], double_bar="lme4")
    assert list(filled.design.x_names) == case["X_columns"]
    np.testing.assert_allclose(filled.rows.X[[0, 47]], case["X_rows_1_and_48"], rtol=RTOL_DESIGN, atol=RTOL_DESIGN)
    assert random_terms(filled.design) == [(term["group"], term["columns"]) for term in case["random_terms"]]
    assert [factor.label for factor in filled.design.factors] == case["factors"]
    assert [len(factor.levels) for factor in filled.design.factors] == case["factor_nlevels"]
    assert [block.factor + 1 for block in filled.design.terms] == case["term_factor"]
    assert bool(filled.design.x_dropped) == bool(case["dropped_columns"])


@pytest.mark.parametrize("case", [c for c in ACCEPTED if c["formula"] not in WE_REFUSE], ids=lambda c: c["formula"])
def test_double_bar_means_zero_correlations_by_default(case):
    expected = [(term["group"], term["columns"]) for term in case["random_terms"]]
    assert random_terms(build(case["formula"]).design) == OURS_IS_ZERO.get(case["formula"], expected)


@pytest.mark.parametrize("case", [c for c in formulas() if not c["ok"]], ids=lambda c: c["formula"])
def test_formula_that_lme4_refuses(case):
    if case["formula"] in WE_ACCEPT:
        assert random_terms(build(case["formula"]).design) == WE_ACCEPT[case["formula"]]
    else:
        with pytest.raises(FormulaError) as caught:
            build(case["formula"])
        assert "^" in str(caught.value)


@pytest.mark.parametrize("formula", WE_REFUSE)
def test_formula_that_only_we_refuse(formula):
    with pytest.raises(FormulaError, match=WE_REFUSE[formula]):
        build(formula)


def test_there_are_ninety_cases():
    assert len(formulas()) == 90
