"""How the tables of generalized models are shown: z tests, chi-square tests, means on either scale."""

from __future__ import annotations

from mixwidget.inference.anova import KINDS
from mixwidget.views.result_table import Kind, Look

COEFFICIENT_DIGITS = 4  # as R's tables of coefficients
TEST_DIGITS = 5  # as R's tables of tests
_ESTIMATES: dict[str, Kind] = {"estimate": "scaled", "se": "scaled", "statistic": "test", "p": "p"}
_CHI_SQUARES: dict[str, Kind] = {"Chisq": "test", "Df": "zapped", "Pr(>Chisq)": "p"}

COEFFICIENTS = Look("Fixed effects, Wald z tests", kinds=_ESTIMATES, stars="p", missing="", digits=COEFFICIENT_DIGITS)


def chi_square_look(kind: int | str, response: str) -> Look:
    """Show Wald tests of the fixed terms, as ``car::Anova``."""
    type_ = "I" * KINDS[kind]
    heading = (f"Analysis of Deviance Table (Type {type_} Wald chisquare tests)", "", f"Response: {response}")
    caption = f"Type {type_} analysis of deviance, Wald chi-square tests"
    return Look(caption, heading, kinds=_CHI_SQUARES, stars="Pr(>Chisq)", missing="", digits=TEST_DIGITS)


def contrasts_look(*, joint: bool, percent: str) -> Look:
    """Show tests of contrasts, all in one or each alone."""
    if joint:
        return Look("Wald chi-square test of contrasts", kinds=_CHI_SQUARES, missing="", digits=TEST_DIGITS)
    limits: dict[str, Kind] = {"lower": "scaled", "upper": "scaled"}
    caption = f"Wald z tests of contrasts, {percent} intervals"
    return Look(caption, kinds={**_ESTIMATES, **limits}, digits=COEFFICIENT_DIGITS)
