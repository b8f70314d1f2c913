"""The advice that an error gives, followed."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import MixwidgetError
from tests.forty_rows import N, make_data, plain_fit


@pytest.mark.parametrize(
    ("call", "advice", "followed"),
    [
        (
            lambda o: mw.lmer("y ~ xx + (1 | g)", o.data),
            "did you mean 'x'?",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data),
        ),
        (
            lambda o: mw.lmer("y ~ lgo(z + 9) + (1 | g)", o.data),
            "did you mean 'log'?",
            lambda o: mw.lmer("y ~ log(z + 9) + (1 | g)", o.data),
        ),
        (
            lambda o: mw.lmer("y ~ x + (x + x2 | g)", o.data.assign(x2=2 * o.data["x"])),
            "take it out of the bar term",
            lambda o: mw.lmer("y ~ x + (x | g)", o.data),
        ),
        (
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, weights=pd.Series(1.0, o.data.index + 99)),
            "pass weights.to_numpy()",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, weights=pd.Series(1.0, o.data.index + 99).to_numpy()),
        ),
        (
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, offset=pd.Series(1.0, o.data.index + 99)),
            "pass offset.to_numpy()",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, offset=pd.Series(1.0, o.data.index + 99).to_numpy()),
        ),
        (
            lambda o: o.fit.refit(o.data["y"].set_axis(o.data.index + 99)),
            "pass y.to_numpy()",
            lambda o: o.fit.refit(o.data["y"].set_axis(o.data.index + 99).to_numpy()),
        ),
        (
            lambda o: o.fit.predict({"x": [0.0], "g": ["new"]}),
            "allow_new_levels=True",
            lambda o: o.fit.predict({"x": [0.0], "g": ["new"]}, allow_new_levels=True),
        ),
        (
            lambda o: o.fit.predict({"x": [0.0], "g": ["new"]}),
            "re_form='~0' for all rows",
            lambda o: o.fit.predict({"x": [0.0], "g": ["new"]}, re_form="~0"),
        ),
        (
            lambda o: o.fit.predict(o.data, re_form="~(1 | gg)"),
            "did you mean 'g'?",
            lambda o: o.fit.predict(o.data, re_form="~(1 | g)"),
        ),
        (
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, reml="ML"),
            "reml must be True or False",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, reml=False),
        ),
        (
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, wieghts=np.ones(N)),
            "did you mean 'weights'?",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, weights=np.ones(N)),
        ),
        (
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, weights=np.r_[0.0, np.ones(N - 1)]),
            "leave rows out with subset= instead",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, subset=np.r_[False, np.ones(N - 1, dtype=bool)]),
        ),
        (
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data.assign(y=o.data["y"].astype(str))),
            "convert them with pandas.to_numeric",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data.assign(y=pd.to_numeric(o.data["y"].astype(str)))),
        ),
        (
            lambda o: mw.lmer("y ~ x + k + (1 | g)", o.data.assign(k="same")),
            "drop its terms",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data.assign(k="same")),
        ),
        (
            lambda o: mw.lmer(
                "y ~ x + (1 | g)",
                o.data.assign(x=o.data["x"].where(o.data["x"] > 0)),
                control=mw.Control(na_action="fail"),
            ),
            "na_action='omit' drops them",
            lambda o: mw.lmer(
                "y ~ x + (1 | g)",
                o.data.assign(x=o.data["x"].where(o.data["x"] > 0)),
                control=mw.Control(na_action="omit"),
            ),
        ),
        (
            lambda o: o.fit.emmeans("f2"),
            "is no variable of the fixed effects",
            lambda o: mw.lmer("y ~ f + (1 | g)", o.data).emmeans("f"),
        ),
        (
            lambda o: mw.lmer("y ~ x + f + (1 | g)", o.data).trends("f", "x"),
            "emmeans('pairwise ~ f') compares it",
            lambda o: mw.lmer("y ~ x + f + (1 | g)", o.data).emmeans("pairwise ~ f"),
        ),
        (
            lambda o: mw.lmer("y ~ x + f + (1 | g)", o.data).emmeans("f", contrasts="pairwse"),
            "did you mean 'pairwise'?",
            lambda o: mw.lmer("y ~ x + f + (1 | g)", o.data).emmeans("f", contrasts="pairwise"),
        ),
        (
            lambda o: mw.anova(o.fit, mw.lmer("y ~ 1 + (1 | g)", o.data), refit=False),
            "take refit=True",
            lambda o: mw.anova(o.fit, mw.lmer("y ~ 1 + (1 | g)", o.data), refit=True),
        ),
        (
            lambda o: mw.simplify(mw.lmer("y ~ x + (1 | g)", o.data, cov_prior="wishart"), "lrt"),
            "use another rule",
            lambda o: mw.simplify(mw.lmer("y ~ x + (1 | g)", o.data, cov_prior="wishart"), "aic"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.filterwarnings("ignore::mixwidget.errors.MixwidgetWarning")
def test_the_advice_of_an_error_works(call, advice, followed):
    given = SimpleNamespace(fit=plain_fit(), data=make_data())
    with pytest.raises(MixwidgetError) as caught:
        call(given)
    assert advice in str(caught.value)
    followed(given)
