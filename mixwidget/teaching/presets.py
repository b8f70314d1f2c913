"""Settings for a lesson each, with one sentence that says what to look at."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.errors import OptionError, nearest
from mixwidget.teaching.settings import Settings
from mixwidget.views.view import View


@dataclass(frozen=True, slots=True)
class Preset(View):
    """A lesson.

    Attributes
    ----------
    name, label : str
        As `playground` takes it, and as the list shows it.
    look_at : str
        What to look at.
    settings : Settings
    """

    name: str
    label: str
    look_at: str
    settings: Settings


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "shrinkage",
            "Shrinkage",
            "In Shrinkage, see how far each group is pulled to the average: with a larger residual SD, or fewer rows, "
            "the arrows grow.",
            Settings(n_rows=5, sd_slope=2.0, sd_residual=2.0),
        ),
        Preset(
            "unbalanced",
            "Groups of unequal size",
            "In Shrinkage, see that small groups are pulled farthest: few rows say little of their own group.",
            Settings(is_balanced=False, n_rows=8, sd_residual=2.0),
        ),
        Preset(
            "few_groups",
            "Few groups",
            "Draw 20 samples: with five groups the standard deviations scatter widely in the record, down to zero.",
            Settings(n_groups=5),
        ),
        Preset(
            "singular",
            "A singular fit",
            "Draw some samples: the true SD of slopes is 0.2, and many fits say zero or a correlation of 1 or -1.",
            Settings(n_groups=8, n_rows=4, sd_slope=0.2, sd_residual=1.5),
        ),
        Preset(
            "correlation",
            "Correlated intercepts and slopes",
            "In Shrinkage, the ellipse is tilted: an intercept tells of its slope; choose || and it stands upright.",
            Settings(correlation=0.8, n_groups=40),
        ),
        Preset(
            "outlier",
            "One outlying group",
            "See how one group far off raises the SD of the intercepts in the record, so that all groups shrink less.",
            Settings(outlier=6.0),
        ),
        Preset(
            "two_populations",
            "Two hidden populations",
            "In Levels, choose the QQ plot: intercepts of two populations bend away from the line of a Gaussian.",
            Settings(has_two_populations=True, n_groups=40, sd_residual=0.7, correlation=0.0),
        ),
        Preset(
            "unequal_variances",
            "Unequal residual variances",
            "In Lines, every second group scatters four times as much, and the model shrinks both kinds alike.",
            Settings(residual_ratio=4.0, sd_residual=0.7),
        ),
        Preset(
            "simpson",
            "Slopes against the trend between groups",
            "In Lines, all groups rise though their means fall: one line through all rows goes the wrong way, and in "
            "the record the SD of intercepts takes up the trend.",
            Settings(has_trend_between=True, between_slope=-3.0, sd_slope=0.5, sd_residual=1.5, n_rows=6),
        ),
        Preset(
            "binomial",
            "Yes or no",
            "The response is 0 or 1: estimates are log-odds, and draw 20 samples to see how much less each row tells.",
            Settings("binomial", 30, 20, intercept=0.0, slope=1.0, sd_intercept=1.0, sd_slope=0.5),
        ),
    )
}


def find_preset(name: str) -> Preset:
    """Return a lesson by its name.

    Raises
    ------
    OptionError
        If there is no such lesson.
    """
    if name not in PRESETS:
        raise OptionError(f"playground: preset={name!r} is not known; {nearest(name, PRESETS, 'choose one of')}")
    return PRESETS[name]
