"""``%%glmer`` in a real IPython shell, on real fits."""

from __future__ import annotations

import pytest
from IPython.core.error import UsageError

import mixwidget as mw
from mixwidget.errors import DataError
from mixwidget.magic.family import family_arguments, family_names

HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
TICKS = "TICKS ~ YEAR + (1 | BROOD)"
RTOL = 1e-9  # one optimum, two ways to ask for it


@pytest.fixture
def notebook(shell):
    """Return the namespace of a notebook with two data frames."""
    shell.user_ns |= {name: mw.load_dataset(name) for name in ("cbpp", "grouseticks")}
    return shell.user_ns


def test_a_cell_fits_names_and_returns_the_fit(shell, notebook):
    shown = shell.run_cell_magic("glmer", "data=cbpp -o fit", HERDS)
    assert shown is notebook["fit"] is notebook["_lmer"]
    assert isinstance(shown, mw.GlmerModel)
    assert shown.criterion == pytest.approx(mw.glmer(HERDS, notebook["cbpp"]).criterion, rel=RTOL)
    assert shown.call.data == "cbpp"


WAYS = {
    "family=binomial link=probit nagq=5": {"family": "binomial", "link": "probit", "n_agq": 5},
    "family=binomial(probit)": {"family": "binomial", "link": "probit"},
    "family=\"binomial(link = 'cloglog')\" laplace=observed": {
        "family": "binomial",
        "link": "cloglog",
        "control": mw.Control(laplace="observed"),
    },
    "prior=wishart fixef_prior=normal": {"cov_prior": "wishart", "fixef_prior": "normal"},
    "nagq=0": {"n_agq": 0},
    "subset=\"period != '4'\"": {"subset": "period != '4'"},
}


@pytest.mark.parametrize("line", WAYS)
def test_options_reach_the_fit(shell, notebook, line):
    shell.run_cell_magic("glmer", f"data=cbpp -o fit -n {line}", HERDS)
    expected = mw.glmer(HERDS, notebook["cbpp"], **WAYS[line])
    fit = notebook["fit"]
    assert (fit.family, fit.link, fit.n_agq, fit.nobs) == (
        expected.family,
        expected.link,
        expected.n_agq,
        expected.nobs,
    )
    assert fit.criterion == pytest.approx(expected.criterion, rel=RTOL)


def test_proportions_come_with_their_numbers_of_trials(shell, notebook):
    notebook["cbpp"] = notebook["cbpp"].assign(share=lambda d: d["incidence"] / d["size"])
    shell.run_cell_magic("glmer", "data=cbpp weights=size -o fit -n", "share ~ period + (1 | herd)")
    assert notebook["fit"].criterion == pytest.approx(mw.glmer(HERDS, notebook["cbpp"]).criterion, rel=RTOL)


def test_the_shape_of_a_negative_binomial_is_estimated(shell, notebook):
    result = shell.run_cell(f"fit = %glmer {TICKS} data=grouseticks family=negative.binomial")
    assert result.success
    assert round(notebook["fit"].shape, 3) == 3.303  # R: getME(glmer.nb(TICKS ~ YEAR + (1 | BROOD)), "glmer.nb.theta")
    assert notebook["fit"].fit.free_shape


def test_a_family_object_of_the_notebook_keeps_its_shape(shell, notebook):
    families = pytest.importorskip("statsmodels.api").families
    notebook["fam"] = families.NegativeBinomial(alpha=0.5)
    shell.run_cell_magic("glmer", "data=grouseticks family=fam -o fit -n", TICKS)
    assert notebook["fit"].shape == 2.0
    assert not notebook["fit"].fit.free_shape


def test_several_formulas_show_a_comparison(shell, notebook):
    body = f"m1 << cbind(incidence, size - incidence) ~ $rhs\nm2 << {HERDS}"
    notebook["rhs"] = "1 + (1 | herd)"
    shown = shell.run_cell_magic("glmer", "data=cbpp", body)
    assert notebook["_lmer"] is notebook["m2"]
    assert "25.61" in str(shown)  # R: anova(m1, m2), the chi-square of period
    assert "Likelihood-ratio tests" in shown._repr_html_()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("data=cbpp family=binomal", "'binomal' is no family; did you mean 'binomial'?"),
        ("data=cbpp family=poisson link=logti", "is no link of the poisson family"),
        ("data=cbpp link=probti", "did you mean 'probit'?"),
        ("data=cbpp family=binomial(probit) link=logit", "both name a link"),
        ("data=cbpp nagq=many", "nagq=many is no number of nodes; write nagq=1"),
        ("data=cbpp nagq=-1", "nagq=-1 is no number of nodes"),
        ("data=cbpp laplace=lme5", "choose one of 'coherent', 'observed', 'lme4'"),
        ("data=cbpp --ml", "are fitted by maximum likelihood always"),
        ("data=cbpp family=gaussian", "fit it with mw.lmer"),
        ("data=cbpp HERDS +", "formulas in the lines below %%glmer"),
    ],
)
def test_wrong_options_are_usage_errors(shell, notebook, line, message):
    with pytest.raises(UsageError) as caught:
        shell.run_cell_magic("glmer", line, HERDS)
    assert message in str(caught.value)


def test_data_are_never_guessed(shell, notebook):
    with pytest.raises(DataError, match="Data frames here: cbpp, grouseticks"):
        shell.run_cell_magic("glmer", "family=binomial", HERDS)


def test_help_lists_its_own_options(shell):
    text, linear = (shell.find_line_magic(name).__doc__ for name in ("glmer", "lmer"))
    for word in ("data=NAME", "family=FAMILY", "link=LINK", "nagq=N", "laplace=KIND", "prior=FAMILY", "-o NAME"):
        assert word in text
    assert "--ml" not in text
    assert "resid_prior" not in text
    assert "family=FAMILY" in text
    assert "nagq" not in linear
    assert "%%glmer" in text


@pytest.mark.parametrize("name", family_names())
def test_the_families_that_are_offered_are_known(name):
    assert family_arguments(name, None, {})["link"]
