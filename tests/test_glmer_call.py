"""`mw.glmer` from formula and data: R's numbers on data made here, and what is refused."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import mixwidget as mw
from mixwidget.errors import OptionError

QUIET = mw.Control(warn=False)


@cache
def made():
    """Return 600 rows with missing values, nested and crossed factors, trials, counts and positive numbers."""
    rng = np.random.default_rng(77)
    n = 600
    data = pd.DataFrame(
        {
            "g": rng.integers(0, 25, n).astype(str),
            "h": rng.integers(0, 12, n).astype(str),
            "x": rng.normal(50, 10, n),
            "z": rng.normal(size=n),
            "f": rng.choice(list("abc"), n),
            "k": rng.integers(1, 9, n),
            "e": rng.uniform(0.5, 3, n),
            "w": rng.integers(1, 4, n),
        }
    )
    by_g = dict(zip(sorted(data["g"].unique()), rng.normal(0, 0.8, 25), strict=True))
    by_h = dict(zip(sorted(data["h"].unique()), rng.normal(0, 0.5, 12), strict=True))
    slopes = dict(zip(sorted(data["g"].unique()), rng.normal(0, 0.4, 25), strict=True))
    eta = -0.4 + 0.03 * (data["x"] - 50) + 0.5 * data["z"] + data["f"].map({"a": 0, "b": 0.6, "c": -0.7})
    eta = eta + data["g"].map(by_g) + data["h"].map(by_h) + data["g"].map(slopes) * data["z"]
    p = 1 / (1 + np.exp(-eta))
    data["y01"] = (rng.uniform(size=n) < p).astype(int)
    data["yf"] = np.where(data["y01"] == 1, "yes", "no")
    data["s"] = rng.binomial(data["k"], p)
    data["fail"] = data["k"] - data["s"]
    data["cnt"] = rng.poisson(data["e"] * np.exp(eta * 0.6))
    data["nb"] = rng.negative_binomial(1.7, 1.7 / (1.7 + data["e"] * np.exp(eta * 0.6)))
    data["gam"] = rng.gamma(4, np.exp(eta * 0.5) / 4)
    data.loc[[3, 77, 200], "z"] = np.nan
    data.loc[[10, 11], "y01"] = np.nan
    return data


# -2 log-likelihood, fixed effects and rows of lme4 1.1-31 (bobyqa, tolPwrss 1e-10) on the same data as CSV
R_FITS = [
    ("y01 ~ x + z + f + (1|g) + (1|h)", {}, 721.31156, [-2.31869, 0.03502, 0.44247, 0.65495, -0.49054], 595),
    ("yf ~ x + z + (z|g)", {}, 743.40424, [-2.12413, 0.03218, 0.42752], 597),
    (
        "cbind(s, fail) ~ scale(x) + f*z + (1|g/h)",
        {},
        1594.86402,
        [-0.50079, 0.30418, 0.39663, -0.67033, 0.24141, 0.19073, 0.15447],
        597,
    ),
    (
        "cnt ~ z + f + offset(log(e)) + (z||g) + (1|h)",
        {"family": "poisson"},
        1783.52214,
        [-0.35070, 0.31199, 0.40551, -0.49180],
        597,
    ),
    (
        "cnt ~ poly(x,2) + (1|g)",
        {"family": "poisson", "offset": "log(e)", "subset": "x > 40"},
        1766.86820,
        [-0.35707, 9.63239, -3.81837],
        506,
    ),
    (
        "cnt ~ f + z + (1|g)",
        {"family": "poisson", "weights": "w", "contrasts": {"f": "sum"}},
        4213.34707,
        [0.14894, -0.00467, 0.46266, 0.34337],
        597,
    ),
    ("cnt ~ f + (1|g)", {"family": "poisson", "link": "sqrt"}, 2185.17827, [1.16114, 0.30312, -0.19852], 600),
    ("y01 ~ 0 + f + z + (0+z|g) + (1|h)", {}, 756.23366, [-0.53495, 0.16071, -0.88248, 0.42939], 595),
    ("I(z > 0) ~ x + (1|h)", {}, 826.41757, [-0.38226, 0.00633], 597),
]


@pytest.mark.parametrize(("formula", "options", "criterion", "fixef", "nobs"), R_FITS)
def test_fits_agree_with_lme4(formula, options, criterion, fixef, nobs):
    fit = mw.glmer(formula, made(), control=QUIET, **options)
    assert fit.criterion <= criterion + 2e-5
    assert fit.criterion == pytest.approx(criterion, abs=3e-4)  # lme4 stopped up to 2e-4 above
    assert fit.fixef.to_numpy() == pytest.approx(fixef, rel=1e-3, abs=1e-3)
    assert fit.nobs == nobs


def test_gamma_by_the_criterion_of_lme4():
    control = mw.Control(warn=False, laplace="lme4")
    fit = mw.glmer("gam ~ z + f + (1|g)", made(), family="Gamma", link="log", control=control)
    assert fit.criterion == pytest.approx(714.56484 - 2.0, abs=1e-4)  # lme4 counts the dispersion twice
    assert fit.fixef.to_numpy() == pytest.approx([-0.21379, 0.21579, 0.15667, -0.30318], abs=1e-4)


def test_a_shape_is_estimated_with_all_else():
    fit = mw.glmer_nb("nb ~ z + f + offset(log(e)) + (1|g)", made(), control=QUIET)
    assert fit.criterion <= 1912.09392  # glmer.nb stopped 7e-4 above ours
    assert fit.fixef.to_numpy() == pytest.approx([-0.35656, 0.25936, 0.41708, -0.18384], abs=1e-4)
    known = sm.families.NegativeBinomial(alpha=1.0 / fit.shape)
    given = mw.glmer("nb ~ z + f + offset(log(e)) + (1|g)", made(), family=known, control=QUIET)
    assert given.criterion == pytest.approx(fit.criterion, abs=1e-5)


def test_a_family_of_statsmodels_is_the_one_of_its_name():
    family = sm.families.Binomial(sm.families.links.Probit())
    formula = "cbind(s, fail) ~ z + (1|g)"
    ours = mw.glmer(formula, made(), family=family, control=QUIET)
    named = mw.glmer(formula, made(), link="probit", control=QUIET)
    assert ours.criterion == named.criterion
    assert (ours.family, ours.link) == ("binomial", "probit")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"family": "binomal"}, "did you mean 'binomial'"),
        ({"link": "logitt"}, "did you mean 'logit'"),
        ({"family": "poisson", "link": "logit"}, "no link of the poisson family"),
        ({"family": "gaussian"}, "is a linear mixed model; fit it with mw.lmer"),
        ({"family": "negative.binomial"}, "mw.glmer_nb estimates it"),
        ({"n_agq": -1}, "n_agq must be 0, 1 or a larger whole number"),
        ({"n_agq": 1.5}, "n_agq must be 0, 1 or a larger whole number"),
        ({"control": {"laplace": "lme4"}}, "control must be a mixwidget.Control"),
        ({"wieghts": "w"}, "did you mean 'weights'"),
    ],
)
def test_what_is_refused(options, message):
    with pytest.raises(OptionError, match=message):
        mw.glmer("y01 ~ z + (1|g)", made(), **options)
