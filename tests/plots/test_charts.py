"""Every chart is a valid Vega-Lite specification that holds the numbers it should."""

import altair as alt
import numpy as np
import pandas as pd
import pytest
import scipy.stats

import mixwidget as mw
from mixwidget.answers.bootstrap import DrawnBootstrap
from mixwidget.inference.diagnostic_curves import running_mean
from mixwidget.views.diagnostic_plot import diagnostic_plot_view
from mixwidget.views.thinning import thinned
from tests.reference_fits import reference_fit

KINDS = ("residuals", "qq", "qq_modes", "scale_location", "simulated")


@pytest.fixture(autouse=True)
def no_row_limit():
    with alt.data_transformers.enable("default", max_rows=None):
        yield


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["sleep_slopes", "hsb_m1", "tm_slopes", "dyestuff2"])
def test_diagnostic_charts_are_valid(name, kind):
    specification = reference_fit(name).plot(kind).chart.to_dict()
    assert specification["$schema"].startswith("https://vega.github.io/schema/vega-lite")
    assert specification["title"]["subtitle"]


def test_residuals_are_those_of_the_fit():
    fit = reference_fit("sleep_slopes")
    view = diagnostic_plot_view(fit.fit, "residuals")
    np.testing.assert_allclose([mark.y for mark in view.points], fit.resid(type="scaled"))
    np.testing.assert_allclose([mark.x for mark in view.points], fit.fitted)


def test_quantiles_of_normal_residuals_follow_the_line():
    data = mw.load_dataset("sleepstudy")
    fit = reference_fit("sleep_slopes")
    data["Reaction"] = fit.simulate(1, seed=3)["sim_1"].to_numpy()
    view = diagnostic_plot_view(mw.lmer("Reaction ~ Days + (Days | Subject)", data).fit, "qq")
    x, y = np.array([(mark.x, mark.y) for mark in view.points]).T
    assert np.corrcoef(x, y)[0, 1] > 0.99
    start, end = view.lines
    middle = np.abs(x) < 1
    line = start.y + (end.y - start.y) / (end.x - start.x) * (x - start.x)
    assert np.abs(y - line)[middle].max() < 0.15


def test_modes_have_a_panel_for_each_effect():
    view = diagnostic_plot_view(reference_fit("sleep_slopes").fit, "qq_modes")
    assert {mark.panel for mark in view.points} == {"(Intercept) | Subject", "Days | Subject"}


def test_the_modes_of_a_singular_fit_lie_on_the_line_that_is_drawn():
    view = diagnostic_plot_view(reference_fit("hsb_m1").fit, "null_direction")
    slope = (view.lines[1].y - view.lines[0].y) / (view.lines[1].x - view.lines[0].x)
    np.testing.assert_allclose([mark.y for mark in view.points], [slope * mark.x for mark in view.points], atol=1e-3)
    assert reference_fit("hsb_m1").plot("null_direction").chart.to_dict()["layer"]


def test_a_regular_fit_has_no_null_direction_to_draw():
    with pytest.raises(mw.errors.OptionError, match="no random effects of this fit lie on a line"):
        reference_fit("sleep_slopes").plot("null_direction")


def test_a_large_data_set_is_thinned_and_says_so():
    view = diagnostic_plot_view(reference_fit("hsb_m1").fit, "residuals")
    assert len(view.points) == 3000
    assert view.shown.startswith("3,000 of 7,185 shown")
    chart = reference_fit("hsb_m1").plot("residuals").chart.to_dict()
    assert view.shown in chart["title"]["subtitle"]
    assert diagnostic_plot_view(reference_fit("sleep_slopes").fit, "residuals").shown == ""


@pytest.fixture(scope="module")
def with_outliers():
    generator = np.random.default_rng(5)
    data = mw.load_dataset("hsb")
    fit = mw.lmer("math ~ ses + (1 | `sch.id`)", data, control=mw.Control(warn=False))
    planted = generator.choice(len(data), 50, replace=False)
    data.loc[data.index[planted], "math"] += fit.sigma * 12.0 * generator.choice([-1.0, 1.0], 50)
    return mw.lmer("math ~ ses + (1 | `sch.id`)", data, control=mw.Control(warn=False))


@pytest.mark.parametrize("kind", ["residuals", "qq", "scale_location"])
def test_no_outlier_is_thinned_away(with_outliers, kind):
    """Evenly spaced rows hid 34 of 50 planted points in the residuals, 30 in the quantiles."""
    view = diagnostic_plot_view(with_outliers.fit, kind)
    residuals = with_outliers.resid(type="scaled")
    far = {str(label) for label in residuals.index[np.abs(residuals) > 5]}
    assert len(far) >= 50
    assert far <= {mark.series for mark in view.points}
    assert len(view.points) == 3000


def test_points_that_are_shown_spread_like_all():
    generator = np.random.default_rng(6)
    x, y = generator.normal(size=20_000), generator.standard_t(2, size=20_000)
    shown = thinned(x, y)
    assert (len(shown), shown.tolist()) == (3000, sorted(set(shown.tolist())))
    for values in (x, y):
        order = np.argsort(values)
        assert np.isin(order[[*range(100), *range(-100, 0)]], shown).all()
    gaps = np.diff(np.sort(x[shown]))
    assert gaps[(np.sort(x[shown])[1:] < 2) & (np.sort(x[shown])[:-1] > -2)].max() < 0.05


def test_a_running_mean_has_its_band_and_few_rows_have_none():
    view = diagnostic_plot_view(reference_fit("sleep_slopes").fit, "residuals")
    x, y = np.array([(mark.x, mark.y) for mark in view.points]).T
    order = np.argsort(x, kind="stable")
    first = y[np.array_split(order, 22)[0]]
    low, high = scipy.stats.t.interval(0.95, len(first) - 1, first.mean(), first.std(ddof=1) / np.sqrt(len(first)))
    assert (view.band[0].low, view.band[0].high) == (pytest.approx(low), pytest.approx(high))
    assert len(view.band) == len([mark for mark in view.lines if mark.series == "running mean"]) == 22
    assert "area" in str(reference_fit("sleep_slopes").plot("residuals").chart.to_dict())
    small = mw.load_dataset("sleepstudy").head(20)
    few = mw.lmer("Reaction ~ Days + (1 | Subject)", small, control=mw.Control(warn=False))
    for kind in ("residuals", "scale_location"):
        sparse = diagnostic_plot_view(few.fit, kind)
        assert sparse.band == ()
        assert "running mean" not in {mark.series for mark in sparse.lines}
        assert sparse.advice.startswith("Too few rows for a running mean")
        few.plot(kind).chart.to_dict()


def test_a_running_mean_of_noise_stays_in_its_band():
    """A pointwise 95 % band leaves out the truth in 5 % of its places."""
    generator = np.random.default_rng(9)
    outside = []
    for _ in range(200):
        means = running_mean(generator.normal(size=400), generator.normal(size=400))
        outside.append(((means.low > 0) | (means.high < 0)).mean())
    assert np.mean(outside) == pytest.approx(0.05, abs=0.01)  # 5,000 places: standard error 0.003


def test_an_unknown_kind_is_refused():
    with pytest.raises(mw.errors.OptionError, match="kind='residual' is not known; did you mean 'residuals'"):
        reference_fit("sleep_slopes").plot("residual")


@pytest.mark.parametrize("name", ["painkiller_int", "sleep_slopes"])
def test_landscapes_and_all_fit_are_valid_charts(name):
    fit = reference_fit(name)
    assert fit.landscape().plot().chart.to_dict()["layer"]
    assert mw.all_fit(fit).plot().chart.to_dict()["concat"]


def test_optimisers_that_agree_look_as_if_they_agreed():
    """Axes of 1e-14 drew rounding as disagreement; now none is narrower than a tenth of a standard error."""
    fit = reference_fit("sleep_slopes")
    panels = mw.all_fit(fit).plot().chart.to_dict()["concat"]
    widths = {panel["title"]["text"]: np.diff(panel["encoding"]["x"]["scale"]["domain"])[0] for panel in panels}
    assert list(widths) == [
        "criterion",
        "(Intercept)",
        "Days",
        "sd (Intercept) | Subject",
        "sd Days | Subject",
        "sigma",
    ]
    assert widths["criterion"] == pytest.approx(0.02)
    assert widths["Days"] == pytest.approx(0.2 * fit.stderr["Days"])
    # standard errors of the standard deviations, for comparison: a quarter of the profile intervals (ML) at 95 %
    for name, parameter in [("sd (Intercept) | Subject", "sd_(Intercept)|Subject"), ("sigma", "sigma")]:
        low, high = fit.confint("profile", parm=parameter, progress=False).iloc[0]
        assert widths[name] == pytest.approx(0.2 * (high - low) / 3.92, rel=0.2)


def test_optimisers_that_disagree_are_drawn_apart():
    panels = mw.all_fit(reference_fit("painkiller_int")).plot().chart.to_dict()["concat"]
    low, high = panels[0]["encoding"]["x"]["scale"]["domain"]
    assert high - low > 20.0


def test_the_painkiller_landscape_has_two_valleys():
    found = reference_fit("painkiller_int").landscape().landscape
    assert (found.x, found.y) == ("sd (Intercept) | subject_id", "dosage")
    assert found.optima["excess"].tolist() == pytest.approx([0, 24.469], abs=1e-2)
    assert found.optima["y"].iloc[0] < 0 < found.optima["y"].iloc[1]
    assert 0 <= found.excess.min() < 0.1


def test_a_landscape_holds_the_criterion_of_the_fit_at_its_own_place():
    fit = reference_fit("sleep_slopes")
    found = fit.landscape("sd Days | Subject", "Days").landscape
    i = int(np.argmin(np.abs(found.x_values - found.optima["x"].iloc[0])))
    assert found.excess[:, i].min() < 0.5
    assert list(found.to_frame().columns) == ["sd Days | Subject", "Days", "excess"]


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        (("sd Day | Subject", None), "'sd Day | Subject' is not a parameter of this fit; did you mean"),
        (("Days", "(Intercept)"), "give two different parameters, one of them a standard deviation"),
    ],
)
def test_landscape_axes_are_checked(axes, message):
    with pytest.raises(mw.errors.OptionError, match=message.replace("|", r"\|")):
        reference_fit("sleep_slopes").landscape(*axes)


def test_influence_is_a_valid_chart():
    assert reference_fit("sleep_slopes").influence().plot().chart.to_dict()["layer"]


def test_the_chart_of_rivals_holds_each_estimate_and_what_it_answers():
    rivals = mw.alternatives(reference_fit("sleep_slopes"), level=0.9)
    specification = rivals.plot().chart.to_dict()
    (rows,) = specification["datasets"].values()
    assert [[row["method"], row["term"]] for row in rows] == rivals.table[["method", "term"]].to_numpy().tolist()
    np.testing.assert_allclose([row["lower"] for row in rows], rivals.table["lower"])
    np.testing.assert_allclose([row["estimate"] for row in rows], rivals.table["estimate"])
    assert "90 %" in " ".join(specification["title"]["text"])
    below = " ".join(specification["title"]["subtitle"])
    assert below.endswith(" ".join(f"{name}: {text}" for name, text in rivals.answers.items()))
    fields = [layer["encoding"]["x"]["field"] for layer in specification["spec"]["layer"]]
    assert fields == ["lower", "estimate"]
    assert specification["facet"]["sort"] == ["(Intercept)", "Days"]


def test_zeta_of_a_profile_is_drawn_with_the_ends_of_its_intervals():
    profile = reference_fit("sleep_slopes").profile(["Days", "sd_Days|Subject"], progress=False)
    specification = profile.plot().chart.to_dict()
    (rows,) = specification["datasets"].values()
    assert specification["facet"]["sort"] == ["Days", "sd_Days|Subject"]
    ends = [row for row in rows if row["level"] == "95 %" and row["parameter"] == "Days"]
    np.testing.assert_allclose([row["value"] for row in ends], profile.interval("Days", 0.95))
    np.testing.assert_allclose([row["zeta"] for row in ends], [-1.959964, 1.959964], atol=1e-3)
    curve = [row["zeta"] for row in rows if row["level"] == "" and row["parameter"] == "Days"]
    assert (np.diff(curve) > 0).all()


def test_the_density_of_a_profile_has_area_one():
    profile = reference_fit("sleep_slopes").profile("sigma", progress=False)
    (rows,) = profile.plot(kind="density").chart.to_dict()["datasets"].values()
    x, y = np.array([(row["value"], row["density"]) for row in rows if row["level"] == ""]).T
    assert np.sum(0.5 * (y[1:] + y[:-1]) * np.diff(x)) == pytest.approx(1.0, abs=0.02)


def test_an_end_beyond_the_profile_is_not_drawn():
    profile = reference_fit("dyestuff2").profile("sd_(Intercept)|Batch", progress=False)
    (rows,) = profile.plot("density").chart.to_dict()["datasets"].values()
    assert all(np.isfinite([row["value"], row["density"]]).all() for row in rows)
    assert {row["level"] for row in rows} >= {"", "95 %"}


def test_an_unknown_kind_of_profile_is_refused():
    profile = reference_fit("dyestuff").profile("sigma", progress=False)
    with pytest.raises(mw.errors.OptionError, match="kind='qq' is not known; choose 'zeta' or 'density'"):
        profile.plot("qq")


def test_histograms_of_a_bootstrap_count_every_replicate():
    boot = reference_fit("sleep_slopes").bootstrap(100, seed=1, progress=False)
    specification = boot.plot(level=0.9).chart.to_dict()
    (rows,) = specification["datasets"].values()
    assert specification["spec"]["layer"][0]["encoding"]["y2"] == {"datum": 0}  # bars stand on the axis
    assert specification["facet"]["sort"] == list(boot.original.index)
    for name in boot.original.index:
        mine = [row for row in rows if row["statistic"] == name]
        assert sum(row["count"] for row in mine if row["count"] is not None) == 100
        lines = [row["value"] for row in mine if row["value"] is not None]
        np.testing.assert_allclose(lines, [boot.original[name], *boot.confint(0.9).loc[name]])


def test_a_histogram_leaves_failed_refits_and_its_bins_stay_few():
    replicates = pd.DataFrame({"t": [np.nan, *np.linspace(0, 1, 99), 1e4], "failed": np.nan})
    boot = DrawnBootstrap(pd.Series({"t": 0.5, "failed": 1.0}), replicates, 1, 0, "parametric")
    (rows,) = boot.plot().chart.to_dict()["datasets"].values()
    bins = [row for row in rows if row["count"] is not None]
    assert sum(row["count"] for row in bins) == 100
    assert len(bins) <= 40
    with pytest.raises(mw.errors.OptionError, match="method='bca' is not known"):
        boot.plot(method="bca")


def test_a_fit_with_one_parameter_has_no_landscape():
    fit = mw.lmer("Yield ~ 0 + (1 | Batch)", mw.load_dataset("dyestuff"))
    with pytest.raises(mw.errors.OptionError, match=r"only one parameter to map, 'sd \(Intercept\) | Batch'"):
        fit.landscape()


def test_effects_in_a_plane_are_drawn_over_what_the_others_say_of_one():
    view = diagnostic_plot_view(reference_fit("cake_factor_slope").fit, "null_direction")
    assert view.title == "Random effects of which one follows from the others"
    assert view.x == "what recipeA and recipeB say of it, mode of each level"
    assert [mark.y for mark in view.points] == pytest.approx([mark.x for mark in view.points], abs=1e-4)


def test_a_fixed_effect_that_no_optimiser_moves_is_mapped_over_its_standard_errors():
    fit = reference_fit("sleep_slopes")  # balanced: the slope is the same whatever the variances
    found = fit.landscape("Days", "sd Days | Subject").landscape
    estimate, reach = fit.fixef["Days"], 4 * fit.stderr["Days"]
    assert found.x_values[[0, -1]] == pytest.approx([estimate - reach, estimate + reach], rel=1e-6)
    assert found.excess.max() > 10
