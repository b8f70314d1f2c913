"""What takes long tells how far it is, and an interrupt keeps what is finished and leaves the fit as it was."""

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import FitCancelled, MixwidgetWarning
from mixwidget.widgets.refit import Refitter
from tests.reference_fits import reference_fit


def after(n):
    """Return a progress function that interrupts after n calls, and the list of what it was told."""
    told = []

    def progress(done, total):
        told.append((done, total))
        if len(told) == n:
            raise KeyboardInterrupt

    return progress, told


def test_profile_intervals_keep_the_parameters_that_are_done():
    fit = reference_fit("sleep_int")
    progress, told = after(5)
    whole = fit.confint("profile", progress=False)
    with pytest.warns(MixwidgetWarning, match="ends of profile intervals was stopped: 5 of 8 are finished"):
        part = fit.confint("profile", progress=progress)
    assert told[-1] == (5, 8)
    np.testing.assert_allclose(part, whole.iloc[:2])


def test_profiles_keep_the_curves_that_are_done():
    progress, _ = after(3)
    with pytest.warns(MixwidgetWarning, match="sides of profiles was stopped: 3 of 8"):
        profile = reference_fit("sleep_int").profile(progress=progress)
    assert list(profile.curves) == list(profile.estimates) == ["sd_(Intercept)|Subject"]


def test_p_values_leave_out_what_is_not_complete():
    progress, _ = after(1)
    with pytest.warns(MixwidgetWarning, match="1 of 2 are finished"):
        table = reference_fit("sleep_int").p_values(20, seed=1, progress=progress)
    assert table["bootstrap"].isna().tolist() == [False, True]
    assert table["lrt"].notna().all()


def test_influence_keeps_the_levels_that_are_done():
    fit = reference_fit("sleep_int")
    progress, told = after(4)
    with pytest.warns(MixwidgetWarning, match="levels of 'Subject' was stopped: 4 of 18") as caught:
        part = fit.influence(progress=progress)
    assert caught[0].filename == __file__
    assert told == [(i, 18) for i in range(1, 5)]
    levels = list(fit.design.factors[0].levels[:4])
    assert sorted(part.frame.index) == levels
    whole = fit.influence(progress=False).frame
    np.testing.assert_allclose(part.frame.loc[levels], whole.loc[levels])


def test_all_optimisers_keep_their_answers():
    progress, _ = after(3)
    with pytest.warns(MixwidgetWarning, match="search by all optimisers was stopped: 3 of"):
        answer = mw.all_fit(reference_fit("sleep_int"), progress=progress)
    assert len(answer.frame) == 3


def test_nothing_finished_is_an_interrupt():
    def at_once(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reference_fit("sleep_int").landscape(progress=at_once)
    with pytest.raises(KeyboardInterrupt):
        reference_fit("sleep_int").ranova(progress=at_once)


def test_should_stop_is_asked_by_everything_that_refits():
    model, stop = reference_fit("sleep_int"), []
    fit = mw.lmer(model.formula, model.call.frame, control=mw.Control(should_stop=lambda: bool(stop)))
    stop.append(True)
    for ask in (
        lambda: fit.confint("profile", progress=False),
        lambda: fit.profile(progress=False),
        lambda: fit.influence(progress=False),
        lambda: mw.all_fit(fit, progress=False),
        lambda: fit.landscape(progress=False),
        lambda: fit.p_values(20, seed=1, progress=False),
        lambda: fit.bootstrap(20, seed=1, progress=False),
    ):
        with pytest.raises(FitCancelled, match="was cancelled"):
            ask()
    assert fit.coef_table().equals(model.coef_table())


def test_deletions_tell_how_far_they_are():
    told = []
    fit = reference_fit("sleep_slopes")
    fit.ranova(progress=lambda *now: told.append(now))
    fit.drop1(progress=lambda *now: told.append(now))
    assert told == [(1, 1), (1, 1)]


@pytest.mark.parametrize("formula", ["Reaction ~ Days + (Days || Subject)", "Reaction ~ 1 + (1 | Subject)"])
def test_a_fit_of_the_picker_does_not_keep_the_control_of_its_click(formula):
    cancelled = []
    control = mw.Control(should_stop=lambda: bool(cancelled), warn=False)
    model = reference_fit("sleep_slopes")
    fit = type(model)(Refitter(model.fit)(formula, True, control))
    cancelled.append(True)  # as the next click does
    assert fit.refit_ml().criterion < fit.criterion + 100
    assert len(fit.bootstrap(5, seed=1, progress=False).replicates) == 5
