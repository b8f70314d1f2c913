"""The fits that are compared with lme4, by name."""

from __future__ import annotations

import mixwidget as mw


def sleepstudy():
    return mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))


def nested():
    return mw.lmer("strength ~ 1 + (1 | batch/cask)", mw.load_dataset("pastes"), reml=False)


def factor_double_bar():
    """R is told of columns with other names."""
    return mw.lmer("angle ~ temp + (recipe || replicate)", mw.load_dataset("cake"))


def crossed():
    return mw.lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", mw.load_dataset("penicillin"))


def quadrature():
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    return mw.glmer(formula, mw.load_dataset("cbpp"), n_agq=9)


def negative_binomial():
    return mw.glmer_nb("TICKS ~ YEAR + (1 | BROOD)", mw.load_dataset("grouseticks"))


def other_criterion():
    return mw.glmer("Reaction ~ Days + (1 | Subject)", mw.load_dataset("sleepstudy"), "Gamma", "log")


def inverse_gaussian():
    control = mw.Control(laplace="lme4")
    data = mw.load_dataset("sleepstudy")
    return mw.glmer("Reaction ~ Days + (1 | Subject)", data, "inverse.gaussian", "log", control=control)


def german():
    """Names and levels that are no ASCII, with quotes and commas."""
    names = {"Reaction": "Größe", "Days": "Dauer", "Subject": "Straße"}
    data = mw.load_dataset("sleepstudy").rename(columns=names)
    data["Straße"] = 'ö, "' + data["Straße"].astype(str)
    return mw.lmer("Größe ~ Dauer + (Dauer | Straße)", data)


FITS = {
    made.__name__: made
    for made in (
        sleepstudy,
        nested,
        factor_double_bar,
        crossed,
        quadrature,
        negative_binomial,
        other_criterion,
        inverse_gaussian,
        german,
    )
}
