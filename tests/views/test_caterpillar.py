"""What plots and tables of levels get ready-made: intervals, coefficients, ranks, and terms estimated as zero."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from mixwidget.views.caterpillar import CONF_LEVELS, modes_column, modes_views
from tests.widgets.fakes import designed

MODE = np.array([2.0, -1.0, 5.0, -1.0, 0.0])
SD = np.array([0.5, 1.0, 2.0, 0.25, 0.0])


def _float64(values):
    return np.frombuffer(values, dtype="<f8")


@pytest.mark.parametrize(("place", "level"), list(enumerate(CONF_LEVELS)))
def test_intervals_reach_the_normal_quantile_to_both_sides(place, level):
    ends = modes_column("x", None, MODE, SD).intervals[place]
    z = norm.ppf(0.5 + level / 200)
    assert _float64(ends.low) == pytest.approx(MODE - z * SD, rel=1e-12)
    assert _float64(ends.high) == pytest.approx(MODE + z * SD, rel=1e-12)


def test_the_line_of_a_qq_plot_goes_through_the_quartiles():
    """By ``qqline(c(-3, 1, 2, 4, 11))`` in R 4.2: intercept 2.5, slope 2.223903."""
    mode = np.array([-3.0, 1.0, 2.0, 4.0, 11.0])
    assert modes_column("x", None, mode, np.ones(5)).line == pytest.approx((2.5, 2.223903), abs=1e-6)


def test_ranks_begin_with_the_largest_mode_and_keep_ties_in_the_order_of_the_data():
    order = np.frombuffer(modes_column("x", None, MODE, SD).order, dtype="<u4")
    assert order.tolist() == [2, 0, 4, 1, 3]


def test_a_coefficient_is_the_fixed_effect_plus_the_mode():
    with_effect, without = modes_column("x", 10.0, MODE, SD), modes_column("x", None, MODE, SD)
    assert _float64(with_effect.coef).tolist() == (10.0 + MODE).tolist()
    assert (with_effect.fixed, with_effect.has_fixed) == (10.0, True)
    assert _float64(without.coef).tolist() == MODE.tolist()
    assert (without.fixed, without.has_fixed) == (0.0, False)


def test_a_term_is_zero_only_if_all_its_modes_and_deviations_are():
    nothing = np.zeros(3)
    assert modes_column("x", 1.0, nothing, nothing).is_zero
    assert not modes_column("x", 1.0, nothing, np.array([0.0, 0.1, 0.0])).is_zero
    assert not modes_column("x", 1.0, np.array([0.0, 0.1, 0.0]), nothing).is_zero


def test_the_columns_of_a_fit_are_as_long_as_its_levels():
    (subject,) = modes_views(designed("sleep_slopes"))
    assert subject.n_levels == 18
    for column in subject.columns:
        ends = [values for pair in column.intervals for values in (pair.low, pair.high)]
        assert {len(values) for values in (column.mode, column.sd, column.coef, *ends)} == {8 * 18}
        assert sorted(np.frombuffer(column.order, dtype="<u4")) == list(range(18))
