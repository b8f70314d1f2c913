"""Links, distributions and likelihoods against statsmodels and scipy.stats, derivatives against differences."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from mixwidget.errors import OptionError
from mixwidget.family.link import LINKS
from mixwidget.family.local import Response
from mixwidget.family.read_family import ALLOWED_LINKS, read_family

SM_LINKS = {
    "logit": sm.families.links.Logit(),
    "probit": sm.families.links.Probit(),
    "cloglog": sm.families.links.CLogLog(),
    "cauchit": sm.families.links.Cauchy(),
    "log": sm.families.links.Log(),
    "identity": sm.families.links.Identity(),
    "sqrt": sm.families.links.Sqrt(),
    "inverse": sm.families.links.InversePower(),
    "1/mu^2": sm.families.links.InverseSquared(),
}
SM_FAMILIES = {
    "binomial": sm.families.Binomial,
    "poisson": sm.families.Poisson,
    "Gamma": sm.families.Gamma,
    "inverse.gaussian": sm.families.InverseGaussian,
    "gaussian": sm.families.Gaussian,
    "negative.binomial": lambda: sm.families.NegativeBinomial(alpha=0.4),
}
PAIRS = [(family, link) for family, links in ALLOWED_LINKS.items() for link in links]


def etas(family, link):
    """Return linear predictors in the range of a link and family."""
    if link == "log" and family == "binomial":
        return np.linspace(-3.0, -0.05, 40)
    return (
        np.linspace(0.2, 2.5, 40) if link in ("identity", "sqrt", "inverse", "1/mu^2") else np.linspace(-2.5, 1.5, 40)
    )


def responses(family, rng, n=40):
    """Return responses and weights of a family."""
    weights = rng.integers(1, 6, n).astype(float)
    if family == "binomial":
        return rng.binomial(weights.astype(int), 0.4) / weights, weights
    if family in ("poisson", "negative.binomial"):
        return rng.poisson(2.0, n).astype(float), weights
    return rng.gamma(3.0, 1.0, n), weights


def shape_of(family):
    return 2.5 if family == "negative.binomial" else None


@pytest.mark.parametrize("name", LINKS)
def test_links_are_those_of_statsmodels(name):
    link, other, eta = LINKS[name], SM_LINKS[name], etas("poisson", name)
    at = link.means(eta)
    np.testing.assert_allclose(at.mu, other.inverse(eta), rtol=1e-12)
    np.testing.assert_allclose(link.slope(at), other.inverse_deriv(eta), rtol=1e-9)
    np.testing.assert_allclose(link.mean2(at) * link.slope(at), other.inverse_deriv2(eta), rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(link.linear(at.mu), eta, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(link.log_mean(eta), np.log(at.mu), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", LINKS)
def test_the_third_derivative_is_that_of_the_second(name):
    link, eta, step = LINKS[name], etas("poisson", name), 1e-5

    def second(eta):
        at = link.means(eta)
        return link.mean2(at) * link.slope(at)

    at = link.means(eta)
    differences = (second(eta + step) - second(eta - step)) / (2.0 * step)
    np.testing.assert_allclose(link.mean3(at) * link.slope(at), differences, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ["logit", "probit", "cloglog", "cauchit"])
def test_tails_of_links_into_the_unit_interval_keep_their_digits(name):
    link, eta = LINKS[name], np.array([-30.0, -8.0, 0.0, 3.0, 30.0])
    at = link.means(eta)
    assert link.logs is not None
    assert link.gain is not None
    log_mean, log_complement = link.logs(eta)
    with np.errstate(divide="ignore"):
        inside = at.nu > 0.0
        np.testing.assert_allclose(np.exp(log_mean), at.mu, rtol=1e-12)
        np.testing.assert_allclose(np.exp(log_complement)[inside], at.nu[inside], rtol=1e-12)
    np.testing.assert_allclose(at.mu + at.nu, 1.0, rtol=1e-14)
    assert (at.mu > 0.0).all()
    assert np.isfinite(link.gain(at)).all()


@pytest.mark.parametrize(("family", "link"), PAIRS)
def test_deviance_and_variance_are_those_of_statsmodels(family, link):
    y, weights = responses(family, np.random.default_rng(1))
    ours, theirs = read_family(family, link, shape=shape_of(family)), SM_FAMILIES[family]()
    local = ours.response(y, weights).at(etas(family, link))
    deviance = theirs.deviance(y, local.mean, var_weights=weights)
    assert local.deviance == pytest.approx(deviance, rel=1e-9)
    np.testing.assert_allclose(ours.distribution.variance(local.mean), theirs.variance(local.mean), rtol=1e-12)


@pytest.mark.parametrize(("family", "link"), PAIRS)
def test_derivatives_of_the_deviance(family, link):
    y, weights = responses(family, np.random.default_rng(2))
    response = read_family(family, link, shape=shape_of(family)).response(y, weights)
    eta, step = etas(family, link), 1e-5
    high, at, low = (response.at(eta + move) for move in (step, 0.0, -step))
    for value, slope in (
        ("deviances", -2.0 * at.score),
        ("score", -at.observed),
        ("expected", at.expected_slope),
        ("observed", at.observed_slope),
    ):
        differences = (getattr(high, value) - getattr(low, value)) / (2.0 * step)
        np.testing.assert_allclose(slope, differences, rtol=1e-6, atol=1e-6 * max(1.0, np.abs(differences).max()))


@pytest.mark.parametrize("weights", [np.ones(8), np.arange(1.0, 9.0)], ids=["one", "weighted"])
def test_binary_rows_are_those_of_any_response(weights):
    """They have formulas of their own; near the ends of the range both keep their digits."""
    family = read_family("binomial")
    y, eta = np.array([0.0, 1.0] * 4), np.array([-30.0, -30.0, -2.0, -0.1, 0.3, 5.0, 40.0, 40.0])
    found = family.response(y, weights).at(eta)
    plain = Response(family.distribution, family.link, y, weights).at(eta)
    assert type(found) is not type(plain)
    for name in ("deviances", "deviance"):
        np.testing.assert_allclose(getattr(found, name), getattr(plain, name), rtol=1e-13, atol=1e-13, err_msg=name)
    for name in ("score", "expected", "observed", "expected_slope", "observed_slope"):
        np.testing.assert_allclose(getattr(found, name), getattr(plain, name), rtol=1e-12, err_msg=name)


def test_a_binary_row_that_cannot_be_has_finite_derivatives():
    """Odds that are no numbers any more: quadrature weighs such rows with zero."""
    local = read_family("binomial").response(np.array([0.0, 1.0]), np.ones(2)).at(np.array([800.0, 800.0]))
    assert list(local.deviances) == [np.inf, 0.0]
    assert list(local.score) == [-1.0, 0.0]
    assert list(local.expected) == [0.0, 0.0]
    assert list(local.expected_slope) == [0.0, 0.0]


@pytest.mark.parametrize("family", ["poisson", "binomial", "negative.binomial"])
def test_likelihoods_without_dispersion_are_those_of_scipy(family):
    y, weights = responses(family, np.random.default_rng(3))
    ours = read_family(family, shape=shape_of(family))
    mean = ours.link.means(etas(family, ours.link.name)).mu
    value = ours.total(y, weights, y).plug_in(ours.response(y, weights).at(etas(family, ours.link.name)).deviance).value
    if family == "binomial":
        logs = stats.binom.logpmf(np.round(weights * y), weights, mean)
    elif family == "poisson":
        logs = weights * stats.poisson.logpmf(y, mean)
    else:
        logs = weights * stats.nbinom.logpmf(y, 2.5, 2.5 / (2.5 + mean))
    assert value == pytest.approx(-2.0 * logs.sum(), rel=1e-12)


def log_density(family, y, mean, weights, dispersion):
    """Return the weighted sum of log densities; weights are those of lme4 for each family."""
    if family == "Gamma":
        return float(weights @ stats.gamma.logpdf(y, 1.0 / dispersion, scale=mean * dispersion))
    if family == "gaussian":
        return float(stats.norm.logpdf(y, mean, np.sqrt(dispersion / weights)).sum())
    return float(weights @ stats.invgauss.logpdf(y, mean * dispersion, scale=1.0 / dispersion))


@pytest.mark.parametrize("family", ["Gamma", "gaussian", "inverse.gaussian"])
def test_likelihoods_with_a_dispersion(family):
    """Plugged in is the mean deviance; coherent is the minimum over the dispersion of a penalised likelihood."""
    y, weights = responses(family, np.random.default_rng(4))
    ours, penalty = read_family(family, "log"), 3.0
    local, total = ours.response(y, weights).at(etas(family, "log")), ours.total(y, weights, y)
    plugged = total.plug_in(local.deviance)
    dispersion = local.deviance / (len(y) if family == "gaussian" else weights.sum())
    assert plugged.value == pytest.approx(-2.0 * log_density(family, y, local.mean, weights, dispersion), rel=1e-12)
    best = total.coherent(local.deviance + penalty)
    around = (1.0 / best.slope) * np.array([0.97, 1.0, 1.03])
    values = [-2.0 * log_density(family, y, local.mean, weights, phi) + penalty / phi for phi in around]
    assert best.value == pytest.approx(values[1], rel=1e-12)
    assert values[1] < min(values[0], values[2])
    for scaled, at in ((total.plug_in, local.deviance), (total.coherent, local.deviance + penalty)):
        step = 1e-5 * at
        slope = (scaled(at + step).value - scaled(at - step).value) / (2.0 * step)
        assert scaled(at).slope == pytest.approx(slope, rel=1e-7)


@pytest.mark.parametrize(
    ("family", "link", "eta"),
    [
        ("poisson", "identity", -0.1),
        ("poisson", "sqrt", -0.1),
        ("Gamma", "inverse", -0.1),
        ("inverse.gaussian", "1/mu^2", -0.1),
        ("binomial", "log", 0.1),
        ("negative.binomial", "identity", -0.1),
    ],
)
def test_means_out_of_range_have_an_infinite_deviance(family, link, eta):
    """A count of zero does not protect: the Poisson deviance would be 2 mu there."""
    y = np.array([0.0 if family not in ("Gamma", "inverse.gaussian") else 1.0, 1.0])
    local = read_family(family, link).response(y, np.ones(2)).at(np.array([eta, 0.5 if family != "binomial" else -0.5]))
    assert local.deviance == np.inf
    assert np.isfinite(local.deviances[1])


def test_a_shape_moves_the_likelihood_as_its_derivative_says():
    y, weights = responses("negative.binomial", np.random.default_rng(5))
    eta, step = np.linspace(-1.0, 1.0, 40), 1e-5

    def value(shape):
        family = read_family("nb", shape=shape)
        return family.total(y, weights, y).plug_in(family.response(y, weights).at(eta).deviance).value

    family = read_family("nb", shape=1.7)
    local = family.response(y, weights).at(eta)
    slope = -2.0 * (float(local.shape_slopes.sum()) + family.shape_slope(y, weights))
    assert slope == pytest.approx((value(1.7 + step) - value(1.7 - step)) / (2.0 * step), rel=1e-6)


@pytest.mark.parametrize(
    ("given", "link", "expected"),
    [
        ("binomial", None, ("binomial", "logit")),
        ("Poisson", "sqrt", ("poisson", "sqrt")),
        ("gamma", None, ("Gamma", "inverse")),
        ("inverse gaussian", "log", ("inverse.gaussian", "log")),
        (sm.families.Binomial(sm.families.links.Probit()), None, ("binomial", "probit")),
        (sm.families.Poisson(), None, ("poisson", "log")),
        (sm.families.Gamma(sm.families.links.Log()), None, ("Gamma", "log")),
        (sm.families.InverseGaussian(), None, ("inverse.gaussian", "1/mu^2")),
        (sm.families.Gamma(sm.families.links.InversePower()), "identity", ("Gamma", "identity")),
    ],
)
def test_families_by_name_and_by_object(given, link, expected):
    family = read_family(given, link)
    assert (family.distribution.name, family.link.name) == expected


def test_the_shape_of_a_statsmodels_family_is_kept():
    assert read_family(sm.families.NegativeBinomial(alpha=0.4)).shape == pytest.approx(2.5)
    assert read_family("nb", shape=3.0).shape == 3.0


@pytest.mark.parametrize(
    ("given", "link", "shape", "message"),
    [
        ("binomal", None, None, "did you mean 'binomial'"),
        ("quasipoisson", None, None, "no family"),
        ("poisson", "logit", None, "no link of the poisson family"),
        ("poisson", "identiy", None, "did you mean 'identity'"),
        (3, None, None, "a name or a statsmodels family object"),
        ("poisson", None, 2.0, "only the negative binomial has one"),
        ("nb", None, -1.0, "must be positive"),
        (sm.families.Binomial(sm.families.links.LogLog()), None, None, "no link of the binomial family"),
    ],
)
def test_what_is_no_family_is_refused_in_a_sentence(given, link, shape, message):
    with pytest.raises(OptionError, match=message):
        read_family(given, link, shape=shape)
