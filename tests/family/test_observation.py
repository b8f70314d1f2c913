"""Distributions of rows about their means: against scipy, and integrals over normal predictors against brute force."""

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import ndtri

from mixwidget.errors import FitError
from mixwidget.family.mixture import Mixture, averaged_mean
from mixwidget.family.observation import Observation
from mixwidget.family.read_family import read_family

WEIGHT, DISPERSION, MEAN, SHAPE = 5.0, 0.3, 0.7, 2.5
TWINS = {
    "binomial": (1.0 / WEIGHT, stats.binom(5, MEAN)),
    "poisson": (1.0 / WEIGHT, stats.poisson(WEIGHT * MEAN)),
    "negative.binomial": (1.0 / WEIGHT, stats.nbinom(WEIGHT * SHAPE, SHAPE / (SHAPE + MEAN))),
    "Gamma": (1.0, stats.gamma(WEIGHT / DISPERSION, scale=MEAN * DISPERSION / WEIGHT)),
    "inverse.gaussian": (1.0, stats.invgauss(MEAN * DISPERSION / WEIGHT, scale=WEIGHT / DISPERSION)),
    "gaussian": (1.0, stats.norm(MEAN, np.sqrt(DISPERSION / WEIGHT))),
}


def family_of(name, link=None):
    return read_family(name, link, shape=SHAPE if name == "negative.binomial" else None)


@pytest.mark.parametrize("name", TWINS)
def test_distribution_functions_are_those_of_scipy(name):
    unit, twin = TWINS[name]
    y = twin.ppf([0.001, 0.1, 0.5, 0.9, 0.999])
    row = Observation(family_of(name).distribution, np.array(MEAN), np.array(WEIGHT), DISPERSION)
    np.testing.assert_allclose(row.cumulative(unit * y), twin.cdf(y), rtol=1e-9)
    if name != "gaussian":
        assert row.cumulative(np.array([-1.0, 0.0])).tolist()[0] == 0.0


@pytest.mark.parametrize("name", TWINS)
def test_draws_have_the_mean_and_the_variance_of_the_family(name):
    """Mu, and dispersion times V(mu) over the weight."""
    n, distribution = 200_000, family_of(name).distribution
    draws = Observation(distribution, np.full(n, MEAN), np.array(WEIGHT), DISPERSION).draw(np.random.default_rng(1))
    phi = DISPERSION if distribution.dispersion else 1.0
    variance = float(phi * distribution.variance(np.array(MEAN)) / WEIGHT)
    assert draws.mean() == pytest.approx(MEAN, abs=5.0 * np.sqrt(variance / n))
    assert draws.var() == pytest.approx(variance, rel=0.03)


def test_a_count_that_no_computer_holds_is_refused():
    row = Observation(family_of("poisson").distribution, np.array([1e20]), np.ones(1), 1.0)
    with pytest.raises(FitError, match=r"a drawn mean is 1e\+20, too large for a count"):
        row.draw(np.random.default_rng(1))


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "cauchit", "log", "identity", "sqrt"])
@pytest.mark.parametrize("sd", [0.0, 0.3, 1.5, 6.0])
def test_averages_are_those_of_brute_force(link, sd):
    family = family_of("binomial" if link in ("logit", "probit", "cloglog", "cauchit") else "poisson", link)
    eta = np.array([-1.0, 0.4])

    def average(centre, variance):
        spread = np.sqrt(variance)

        def integrand(t):
            return float(family.link.means(np.array([centre + spread * t])).mu[0]) * stats.norm.pdf(t)

        return integrate.quad(integrand, -8.0, 8.0 + spread, limit=500, epsabs=1e-12, epsrel=1e-11)[0]

    found = averaged_mean(family, eta, np.full(2, sd**2))
    np.testing.assert_allclose(found.mean, [average(e, sd**2) for e in eta], rtol=1e-7)
    step = 1e-4
    by_centre = [(average(e + step, sd**2) - average(e - step, sd**2)) / (2.0 * step) for e in eta]
    np.testing.assert_allclose(found.by_centre, by_centre, rtol=1e-4, atol=1e-7)
    if sd:
        by_variance = [(average(e, sd**2 + step) - average(e, sd**2 - step)) / (2.0 * step) for e in eta]
        np.testing.assert_allclose(found.by_variance, by_variance, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize("sd", [0.0, 0.2, 1.0])
def test_quantiles_of_mixtures_are_those_of_draws(name, sd):
    family = family_of(name, "log" if name != "binomial" else "logit")
    eta, weight, n = np.array([0.3, 2.0]), 20.0, 400_000
    mixture = Mixture(family, eta, np.full(2, sd**2), np.full(2, weight), DISPERSION)
    generator = np.random.default_rng(2)
    means = family.link.means(eta + sd * generator.standard_normal((n, 2))).mu
    draws = Observation(family.distribution, means, np.array(weight), DISPERSION).draw(generator)
    for probability in (0.025, 0.5, 0.975):
        found = mixture.quantiles(probability)
        error = 5.0 * np.sqrt(probability * (1.0 - probability) / n)
        at, below = (draws <= found + 1e-9).mean(axis=0), (draws < found - 1e-9).mean(axis=0)
        assert (at > probability - error).all()
        assert (below < probability + error).all()
        below, at = mixture.cumulative(found)
        assert (below <= probability + 1e-9).all()
        assert (at >= probability - 1e-9).all()


def test_sharp_counts_are_integrated_with_enough_nodes():
    """A Poisson mean of 1e6 with a standard deviation of 1 on the log scale: the quantiles are those of the mean."""
    mixture = Mixture(family_of("poisson"), np.array([np.log(1e6)]), np.ones(1), np.ones(1), 1.0)
    found = mixture.quantiles(0.975)
    assert found[0] == pytest.approx(1e6 * np.exp(ndtri(0.975)), rel=5e-3)


def test_what_is_not_known_has_no_quantile():
    mixture = Mixture(family_of("poisson"), np.array([np.nan, 0.0]), np.ones(2), np.ones(2), 1.0)
    assert np.isnan(mixture.quantiles(0.5)).tolist() == [True, False]
