"""The data among data simulated from the fit: what is counted, where the data are, what is found."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.inference.lineup import N_SIMULATED, lineup
from mixwidget.views.lineup import N_PANELS, lineup_view
from tests.generalized_fits import generalized_fit
from tests.reference_fits import reference_fit

QUIET = mw.Control(warn=False)


@cache
def drawn(intercepts, kind, n_rows=40):
    """Return a fit to 40 groups, whose intercepts are Gaussian or come from two populations."""
    generator = np.random.default_rng(2)
    codes = np.repeat(np.arange(40), n_rows)
    gaussian = 1.3 * generator.standard_normal(40)
    effects = gaussian if intercepts == "gaussian" else np.where(np.arange(40) % 2, -1.3, 1.3) + 0.15 * gaussian
    eta = effects[codes]
    y = {
        "numbers": lambda: eta + generator.standard_normal(len(eta)),
        "binary": lambda: generator.binomial(1, 1.0 / (1.0 + np.exp(-eta))),
        "counts": lambda: generator.poisson(np.exp(1.0 + 0.7 * eta)),
    }[kind]()
    frame = pd.DataFrame({"group": codes, "y": y})
    if kind == "numbers":
        return mw.lmer("y ~ 1 + (1 | group)", frame, control=QUIET)
    return mw.glmer("y ~ 1 + (1 | group)", frame, {"binary": "binomial", "counts": "poisson"}[kind], control=QUIET)


@pytest.mark.parametrize("kind", ["numbers", "binary", "counts"])
def test_two_populations_are_seen_among_gaussian_ones(kind):
    wrong, right = (lineup_view(drawn(intercepts, kind).fit) for intercepts in ("two", "gaussian"))
    assert wrong.blocks[-1].n_nearer >= N_SIMULATED - 1
    assert right.blocks[-1].n_nearer < N_SIMULATED - 1
    assert wrong.title.startswith(wrong.blocks[-1].title)
    assert f"more unusual than {wrong.blocks[-1].n_nearer} of {N_SIMULATED}" in wrong.title


FITS = {
    "sleep": (lambda: reference_fit("sleep_slopes").fit, ["Reaction", "Mean Reaction in each Subject"]),
    "pastes": (lambda: reference_fit("pastes_nested").fit, ["strength", "Mean strength in each cask:batch"]),
    "cbpp": (
        lambda: generalized_fit("cbpp"),
        ["Proportion of incidence", "Proportion of incidence in each herd"],
    ),
    "binary": (lambda: drawn("two", "binary").fit, ["Proportion of y in each group"]),
    "counts": (lambda: drawn("two", "counts").fit, ["y", "Mean y in each group"]),
}


@pytest.mark.parametrize(("make", "titles"), FITS.values(), ids=FITS)
def test_each_panel_counts_all_of_its_values(make, titles):
    fit = make()
    view, compared = lineup_view(fit), lineup(fit)
    assert [block.title for block in view.blocks] == titles
    for block, of in zip(view.blocks, compared, strict=True):
        assert len(block.counts) == N_PANELS
        assert {sum(counts) for counts in block.counts} == {len(of.columns)}
        data = np.histogram(of.columns[:, 0], block.edges)[0]
        assert block.counts[view.answer - 1] == tuple(data)


def test_the_means_are_those_of_the_levels():
    data = mw.load_dataset("sleepstudy")
    means = lineup(reference_fit("sleep_slopes").fit)[1].columns[:, 0]
    np.testing.assert_allclose(means, data.groupby("Subject", observed=True)["Reaction"].mean())
    cbpp = mw.load_dataset("cbpp").groupby("herd", observed=True)[["incidence", "size"]].sum()
    shares = lineup(generalized_fit("cbpp"))[1].columns[:, 0]
    np.testing.assert_allclose(shares, cbpp["incidence"] / cbpp["size"])


def test_a_level_for_each_row_has_no_means():
    frame = mw.load_dataset("cbpp").assign(row=range(56))
    fit = mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | row)", frame, "binomial", control=QUIET)
    assert [block.title for block in lineup_view(fit.fit).blocks] == ["Proportion of incidence"]


def test_values_of_a_lattice_have_a_bin_each():
    block = lineup_view(drawn("two", "binary", 8).fit).blocks[0]
    np.testing.assert_allclose(np.diff(block.edges), 1 / 8)
    assert block.edges[0] == pytest.approx(-1 / 16)


def test_the_picture_hides_the_data_and_says_below_where_they_are():
    fit = reference_fit("sleep_slopes")
    picture, view = fit.plot("simulated"), lineup_view(fit.fit)
    answer = f"The data are panel {view.answer}."
    assert answer not in picture.words
    assert answer in picture.svg
    assert view.title in picture.words.replace("\n", " ")
    blocks = picture.chart.to_dict()["vconcat"][:2]
    assert [block["title"]["text"] for block in blocks] == [block.title for block in view.blocks]


def test_a_kind_that_is_not_known_has_its_nearest_match():
    with pytest.raises(mw.errors.OptionError, match="kind='simulate' is not known; did you mean 'simulated'"):
        reference_fit("sleep_slopes").plot("simulate")
