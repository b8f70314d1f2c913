"""lme4 fits the same model: its numbers beside ours, a sentence that says what differs, and why R cannot be asked."""

from __future__ import annotations

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import FitError, OptionError
from tests.lme4.fits import FITS
from tests.lme4.programs import executable

SAME = "The two agree: criteria differ by "
SENTENCES = dict.fromkeys(FITS, SAME) | {
    "negative_binomial": "mixwidget's criterion is lower by 0.00",  # glmer.nb searches for the shape in turns
    "other_criterion": "The two minimise different criteria (glmer's random effects are not scaled by the dispersion",
}


@pytest.mark.parametrize("name", FITS)
def test_lme4_finds_the_same_model(name, any_r):
    fit = FITS[name]()
    found = mw.compare_with_lme4(fit, any_r)
    assert found.sentence.startswith(SENTENCES[name])
    assert "on one side only" not in found.sentence
    frame = found.frame
    assert not frame["lme4"].isna().any()
    if name == "other_criterion":
        assert frame.loc["criterion", "difference"] == pytest.approx(28.35, abs=0.01)
        return
    assert frame["difference"].abs().max() < 3e-3
    assert frame.loc["criterion", "difference"] < 1e-6
    terms = fit.varcorr.to_frame()
    n_modes = sum(table.shape[1] for table in fit.ranef().values())
    n_shapes = int(name == "negative_binomial")
    assert len(frame) == 1 + 2 * len(fit.fixef) + len(terms) + n_shapes + n_modes


@pytest.mark.parametrize("name", ["sleepstudy", "german"])
def test_the_recorded_exchange_is_about_these_fits(name, played_r):
    found = mw.compare_with_lme4(FITS[name](), played_r)
    assert found.versions == {"R": "4.2.2", "lme4": "1.1.31"}
    assert found.title.startswith("mixwidget and lme4 1.1.31: ")
    assert found.said == ()
    assert "library(lmerTest)" not in found.code
    assert "fit <- lmer(" in found.code
    assert found.frame.loc["criterion", "lme4"] == pytest.approx(1743.6283, abs=1e-4)
    assert "standard errors." in str(found)
    assert "<table" in found._repr_html_()


def test_the_worst_mode_of_each_column_is_shown(played_r):
    frame = mw.compare_with_lme4(FITS["sleepstudy"](), played_r).frame
    modes = frame[frame["quantity"].str.startswith("mode")]
    assert modes["quantity"].tolist() == ["mode (worst of 18)"] * 2
    assert [name.partition(",")[0] for name in modes.index] == ["(Intercept) | Subject", "Days | Subject"]
    assert modes["difference"].abs().max() < 1e-3


def _writing(tmp_path, lines):
    text = "\n".join(lines)
    return executable(tmp_path / "Rscript", f"#!/bin/sh\ncat > found.csv <<'END'\n{text}\nEND\n")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (['missing,"","","","lme4"'], r'has no package lme4; install.packages\("lme4"\) in R installs it'),
        (['error,"","","","object x not found"'], "R cannot fit this model: object x not found"),
    ],
)
def test_what_r_lacks_is_said(lines, sentence, tmp_path):
    with pytest.raises(FitError, match=sentence):
        mw.compare_with_lme4(FITS["sleepstudy"](), _writing(tmp_path, lines))


def test_an_r_that_stops_is_quoted(tmp_path):
    program = executable(tmp_path / "Rscript", "#!/bin/sh\necho 'a line' >&2\necho 'no space left' >&2\nexit 1\n")
    with pytest.raises(FitError, match=r"R stopped: no space left$"):
        mw.compare_with_lme4(FITS["sleepstudy"](), program)
    with pytest.raises(FitError, match=r"R stopped: it wrote nothing$"):
        mw.compare_with_lme4(FITS["sleepstudy"](), executable(tmp_path / "quiet", "#!/bin/sh\n"))


def test_without_r_it_says_where_to_get_it(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FitError, match="there is no Rscript on the PATH; install R"):
        mw.compare_with_lme4(FITS["sleepstudy"]())
    with pytest.raises(FitError, match="no Rscript at /nowhere/Rscript"):
        mw.compare_with_lme4(FITS["sleepstudy"](), "/nowhere/Rscript")


def test_what_lme4_has_not_is_refused_before_r_is_asked():
    sleep = mw.load_dataset("sleepstudy")
    with pytest.raises(OptionError, match="lme4 has no priors"):
        mw.compare_with_lme4(mw.lmer("Reaction ~ Days + (Days | Subject)", sleep, cov_prior="wishart"))
    with pytest.raises(OptionError, match="weights was given as values"):
        mw.compare_with_lme4(mw.lmer("Reaction ~ Days + (Days | Subject)", sleep, weights=np.ones(180)))
    with pytest.raises(mw.errors.DataError, match="compare_with_lme4 takes a fit of lmer, not int"):
        mw.compare_with_lme4(3)


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        (1743.70, "mixwidget's criterion is lower by 0.072: lme4 stopped before the optimum, fixed effects "),
        (1743.60, "lme4's criterion is lower by 0.028: mixwidget missed the optimum, fixed effects by at most "),
    ],
)
def test_who_is_lower_is_said(criterion, sentence, tmp_path):
    lines = [
        'lme4,"","","","1.1.31"',
        'said,"","","","a warning"',
        f'criterion,"","","",{criterion}',
        'fixef,"","Days","",10.5',
    ]
    found = mw.compare_with_lme4(FITS["sleepstudy"](), _writing(tmp_path, lines))
    assert found.sentence.startswith(sentence)
    assert found.sentence.endswith("numbers stand on one side only. lme4 says: a warning")
    assert found.frame["lme4"].notna().sum() == 2
