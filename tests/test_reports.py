"""Inputs on which earlier versions were wrong, with the right numbers: of lme4, lmerTest, emmeans, or algebra.

The kinds are tested in their rooms; these are the cases that brought them up, as they came: r01 is in
tests/test_global_optimum.py, r03 and r09 in tests/inference/test_means.py (``holed``), r06 and r08 in
tests/inference/test_comparisons.py, r07 in tests/inference/test_means.py (emmeans' tables), r11 in
tests/inference/test_f_tests.py, r13 in tests/fit/test_labels.py, r15 in tests/test_scale.py, r19 in
tests/design/test_object_levels.py.
"""

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw

QUIET = mw.Control(warn=False)
CODINGS = ("treatment", "sum", "helmert")


@pytest.mark.parametrize("coding", CODINGS)
def test_r02_no_trend_in_a_cell_without_data(coding):
    r = np.random.default_rng(1)
    n = 120
    columns = {"f": r.choice(["a", "b", "c"], n), "k": r.choice(["u", "v"], n), "x": r.normal(size=n)}
    data = pd.DataFrame(columns | {"g": r.choice(list("ABCDEFGH"), n)})
    data = data[~((data["f"] == "c") & (data["k"] == "v"))].reset_index(drop=True)
    data["y"] = data["x"] + r.normal(size=len(data))
    fit = mw.lmer("y ~ f * k * x + (1 | g)", data, contrasts={"f": coding, "k": coding}, control=QUIET)
    assert fit.trends("x", ["f", "k"])["x.trend"].isna().tolist() == [False] * 5 + [True]  # emtrends: nonEst
    assert fit.trends("x", "f")["x.trend"].isna().tolist() == [False, False, True]
    assert fit.emmeans(["f", "k"])["emmean"].isna().tolist() == [False] * 5 + [True]


def test_r04_means_weighted_by_frequencies():
    r = np.random.default_rng(421)
    n = 300
    b = r.choice(["u", "v"], n)
    one, two = (r.choice(list("xyz"), n, p=p) for p in ([0.8, 0.15, 0.05], [0.05, 0.15, 0.8]))
    c = np.where(b == "u", one, two)
    data = pd.DataFrame({"a": r.choice(list("pqr"), n), "b": b, "c": c, "g": [f"g{i % 15}" for i in range(n)]})
    effects = 3.0 * ((data.b == "v") & (data.c == "z")) + 2 * ((data.c == "x") & (data.b == "u"))
    data["y"] = effects + (data.a == "q") * 0.5 + r.normal(size=n) * 0.4
    fit = mw.lmer("y ~ a + b * c + (1 | g)", data, control=QUIET)
    for weights, means in (("proportional", [1.952, 2.3841, 1.9575]), ("outer", [1.0092, 1.4414, 1.0148])):  # emmeans
        assert fit.emmeans("a", weights=weights)["emmean"].tolist() == pytest.approx(means, abs=1e-4)
    holed = data[~((data.b == "v") & (data.c == "x"))]
    fit = mw.lmer("y ~ a + b * c + (1 | g)", holed, control=QUIET)
    found = fit.emmeans("a", weights="proportional")["emmean"].tolist()
    assert found == pytest.approx([2.0022, 2.4391, 2.0025], abs=1e-4)  # emmeans


def test_r05_ranova_of_two_bars_is_that_of_the_dummies():
    r = np.random.default_rng(3)
    n = 300
    g = r.integers(0, 15, n)
    data = pd.DataFrame({"g": [f"g{i:02d}" for i in g], "f": r.choice(list("abc"), n)})
    data["y"] = r.normal(size=15)[g] + 1.5 * r.normal(size=15)[g] * (data.f == "b") + r.normal(size=n)
    data = data.assign(fb=(data.f == "b") * 1.0, fc=(data.f == "c") * 1.0)
    tables = [mw.lmer(f"y ~ f + ({bar} || g)", data, control=QUIET).ranova(progress=False) for bar in ("f", "fb + fc")]
    assert list(tables[0].index) == ["<none>", "(1 | g)", "fb in (0 + fb | g)", "fc in (0 + fc | g)"]
    pd.testing.assert_frame_equal(*tables)
    assert tables[0]["Df"].tolist()[1:] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize(
    ("formula", "right"),
    [  # F and denominator of type III for a, anova() of lmerTest in treatment contrasts (with a * b in any)
        ("y ~ a + (a | g)", [1.5668, 12.83]),
        ("y ~ a + z + (a | g)", [1.6628, 12.8951]),
        ("y ~ a + b + z + (a | g)", [1.9672, 12.9738]),
        ("y ~ a * b + z + (a | g)", [1.9128, 13.0109]),
    ],
)
def test_r10_type_three_in_any_coding(formula, right, coding):
    r = np.random.default_rng(7)
    groups = 14
    data = pd.DataFrame([(g, a) for g in range(groups) for a in "pqr" for _ in range(5)], columns=["g", "a"])
    n = len(data)
    data = data.assign(z=r.normal(size=n), b=r.choice(list("uv"), n))
    u = r.normal(size=(groups, 3)) * [0.6, 1.2, 4]
    noise = r.normal(size=n)
    data["y"] = u[data.g, data.a.map({"p": 0, "q": 1, "r": 2})] + (data.a == "r") * 1.2 + 0.2 * data.z + noise
    data = data[r.uniform(size=n) < 0.75].assign(g=lambda d: "g" + d["g"].astype(str))
    contrasts = {name: coding for name in "ab" if name in formula.split("(")[0].split("~")[1]}
    table = mw.lmer(formula, data, contrasts=contrasts, control=QUIET).anova(type=3)
    assert table.loc["a", ["F value", "DenDF"]].tolist() == pytest.approx(right, abs=2e-4)


@pytest.mark.parametrize(
    ("formula", "criterion"),
    [  # REMLcrit() of lme4
        ("y ~ age + (age | S) + (0 + sex | S)", 402.480301),
        ("y ~ age + (age | S) + (0 + male | S)", 402.480301),
        ("y ~ age + (age || S)", 402.943465),
        ("y ~ age * sex + (1 | S) + (0 + sex | S)", 416.995242),
        ("y ~ age + (sex || S)", 416.414876),
    ],
)
def test_r12_two_terms_of_one_group(formula, criterion):
    r = np.random.default_rng(3)
    subjects, k = np.repeat([f"s{i:02d}" for i in range(27)], 4), np.repeat(np.arange(27), 4)
    sex, age = np.repeat(np.where(np.arange(27) < 16, "M", "F"), 4), np.tile([8, 10, 12, 14], 27)
    data = pd.DataFrame({"S": subjects, "sex": sex, "age": age, "male": (sex == "M") * 1.0})
    b = r.normal(size=(27, 2))
    effects = b[k, 0] * np.where(sex == "M", 2.0, 0.8) + b[k, 1] * 0.15 * age
    data["y"] = 16 + 0.7 * age + effects + r.normal(size=108)
    fit = mw.lmer(formula, data, control=QUIET)
    assert fit.criterion == pytest.approx(criterion, abs=2e-6)
    assert fit.verdict.code == "converged"
    shuffled = data.sample(frac=1, random_state=1)
    np.testing.assert_allclose(fit.predict(shuffled), fit.fitted.loc[shuffled.index], rtol=1e-12)


def test_r14_a_new_observation_of_a_new_subject():
    sleep = mw.load_dataset("sleepstudy")
    fit = mw.lmer("Reaction ~ Days + (1 | Subject)", sleep)
    x = np.array([1.0, 5.0])
    sd = np.sqrt(x @ fit.vcov.to_numpy() @ x + fit.varcorr.to_frame()["vcov"].sum())
    assert sd == pytest.approx(49.201, abs=1e-3)
    new = {"Days": [5.0], "Subject": ["new"]}
    for options in ({"allow_new_levels": True}, {"re_form": "~0"}):
        limits = fit.predict(new, interval="prediction", **options)
        assert (limits["upr"] - limits["lwr"]).iloc[0] / 2 / 1.959964 == pytest.approx(sd, rel=1e-6)


@pytest.mark.parametrize("coding", ["treatment", "sum"])
@pytest.mark.parametrize(
    ("fixed", "right"),
    [  # differences of the deviances of the maximum-likelihood fits without the term
        ("0 + recipe + temp", {"recipe": 0.5533, "temp": 79.5306}),
        ("recipe + recipe:temp", {"recipe:temp": 79.6151}),
        ("recipe:temp", {"recipe:temp": 79.9503}),
    ],
)
def test_r16_drop1_with_contrasts(fixed, right, coding):
    cake = mw.load_dataset("cake")
    fit = mw.lmer(f"angle ~ {fixed} + (1 | recipe:replicate)", cake, contrasts={"recipe": coding}, control=QUIET)
    assert fit.drop1(progress=False)["LRT"].dropna().round(4).to_dict() == pytest.approx(right, abs=1e-3)


@pytest.mark.parametrize("fixed", ["geno + strain", "geno / strain", "geno + geno:strain"])
def test_r17_means_of_nested_factors(fixed):
    r = np.random.default_rng(1)
    pairs = zip("abcde", ["g1", "g1", "g2", "g2", "g2"], strict=True)
    data = pd.DataFrame([(s, g, f"b{k}") for s, g in pairs for k in range(6)], columns=["strain", "geno", "blk"])
    means = data.strain.map({"a": 1, "b": 2, "c": 3, "d": 4, "e": 8})
    data["y"] = means + r.normal(size=6)[data.blk.str[1:].astype(int)] + r.normal(size=30) * 0.3
    found = mw.lmer(f"y ~ {fixed} + (1 | blk)", data, control=QUIET).emmeans("geno")["emmean"].tolist()
    assert found == pytest.approx([1.763767933474, 5.261182175917], abs=1e-8)  # emmeans


def test_r18_a_prediction_asks_for_its_own_columns():
    r = np.random.default_rng(2)
    columns = {"x": r.normal(size=200), "g": [f"g{i % 20}" for i in range(200)], "h": [f"h{i % 7}" for i in range(200)]}
    data = pd.DataFrame(columns)
    data["y"] = data.x + r.normal(size=20)[np.arange(200) % 20] + r.normal(size=200)
    fit = mw.lmer("y ~ x + (1 | g) + (1 | h)", data, control=QUIET)
    found = fit.predict({"x": [1.0], "g": ["g3"]}, re_form="~(1 | g)")
    assert found.tolist() == pytest.approx([-0.8558762127668], abs=2e-6)  # predict() of lme4


@pytest.mark.parametrize("seed", [700, 703, 711, 719])
def test_r20_one_sex_in_each_subject(seed):
    r = np.random.default_rng(seed)
    subject = np.repeat(np.arange(40), 6)
    sex = np.where(subject < 20, "F", "M")
    y = r.normal(size=40)[subject] * np.where(sex == "M", 3.0, 1.0) + r.normal(size=240)
    data = pd.DataFrame({"S": [f"s{i}" for i in subject], "sex": sex, "y": y})
    one, two = (mw.lmer(f"y ~ sex + (0 + sex {bars} S)", data, control=QUIET) for bars in ("|", "||"))
    assert one.verdict.code == two.verdict.code == "converged"
    assert one.criterion == pytest.approx(two.criterion, abs=1e-9)
    assert [finding.code for finding in two.alerts] == []
